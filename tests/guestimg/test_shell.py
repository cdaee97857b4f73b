# SPDX-License-Identifier: GPL-2.0-or-later
"""The shell of the bundled guest, typed at from outside."""

from __future__ import annotations

import re

import pytest

from tests.guestimg.guest import NO_EXECUTE, USER, Guest

BANNER = "tinyguest: 64-bit kernel"


def test_ps_lists_the_process_table(fresh: Guest) -> None:
    rows = [line.split() for line in fresh.command("ps").splitlines() if " ticks " in line]
    assert {(int(row[0]), row[1]) for row in rows} == {
        (process.pid, process.name) for process in fresh.processes().values()
    }


def test_a_stopped_process_does_nothing_until_it_is_started(fresh: Guest) -> None:
    fresh.machine.run_seconds(1)
    assert "cc1 is stopped" in fresh.command("stop cc1")
    assert "cc1 stopped" in fresh.command("ps")
    faults = fresh.processes()["cc1"].counts["faults"]
    fresh.machine.run_seconds(1)
    assert fresh.processes()["cc1"].counts["faults"] == faults > 0
    assert "cc1 is running" in fresh.command("start cc1")
    fresh.machine.run_seconds(1)
    assert fresh.processes()["cc1"].counts["faults"] > faults


def test_a_process_can_be_stopped_while_it_waits_for_the_disk(fresh: Guest) -> None:
    for name in ("postgres", "tar", "syslogd", "httpd"):
        assert f"{name} is stopped" in fresh.command(f"stop {name}")
    fresh.machine.run_seconds(0.1)
    before = dict(fresh.machine.device_counts()["ATA"])
    fresh.machine.run_seconds(0.5)
    after = fresh.machine.device_counts()["ATA"]
    assert (after["reads"], after["writes"]) == (before["reads"], before["writes"])


def test_a_stopped_process_does_not_hold_up_the_disk(fresh: Guest) -> None:
    """It is stopped at several moments, in some of which it has the disk."""
    for moment in range(8):
        assert "tar is stopped" in fresh.command("stop tar")
        before = fresh.machine.device_counts()["ATA"]["reads"]
        fresh.machine.run_seconds(0.3)
        assert fresh.machine.device_counts()["ATA"]["reads"] > before
        fresh.command("start tar")
        fresh.machine.run_seconds(0.01 + 0.003 * moment)


def test_a_process_that_crashes_is_stopped_and_can_begin_anew(fresh: Guest) -> None:
    """Privileged instructions, put over cron's code behind its back."""
    fresh.machine.run_seconds(0.5)
    (cron,) = (task for task in fresh.tasks() if task.name == "cron")
    code = next(page for page in fresh.pages(cron.root) if page.rights & USER and not page.rights & NO_EXECUTE)
    fresh.machine.memory.write(code.physical, b"\xf4" * 4096)
    fresh.until_console("cron[", limit=2)
    assert f"cron[{fresh.processes()['cron'].pid}]: exception 13 error 0 at " in fresh.console
    assert "cron crashed" in fresh.command("ps")
    faults = fresh.processes()["cron"].counts["faults"]
    assert "cron is running" in fresh.command("start cron")
    fresh.machine.run_seconds(1)
    assert fresh.processes()["cron"].counts["faults"] > faults
    assert "cron sleeping" in fresh.command("ps")
    assert fresh.machine.reboots == 0


@pytest.mark.parametrize("line", ["stop swapper", "stop nobody", "start kstatus"])
def test_what_is_no_process_cannot_be_stopped(fresh: Guest, line: str) -> None:
    assert "no process " + line.split()[1] in fresh.command(line)


def test_an_unknown_command_lists_those_there_are(fresh: Guest) -> None:
    answer = fresh.command("rm -rf /")
    assert answer.startswith("commands: ")
    names = {"ps", "start NAME", "stop NAME", "counters", "nmi", "panic", "reboot", "poweroff"}
    assert set(answer[10:].partition("\n")[0].split(", ")) == names


def test_typing_errors_can_be_taken_back(fresh: Guest) -> None:
    assert "cron is stopped" in fresh.command("stop crom\x7fn")


def test_too_long_a_line_is_cut(fresh: Guest) -> None:
    assert "no process " + "x" * 58 + "\n" in fresh.command("stop " + "x" * 200)


def test_the_keyboard_types_at_the_same_shell(fresh: Guest) -> None:
    fresh.machine.type_keyboard('Stop "cc1~"\nstop cc1\n')
    fresh.until_console("cc1 is stopped", limit=2)
    assert 'Stop "cc1~"\r\ncommands: ' in fresh.console
    assert any("cc1 is stopped" in line for line in fresh.machine.screen()[15:])
    strokes = fresh.machine.device_counts()["8042"]["scan codes"]
    shifts = 4 * 2
    assert fresh.books().totals["keys"] == (strokes - shifts) / 2 == len('Stop "cc1~"\nstop cc1\n')


def test_counters_are_those_in_memory(fresh: Guest) -> None:
    fresh.machine.run_seconds(2)
    fresh.until_idle()
    answer = fresh.command("counters")
    totals = fresh.books().totals
    shown = {name: int(value) for value, name in re.findall(r"(\d+) (SMIs|keys)", answer)}
    assert shown["SMIs"] > 0
    assert {name: totals[name] - shown[name] for name in ("SMIs", "keys")} == {"SMIs": 0, "keys": 0}


@pytest.mark.parametrize(("line", "triple_fault"), [("panic", True), ("reboot", False)])
def test_the_machine_starts_again(fresh: Guest, line: str, triple_fault: bool) -> None:
    assert fresh.console.count(BANNER) == 1
    fresh.machine.type(line.encode() + b"\r")
    fresh.until(lambda: fresh.machine.reboots == 1, limit=2)
    assert ("panic: asked for" in fresh.console) == triple_fault
    fresh.until(lambda: fresh.console.count(BANNER) == 2, limit=2)
    fresh.until(lambda: "\n# " in fresh.console.rpartition(BANNER)[2], limit=2)
    fresh.machine.run_seconds(1)
    assert fresh.processes()["cruncher"].counts["ticks"] > 0

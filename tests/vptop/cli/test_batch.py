# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop run` on the bundled guest."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import pytest

from tests.engine.machine.real_mode_guest import boot_sector
from tests.vptop.cli.conftest import LIMIT, Command, started
from vptop.model.scriptfiles import LIBRARY

ROW = re.compile(r'  running\[0x([0-9a-f]+), ?"([^"]+)"\] == avg 1 count (\d+) min 1 max 1 latest 1')
HEADER = "aggr: running (1 integer key) (1 string key)"
VPTOP = str(LIBRARY / "vptop.vp")


def test_the_manual_s_vptop_prints_a_block_a_second_and_the_same_again(vptop: Command) -> None:
    first = vptop("run", "--seconds", "5", VPTOP)
    assert (first.returncode, first.stderr) == (0, "")
    header, *rest = first.stdout.split(HEADER + "\n")
    assert header == ""
    assert len(rest) == 5
    names = set()
    for block in rest:
        rows = block.splitlines()
        assert rows
        for row in rows:
            match = ROW.fullmatch(row)
            assert match, row
            names.add(match[2])
    assert len(names) >= 6, names
    assert vptop("run", "--seconds", "5", VPTOP).stdout == first.stdout


def test_the_end_of_a_recording_ends_text_and_is_told_by_a_longer_run(vptop: Command, tmp_path: Path) -> None:
    file = str(tmp_path / "run.inputs")
    vptop("run", "--seconds", "1.5", "--record", file, VPTOP)
    lines = [line for line in vptop("replay", file).stdout.splitlines() if line.startswith("-- ")]
    assert [line.split(":")[0] for line in lines] == ["-- 2 s", "-- 2 s"]
    told = "the recording ended at 2.5 s; the machine went on without it"
    assert told in vptop("run", "--seconds", "3", "--replay", file, VPTOP).stderr
    assert told not in vptop("run", "--seconds", "1", "--replay", file, VPTOP).stderr


def test_another_seed_gives_another_run(vptop: Command, tmp_path: Path) -> None:
    script = tmp_path / "blocks.vp"
    script.write_text('(vprobe Disk_IOFinish (printf "%d\\n" TSC))')
    runs = [vptop("run", "--seconds", "2", "--seed", seed, "blocks.vp").stdout for seed in ("0", "0", "1")]
    assert runs[0] == runs[1] != runs[2]
    assert runs[0]


def test_json_frames_have_the_promised_fields(vptop: Command) -> None:
    result = vptop("run", "--cold", "--seconds", "3", "--json", VPTOP)
    assert (result.returncode, result.stderr) == (0, "")
    frames = [json.loads(line) for line in result.stdout.splitlines()]
    assert [frame["frame"] for frame in frames] == [1, 2, 3]
    assert [frame["guest_seconds"] for frame in frames] == [1.0, 2.0, 3.0]
    last = frames[-1]
    assert last.keys() >= {"wall_seconds", "blocks", "interrupts", "tsc", "scripts", "aggregates", "errors", "log"}
    (script,) = last["scripts"]
    assert (script["name"], script["generation"]) == ("vptop.vp", 1)
    probe = script["probes"][0]
    assert (probe["name"], probe["errors"]) == ("Guest_IRQ", 0)
    assert probe["hits"] == last["interrupts"]
    assert probe.keys() >= {"line", "ns_per_hit"}
    running = last["aggregates"]["running"]
    assert (running["integer_keys"], running["string_keys"]) == (1, 1)
    assert sum(row["count"] for row in running["rows"]) == last["interrupts"] - frames[-2]["interrupts"]
    for row in running["rows"]:
        assert row.keys() >= {"integers", "strings", "count", "avg", "min", "max", "latest"}
        assert (len(row["integers"]), len(row["strings"])) == (1, 1)
    assert HEADER in last["log"]


def test_without_scripts_the_bundled_set_runs_clean(vptop: Command) -> None:
    result = vptop("run", "--seconds", "3", "--json")
    assert (result.returncode, result.stderr) == (0, "")
    last = json.loads(result.stdout.splitlines()[-1])
    assert sum(len(script["probes"]) for script in last["scripts"]) <= 32
    for name, aggregate in last["aggregates"].items():
        assert aggregate["rows"], name


def test_a_refused_script_is_shown_with_its_place_and_status_1(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.vp").write_text("(vprobe VMM1Hz\n  (logint windows))\n")
    result = vptop("run", "bad.vp")
    assert (result.returncode, result.stdout) == (1, "")
    assert "bad.vp:2:11" in result.stderr
    assert "windows" in result.stderr


def test_a_script_for_linux_says_so_on_another_guest(vptop: Command) -> None:
    ended = vptop("run", "--seconds", "1", "hot-kernel", "tcp", "process-tree")
    assert ended.returncode == 1
    assert ended.stderr.count("process-tree.vp is a script for Linux: name a kernel with --kernel") == 1
    assert ended.stderr.count("tcp.vp is a script for Linux: name a kernel with --kernel") == 1
    assert "hot-kernel.vp is" not in ended.stderr


def test_more_than_32_probes_in_all_are_refused(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "many.vp").write_text("(vprobe VMM1Hz 1)\n" * 31)
    (tmp_path / "more.vp").write_text("(vprobe VMM1Hz 1)\n(vprobe VMM10Hz 1)\n")
    assert vptop("run", "--seconds", "0.1", "many.vp").returncode == 0
    result = vptop("run", "--seconds", "0.1", "many.vp", "more.vp")
    assert result.returncode == 1
    assert "more.vp:2:1" in result.stderr
    assert "32" in result.stderr


def test_run_time_errors_are_summarised_on_standard_error(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "oops.vp").write_text("(definteger zero)\n(vprobe VMM10Hz\n  (logint (/ 1 zero)))\n")
    result = vptop("run", "--seconds", "1", "oops.vp")
    assert (result.returncode, result.stdout) == (0, "")
    assert "oops.vp:3:" in result.stderr
    assert "VMM10Hz: division by zero (10 times)" in result.stderr


def test_what_unload_probes_print_is_not_lost(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "bye.vp").write_text('(vprobe VMMLoad (printf "hello\\n"))\n(vprobe VMMUnload (printf "bye\\n"))\n')
    assert vptop("run", "--seconds", "0.5", "bye.vp").stdout == "hello\nbye\n"
    frames = [json.loads(line) for line in vptop("run", "--seconds", "0.5", "--json", "bye.vp").stdout.splitlines()]
    assert "".join(frame["log"] for frame in frames) == "hello\nbye\n"


def test_control_c_ends_a_run_with_status_130(tmp_path: Path) -> None:
    script = tmp_path / "tick.vp"
    script.write_text('(vprobe VMM10Hz (printf "tick\\n"))')
    with started("vptop", "run", "--seconds", "100000", str(script)) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"tick\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT)
    assert (process.returncode, errors) == (130, b"")


def test_control_c_still_gives_what_has_come_together(tmp_path: Path) -> None:
    script = tmp_path / "tick.vp"
    script.write_text("(defaggr ticks 0 0)\n(vprobe VMM10Hz (aggr ticks () () 1))\n(vprobe VMM1Hz (logint (/ 1 0)))\n")
    with started("vptop", "run", "--json", "--seconds", "100000", str(script)) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        process.send_signal(signal.SIGINT)
        rest, errors = process.communicate(timeout=LIMIT)
    frames = [json.loads(line) for line in (first + rest).splitlines()]
    last = frames[-1]
    assert process.returncode == 130
    assert sorted({frame["tsc"] for frame in frames}) == [frame["tsc"] for frame in frames]
    assert last["aggregates"]["ticks"]["rows"][0]["count"] >= 10
    assert b"VMM1Hz: division by zero" in errors


def test_a_disk_image_of_one_s_own(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "shout.img").write_bytes(boot_sector("1: movw $0x3f8, %dx\n outb %al, %dx\n hlt\n jmp 1b\n"))
    (tmp_path / "out.vp").write_text('(vprobe Out (cond ((== ARG0 0x3f8) (printf "%x\\n" ARG0))))')
    told = vptop("run", "--boot", "shout.img", "--seconds", "0.5", "out.vp")
    assert (told.returncode, told.stderr) == (0, "")
    assert set(told.stdout.splitlines()) == {"3f8"}


def test_lost_updates_are_told(vptop: Command, tmp_path: Path) -> None:
    """An aggregate's memory is bounded: what is dropped is counted, and said at the end."""
    keys = "".join(f"(aggr a ((+ n {k})) () 1)" for k in range(100))
    add = f"(defun add (left) (cond (left (do {keys} (setint n (+ n 100)) (add (- left 1))))))"
    (tmp_path / "many.vp").write_text(f"(definteger n)(defaggr a 1 0){add}(vprobe USEC:1000 (add 500))")
    told = vptop("run", "--seconds", "0.2", "many.vp")
    assert (told.returncode, told.stdout) == (0, "")
    assert re.fullmatch(r"vptop: a: lost \d+ updates: the aggregate's memory is full at 4194304 rows\n", told.stderr)


def test_errors_of_the_last_words_are_told(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "last.vp").write_text('(definteger z)\n(vprobe VMMUnload (printf "bye\\n") (logint (/ 1 z)))')
    told = vptop("run", "--seconds", "0.1", "last.vp")
    assert told.stdout == "bye\n"
    assert told.stderr == "vptop: last.vp:2:44: VMMUnload: division by zero (once)\n"
    (*_, farewell) = vptop("run", "--seconds", "0.1", "--json", "last.vp").stdout.splitlines()
    frame = json.loads(farewell)
    assert (frame["log"], [fault["message"] for fault in frame["errors"]]) == ("bye\n", ["division by zero"])


@pytest.fixture(scope="module")
def faulting(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk image whose boot sector ends in a triple fault."""
    image = tmp_path_factory.mktemp("guest") / "fault.img"
    image.write_bytes(boot_sector("cli\n lidtl %cs:empty\n ud2\nempty: .word 0\n .long 0"))
    return image


def test_triple_faults_are_reported_once(vptop: Command, faulting: Path) -> None:
    result = vptop("run", "--boot", str(faulting), "--seconds", "0.1", "-", stdin="(vprobe VMMLoad 1)")
    assert result.returncode == 0
    assert re.findall(r"triple fault at RIP 0x7c\w\w, the machine was reset \((\d+) times\)", result.stderr)
    assert result.stderr.count("triple fault") == 1


def test_no_reboot_stops_at_a_triple_fault_with_the_registers(vptop: Command, faulting: Path) -> None:
    result = vptop("run", "--no-reboot", "--boot", str(faulting), "--seconds", "0.1", "-", stdin="(vprobe VMMLoad 1)")
    assert result.returncode == 1
    assert "the machine stopped: triple fault at RIP 0x7c" in result.stderr
    assert "CR0 0000000060000010" in result.stderr


@pytest.fixture(scope="module")
def panicking(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A disk image whose boot sector writes what Linux does when it panics, and switches the machine off."""
    image = tmp_path_factory.mktemp("guest") / "panic.img"
    source = """
        movw $0x3f8, %dx
        movw $text, %si
    1:  lodsb %cs:(%si), %al
        outb %al, %dx
        cmpb $10, %al
        jne 1b
        movw $0x604, %dx
        movw $0x2000, %ax
        outw %ax, %dx
    2:  hlt
        jmp 2b
    text: .ascii "[ 1.0] Kernel panic - not syncing: Attempted to kill init!\\n"
    """
    image.write_bytes(boot_sector(source))
    return image


@pytest.mark.parametrize("command", [("run", "--seconds", "0.1"), ("--batch",)], ids=["run", "batch"])
def test_a_panic_of_the_guest_s_kernel_is_told_and_ends_with_status_3(
    vptop: Command, panicking: Path, command: tuple[str, ...]
) -> None:
    result = vptop(*command, "--boot", str(panicking), "-", stdin="(vprobe VMMLoad 1)")
    assert result.returncode == 3
    assert "vptop: the guest's kernel panicked: Attempted to kill init!\n" in result.stderr


def test_text_each_second_ends_when_the_guest_switches_the_machine_off(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "off.img").write_bytes(boot_sector("movw $0x604, %dx\n movw $0x2000, %ax\n outw %ax, %dx\n1: jmp 1b"))
    result = vptop("--batch", "--boot", "off.img", "-", stdin="(vprobe VMMLoad 1)")
    assert result.returncode == 0
    assert re.fullmatch(r"-- 1 s: \d+ blocks, \d+ interrupts\n", result.stdout)
    assert result.stderr.startswith("vptop: the guest switched the machine off at ")


def test_typing_while_it_runs(vptop: Command, tmp_path: Path) -> None:
    text, record = tmp_path / "text", tmp_path / "record"
    text.write_text("s\n")
    result = vptop("run", "--seconds", "0.3", "--type", "p", "--type-file", str(text), "--record", str(record), "exits")
    assert (result.returncode, result.stderr) == (0, "")
    typed = [one for one in map(json.loads, record.read_text().splitlines()) if "kind" in one]
    assert [(one["kind"], one["text"]) for one in typed] == [("serial", "p"), ("serial", "s"), ("serial", "\n")]
    first = typed[0]["tick"]
    assert [round((one["tick"] - first) / 1e6) for one in typed] == [0, 10, 20]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--type", "ps<entr>"], "--type: 1:3: unknown key `<entr>`; did you mean `<enter>`?"),
        (["--type", "é", "--type-to", "keyboard"], "--type: no key of the keyboard types 'é'"),
        (["--type-file", "nowhere"], "nowhere: No such file"),
    ],
)
def test_what_cannot_be_typed_is_named_and_nothing_runs(vptop: Command, options: list[str], message: str) -> None:
    result = vptop("run", *options)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr

# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop check` and `vptop list`."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import subprocess
import termios
from pathlib import Path

import pytest

from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment
from vptop.model.scriptfiles import ANY_SET, LIBRARY


@pytest.mark.parametrize("name", ANY_SET)
def test_bundled_scripts_are_clean(vptop: Command, name: str) -> None:
    result = vptop("check", str(LIBRARY / name))
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")


def test_errors_have_place_line_caret_and_status_1(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.vp").write_text("(definteger tsc-start)\n(vprobe VMM1Hz\n  (logint (-TSC tsc-start)))\n")
    result = vptop("check", "bad.vp")
    assert result.returncode == 1
    assert result.stdout == ""
    assert "bad.vp:3:" in result.stderr
    assert "(logint (-TSC tsc-start))" in result.stderr
    assert "^" in result.stderr
    assert "\x1b" not in result.stderr


def test_several_files_are_all_checked(vptop: Command, tmp_path: Path) -> None:
    for name in ("one.vp", "two.vp"):
        (tmp_path / name).write_text("(vprobe VMM1Hz (logint windows))\n")
    result = vptop("check", "one.vp", "two.vp")
    assert result.returncode == 1
    assert "one.vp:1:24" in result.stderr
    assert "two.vp:1:24" in result.stderr


def test_standard_input(vptop: Command) -> None:
    assert vptop("check", "-", stdin="(vprobe VMM1Hz 1)").returncode == 0
    result = vptop("check", "-", stdin="(vprobe VMM1Hz")
    assert result.returncode == 1
    assert "<stdin>:1:" in result.stderr


def test_colour_only_on_a_terminal(tmp_path: Path) -> None:
    script = tmp_path / "bad.vp"
    script.write_text("(vprobe VMM1Hz (logint windows))\n")
    ours, theirs = pty.openpty()
    command = command_line("vptop", "check", str(script))
    subprocess.run(command, stderr=theirs, env=environment() | {"TERM": "xterm"}, timeout=LIMIT, check=False)
    os.close(theirs)
    with os.fdopen(ours, "rb", buffering=0) as terminal:
        assert b"\x1b[" in terminal.read(4096)


def test_control_characters_of_a_script_do_not_reach_the_terminal(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "evil.vp").write_text('(vprobe VMM1Hz (logint "\x1b]0;owned\x07"))\n')
    result = vptop("check", "evil.vp")
    assert result.returncode == 1
    assert "\x1b" not in result.stderr
    assert "\x07" not in result.stderr


def test_disassembly_shows_code_beside_its_lines_and_its_size(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "a.vp").write_text("(vprobe VMM1Hz\n  (logint RAX))\n")
    result = vptop("check", "--disassemble", "a.vp")
    assert result.returncode == 0
    assert "(logint RAX)" in result.stdout
    assert "LOG_INTEGER" in result.stdout
    assert "8192" in result.stdout


def test_checking_needs_no_machine() -> None:
    code = (
        "import sys; from vptop.cli import check, main, listing;"
        "print([name for name in ('unicorn', 'cffi', 'textual', 'engine.machine.machine') if name in sys.modules])"
    )
    result = subprocess.run(
        [*command_line("vptop")[:4], code], capture_output=True, text=True, env=environment(), check=True
    )
    assert result.stdout == "[]\n"


@pytest.mark.parametrize(
    ("topic", "pattern", "name", "words"),
    [
        ("probes", "Guest_*", "Guest_IRQ", "interrupt"),
        ("probes", "disk*", "Disk_IOStart", "ARG7: number of scatter/gather entries"),
        ("globals", "CR3", "CR3", "integer"),
        ("functions", "gueststack", "gueststack", "stack"),
    ],
)
def test_lists_say_what_a_name_is(vptop: Command, topic: str, pattern: str, name: str, words: str) -> None:
    result = vptop("list", topic, pattern)
    assert result.returncode == 0
    (line,) = [line for line in result.stdout.splitlines() if name in line.split("  ")[0]]
    assert words in line


def test_a_pattern_that_matches_nothing_is_status_1(vptop: Command) -> None:
    result = vptop("list", "probes", "Gest_IRQ*")
    assert (result.returncode, result.stdout) == (1, "")
    assert "did you mean Guest_IRQ" in result.stderr


def test_a_list_as_json_has_every_part(vptop: Command) -> None:
    entries = [json.loads(line) for line in vptop("list", "probes", "in", "--json").stdout.splitlines()]
    arguments = " ARG0: port. ARG1: operand size in bytes. ARG2: REP count."
    assert [entry["name"] for entry in entries] == ["In"]
    assert entries[0]["doc"].endswith(arguments)
    assert entries[0]["page"] == 28


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_list_fits_the_terminal(width: int) -> None:
    ours, theirs = pty.openpty()
    termios.tcsetwinsize(theirs, (24, width))
    environ = {name: value for name, value in environment().items() if name != "COLUMNS"}
    process = subprocess.Popen(command_line("vptop", "list", "probes"), stdout=theirs, stdin=theirs, env=environ)
    os.close(theirs)
    seen = b""
    with contextlib.suppress(OSError):  # the other end is closed
        while block := os.read(ours, 65536):
            seen += block
    os.close(ours)
    assert process.wait(LIMIT) == 0
    lines = seen.decode().replace("\r", "").splitlines()
    assert len(lines) > 50
    assert max(map(len, lines)) <= width
    assert "".join("".join(lines).split()).count("Disk_IOStart") == 1


def test_a_script_of_the_library_is_checked_by_its_name(vptop: Command) -> None:
    result = vptop("check", "hot-user")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    result = vptop("check", "syscalls")
    assert result.returncode == 1, "the bundled guest is no Linux"
    assert "unknown guest symbol entry_SYSCALL_64" in result.stderr

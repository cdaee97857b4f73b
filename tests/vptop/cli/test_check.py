# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop check`."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.vptop.cli.conftest import Command, command_line, environment
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


def test_a_script_of_the_library_is_checked_by_its_name(vptop: Command) -> None:
    result = vptop("check", "hot-user")
    assert (result.returncode, result.stdout, result.stderr) == (0, "", "")
    result = vptop("check", "syscalls")
    assert result.returncode == 1, "the bundled guest is no Linux"
    assert "unknown guest symbol entry_SYSCALL_64" in result.stderr


def test_mistakes_in_view_hints_are_warnings(vptop: Command, tmp_path: Path) -> None:
    (tmp_path / "a.vp").write_text(
        "; @view lat as=histo\n(defaggr lat 1 0)\n(vprobe Guest_IRQ (aggr lat (ARG0) () 1))\n"
    )
    result = vptop("check", "a.vp")
    assert result.returncode == 0
    assert "a.vp:1:16: warning W901: invalid value `histo`" in result.stderr
    assert "did you mean: hist" in result.stderr

# SPDX-License-Identifier: GPL-2.0-or-later
"""What the commands write on a terminal."""

from __future__ import annotations

import io
import os
import pty
import subprocess
from pathlib import Path

import pytest

from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment
from vptop.cli import console


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


def test_a_message_is_one_that_cannot_drive_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.complain("no \x1b[31mred\x1b[0m\nsecond\tline\u202e")
    assert capsys.readouterr().err == "vptop: no ·[31mred·[0m\nsecond  line·\n"


@pytest.mark.parametrize(("terminal", "variable", "wanted"), [(True, "", True), (True, "1", False), (False, "", False)])
def test_colour_is_for_terminals_that_want_it(
    monkeypatch: pytest.MonkeyPatch, terminal: bool, variable: str, wanted: bool
) -> None:
    monkeypatch.setenv("NO_COLOR", variable)
    stream = io.StringIO()
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    assert console.wants_color(stream) is wanted

# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop repl`, run as a person runs it."""

from __future__ import annotations

import io
import os
import pty
import subprocess
import time
from pathlib import Path

import pytest

from engine import VirtualMachine
from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment
from vptop.cli.repl import Repl

SESSION = """\
(+ 1
   2)
"a\\n"
(definteger x 5)
(* x x)
(printf "%d\\n" x)
:run 0.1
:definitions
:quit
never
"""


def test_texts_are_read_and_answered_in_order(vptop: Command) -> None:
    done = vptop("repl", stdin=SESSION)
    assert done.stderr == ""
    assert done.returncode == 0
    lines = done.stdout.splitlines()
    assert lines[:6] == ["3 (0x3)", r'"a\n"', "defined x", "25 (0x19)", "5", "1 (0x1)"]
    assert lines[6].endswith(" s")
    assert lines[7:] == ["(definteger x 5)"]


def test_the_guest_runs_before_the_first_answer(vptop: Command) -> None:
    now, later = (vptop("repl", *words, stdin="TSC\n").stdout for words in ((), ("--seconds", "0.5")))
    assert int(later.split()[0]) - int(now.split()[0]) >= 500_000_000


def test_errors_are_told_and_decide_the_status(vptop: Command) -> None:
    done = vptop("repl", stdin="CR33\n(/ 1 0)\n:nothing\n:run soon\n7\n")
    assert done.stdout == "7 (0x7)\n"
    assert done.returncode == 1
    for words in (
        "<1>:1:1: error E201: unknown ident CR33",
        "did you mean: CR3",
        "<2>:1:1: division by zero",
        "unknown command :nothing; :help lists the commands",
        "invalid argument of :run: soon",
    ):
        assert words in done.stderr


def test_control_characters_never_reach_the_terminal(vptop: Command) -> None:
    done = vptop("repl", stdin='(printf "%c[2J" 27)\n"\x1b[2J"\n\x1b[2J\n')
    assert "\x1b" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("line", "some"), [("(getgu", "getguest"), ("KERNELG", "KERNELGSBASE"), ("(curp", "curpid"), ("(twi", "twice")]
)
def test_words_are_completed(line: str, some: str) -> None:
    with VirtualMachine.bundled() as vm:
        loop = Repl(vm, io.StringIO(), io.StringIO())
        loop.answer("(defun twice (n) (+ n n))")
        assert some in loop.completions(line, len(line))


def test_on_a_terminal_there_is_a_prompt_and_completion(tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        command_line("vptop", "repl"), stdin=theirs, stdout=theirs, stderr=theirs, cwd=tmp_path,
        env=environment() | {"TERM": "dumb", "NO_COLOR": "1"},
    ) as process:  # fmt: skip
        os.close(theirs)
        seen = _read_until(ours, "vp> ")
        assert "The guest is paused at" in seen
        os.write(ours, b"(+ 1\n")
        _read_until(ours, "... ")
        os.write(ours, b"2)\n")
        _read_until(ours, "3 (0x3)")
        os.write(ours, b"KERNELGSB\t\n")
        _read_until(ours, "KERNELGSBASE")
        os.write(ours, b":quit\n")
        assert process.wait(LIMIT) == 0
    os.close(ours)


def _read_until(terminal: int, words: str) -> str:
    """What a terminal shows, up to some words that must come."""
    seen, end = "", time.monotonic() + LIMIT
    while words not in seen:
        assert time.monotonic() < end, seen
        seen += os.read(terminal, 4096).decode()
    return seen

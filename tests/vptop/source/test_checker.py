# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that checks scripts, from outside."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from engine.emmett.editing.tokens import scan
from engine.vp import Limits
from vptop.source import checker as module
from vptop.source.checker import Checker
from vptop.source.checking import Finding, Surroundings

PATIENCE = 60.0
LONG = "\n".join(f"VMM1Hz {{ logint({at}); }}" for at in range(5000))
"""A text whose check takes seconds."""


@pytest.fixture
def guest(tmp_path: Path) -> Surroundings:
    symbols = tmp_path / "symbols"
    symbols.write_text("1000 t start\n")
    return Surroundings("(defun helper (n) n)", str(symbols), limits=Limits())


@pytest.fixture
def checker(guest: Surroundings) -> Iterator[Checker]:
    made = Checker(lambda: guest)
    yield made
    made.close()


class Heard(SimpleQueue[Finding]):
    """What is told about a text."""

    def rest(self) -> list[Finding]:
        """Everything to the last finding."""
        found = [self.get(timeout=PATIENCE)]
        while not found[-1].is_last:
            found.append(self.get(timeout=PATIENCE))
        return found


def gone(pid: int) -> bool:
    """The process has ended, whether or not it was waited for."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_tokens_names_and_diagnostics_with_what_the_guest_brings(checker: Checker) -> None:
    text = "int a; VMM1Hz { a = helper(1); helper(); } GUEST:start { logint(a); }"
    heard = Heard()
    checker.check("a.emt", text, heard.put)
    tokens, names, places = heard.rest()
    assert tokens.tokens is not None
    assert names.names is not None
    assert places.places is not None
    assert list(tokens.tokens) == list(scan(text))
    assert [one.name for one in names.names.own] == ["a"]
    assert [place.message for place in places.places] == ["`helper` takes 1 argument; 0 given"]


def test_a_newer_text_ends_the_check_of_one(checker: Checker) -> None:
    old, new = Heard(), Heard()
    checker.check("a.emt", LONG, old.put)
    assert old.get(timeout=PATIENCE).tokens is not None
    pid = checker.pid
    checker.check("a.emt", "VMM1Hz { logint(1); }", new.put)
    assert [bool(finding.trouble) for finding in new.rest()] == [False] * 3
    assert checker.pid == pid
    assert old.empty()


def test_the_end_of_the_process_is_told_and_another_one_takes_its_place(checker: Checker) -> None:
    heard = Heard()
    checker.check("a.emt", LONG, heard.put)
    heard.get(timeout=PATIENCE)
    pid = checker.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert heard.rest()[-1].trouble == "the process that checks it ended: Killed (signal 9)"
    checker.check("a.emt", "VMM1Hz { logint(1); }", heard.put)
    assert heard.rest()[-1].places == ()
    assert checker.pid != pid


def test_a_process_that_was_stopped_is_told_and_another_one_takes_its_place(
    checker: Checker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK", 0.01)
    heard = Heard()
    checker.check("a.emt", LONG, heard.put)
    heard.get(timeout=PATIENCE)
    pid = checker.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert heard.rest()[-1].trouble == module.STOPPED
    checker.check("a.emt", "VMM1Hz { logint(1); }", heard.put)
    assert heard.rest()[-1].places == ()
    assert gone(pid)


def test_no_process_is_left_behind(checker: Checker) -> None:
    heard = Heard()
    checker.check("a.vp", "", heard.put)
    heard.rest()
    pid = checker.pid
    assert pid is not None
    checker.close()
    while not gone(pid):
        os.sched_yield()


def test_the_process_ends_with_one_that_is_killed() -> None:
    code = """
import os, signal
from vptop.source.checker import Checker
from vptop.source.checking import Surroundings
checker = Checker(Surroundings)
def take(finding):
    if finding.is_last:
        print(checker.pid, flush=True)
        os.kill(os.getpid(), signal.SIGKILL)
checker.check("a.vp", "", take)
signal.pause()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    while not gone(int(done.stdout)):
        os.sched_yield()

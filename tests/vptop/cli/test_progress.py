# SPDX-License-Identifier: GPL-2.0-or-later
"""A line that is written over."""

from __future__ import annotations

import io

import pytest

from vptop.cli import progress
from vptop.cli.progress import ERASE, ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_it_is_written_over_and_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 0.0)
    monkeypatch.setenv("COLUMNS", "20")
    terminal = Terminal()
    line = ProgressLine(terminal)
    line("1 of 2 s")
    line("2 of 2 s, and more than fits")
    line.erase()
    assert terminal.getvalue() == f"{ERASE}1 of 2 s{ERASE}2 of 2 s, and more {ERASE}"


def test_states_that_come_too_soon_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY", 1e9)
    terminal = Terminal()
    line = ProgressLine(terminal)
    for number in range(1000):
        line(f"{number}")
    assert terminal.getvalue() == f"{ERASE}0"


def test_nothing_is_written_where_there_is_no_terminal() -> None:
    file = io.StringIO()
    line = ProgressLine(file)
    line("1 of 2 s")
    line.erase()
    assert file.getvalue() == ""

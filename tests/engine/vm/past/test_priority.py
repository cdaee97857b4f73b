# SPDX-License-Identifier: GPL-2.0-or-later
"""The priority of processes; each is changed in a copy of this one."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from engine.vm.past import priority
from engine.vm.past.checkpoint import scout
from engine.vm.past.priority import NICENESS


def _nice_after(act: Callable[[], None]) -> bytes:
    act()
    return b"%d" % os.nice(0)


def test_it_is_lowered_once() -> None:
    def measure() -> bytes:
        priority.lower()
        return _nice_after(priority.lower)

    assert int(scout(measure)) == os.nice(0) + NICENESS


def test_copies_of_a_copy_have_it_already() -> None:
    def measure() -> bytes:
        priority.lower()
        return scout(lambda: _nice_after(priority.lower))

    assert int(scout(measure)) == os.nice(0) + NICENESS


@pytest.mark.parametrize(("brief", "added"), [(0.0, NICENESS), (1e9, 0)])
def test_it_is_lowered_for_a_process_that_needs_long(monkeypatch: pytest.MonkeyPatch, brief: float, added: int) -> None:
    monkeypatch.setattr(priority, "BRIEF", brief)
    assert int(scout(lambda: _nice_after(priority.lower_when_long))) == os.nice(0) + added

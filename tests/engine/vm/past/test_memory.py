# SPDX-License-Identifier: GPL-2.0-or-later
"""The memory of copies of a machine."""

from __future__ import annotations

import os

import pytest

from engine.vm.past import memory
from engine.vm.past.memory import MemoryUse, memory_of, memory_of_copies


def test_memory_of_a_process_that_is_gone_is_unknown() -> None:
    assert memory_of(0) == (0, 0, 0)
    own = memory_of("self")
    assert own.resident >= own.share > own.tables > 0


def test_memory_is_counted_once_and_without_that_of_the_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    # Of 100 pages of the machine, 60 are shared with one copy, which has 40 older ones for itself.
    # The page tables of each copy are its own; those of the machine, and of the process that counts, are there anyway.
    used = {1: (100, 70, 9), 2: (100, 70, 5), os.getppid(): (0, 0, 3), os.getpid(): (0, 0, 2)}
    monkeypatch.setattr(memory, "memory_of", lambda pid: MemoryUse(*used[pid]))
    assert memory_of_copies(1, [2]) == 40 + 5 + 3

# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of exits."""

from __future__ import annotations

from engine.machine.exits import NAMES, exit_counts


def test_only_reasons_that_came_up_are_shown() -> None:
    counts = [0] * 64
    counts[10], counts[30] = 3, 7
    assert exit_counts(counts) == {"10 CPUID": 3, "30 I/O instruction": 7}
    assert exit_counts([]) == {}


def test_the_numbers_are_those_of_the_sdm() -> None:
    assert {NAMES[number] for number in (12, 16, 31, 32, 48)} == {"HLT", "RDTSC", "RDMSR", "WRMSR", "EPT violation"}

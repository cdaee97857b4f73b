# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of the log."""

from __future__ import annotations

from engine.probes.printed import PARTS, LogPart, bounded, covering, joined, without_beginning

ONE = LogPart(3, 1.0, 0, "a.vp", "Guest_IRQ", 4)
TWO = LogPart(2, 2.0, 1, "b.vp", "VMM1Hz", 1)


def test_what_no_part_has_belongs_to_a_last_one() -> None:
    assert covering("abcde", [ONE, TWO]) == (ONE, TWO)
    assert covering("abcde", [ONE]) == (ONE, LogPart(2))
    assert covering("", []) == ()


def test_logs_are_joined_with_their_parts() -> None:
    assert joined("abc", [ONE], "de", [TWO]) == (ONE, TWO)
    assert joined("ab", [], "cde", [ONE]) == (LogPart(2), ONE)
    assert joined("ab", [], "c", []) == ()


def test_a_log_that_loses_its_beginning_keeps_the_parts_of_the_rest() -> None:
    assert without_beginning([ONE, TWO], 0) == (ONE, TWO)
    assert without_beginning([ONE, TWO], 1) == (LogPart(2, 1.0, 0, "a.vp", "Guest_IRQ", 4), TWO)
    assert without_beginning([ONE, TWO], 3) == (TWO,)
    assert without_beginning([ONE, TWO], 5) == ()


def test_parts_are_bounded_and_lose_no_character() -> None:
    assert bounded([ONE] * PARTS) == (ONE,) * PARTS
    found = bounded([ONE] * (PARTS + 5))
    assert len(found) == PARTS
    assert found[-1] == LogPart(18)

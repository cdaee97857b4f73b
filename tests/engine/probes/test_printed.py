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
    assert bounded([ONE] * (PARTS + 5)) == (*[ONE] * PARTS, LogPart(15))


def test_beyond_the_bound_what_logaggr_wrote_can_be_told_from_the_rest() -> None:
    rows = LogPart(7, 1.0, 0, "a.vp", "VMM1Hz", 1, is_aggregate=True)
    found = bounded([*[ONE] * (PARTS + 2), rows, rows, TWO])
    assert found[PARTS:] == (LogPart(6), LogPart(14, is_aggregate=True), LogPart(2))
    many = bounded([ONE, rows] * PARTS * 2)
    assert len(many) == 2 * PARTS
    assert sum(part.size for part in many) == (ONE.size + rows.size) * PARTS * 2
    assert not many[-1].is_aggregate

# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts counted one by one, and the busiest of many."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model import tally as module
from vptop.model.blocks import Abandoned
from vptop.model.filterexpr import parse
from vptop.model.rows import Measured
from vptop.model.tally import Sums, added, against, tally

ROWS = (("idle", 32, 5), ("sshd", 32, 1), ("sshd", 43, 7), ("tar", 46, 4), ("cc1", 46, 2), ("cc1", 32, 1))


def interval(*rows: tuple[str, int, int], seconds: float = 2.0) -> Measured:
    data = aggregate([ones((vector,), (name,), count) for name, vector, count in rows])
    return Measured(which("running"), data, None, seconds, per_interval=True)


def span(*rows: tuple[str, int, int], seconds: float = 2.0) -> list[Measured]:
    return [interval(*rows, seconds=seconds)]


def test_few_are_told_one_by_one() -> None:
    found = tally(span(*ROWS), parse("no such name"))
    assert found.counts == {"idle": {32: 5}, "sshd": {32: 1, 43: 7}, "tar": {46: 4}, "cc1": {46: 2, 32: 1}}
    assert found.totals == {"idle": 5, "sshd": 8, "tar": 4, "cc1": 3}
    assert found.every == Sums(4, 20, {32: 7, 43: 7, 46: 6})
    assert (found.seconds, found.most, found.peak, found.cut, found.whole) == (2.0, 8, 7, None, True)


def test_of_many_the_busiest_are_told_and_all_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 2)
    found = tally(span(*ROWS))
    assert found.totals == {"idle": 5, "sshd": 8}
    assert found.every == found.cut == Sums(4, 20, {32: 7, 43: 7, 46: 6})
    assert not found.whole


def test_a_filter_chooses_among_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 2)
    found = tally(span(*ROWS), parse("cc1"))
    assert found.counts == {"cc1": {32: 1, 46: 2}}
    assert (found.cut, found.every.count, found.whole) == (None, 20, False)
    assert tally(span(*ROWS), parse("share>=20 !idle")).totals == {"sshd": 8, "tar": 4}
    assert tally(span(*ROWS), parse("cnt>3")).cut == Sums(3, 17, {32: 6, 43: 7, 46: 4})
    with pytest.raises(Abandoned):
        tally(span(*ROWS), parse("cc1"), lambda: True)


def test_of_many_vectors_the_busiest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VECTORS", 1)
    found = tally(span(("sshd", 32, 1), ("sshd", 43, 7)))
    assert (found.counts, found.totals, found.whole) == ({"sshd": {43: 7}}, {"sshd": 8}, False)


def test_what_is_told_now_is_told_of_the_baseline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 1)
    now, then = against(span(("idle", 32, 9), ("tar", 46, 4), ("cc1", 46, 2)), interval(*ROWS, ("late", 32, 90)))
    assert now.totals == {"idle": 9}, "late is not there any more"
    assert then.totals == {"idle": 5, "late": 90}
    now, then = against(span(("idle", 32, 9), ("sshd", 46, 4)), interval(*ROWS))
    assert now.totals == {"idle": 9, "sshd": 4}
    assert then.totals == {"idle": 5, "sshd": 8}


def test_the_intervals_of_a_span_add_up() -> None:
    found = tally([*span(*ROWS), interval(("late", 46, 9), ("idle", 46, 3), seconds=1.0)])
    assert found.counts["idle"] == {32: 5, 46: 3}
    assert found.totals == {"idle": 8, "sshd": 8, "tar": 4, "cc1": 3, "late": 9}
    assert (found.seconds, found.every, found.peak) == (3.0, Sums(5, 32, {32: 7, 43: 7, 46: 18}), 9)


def test_whole_tallies_add_up() -> None:
    found = added([tally(span(*ROWS)), tally(span(("idle", 46, 3), seconds=1.0))])
    assert found.counts["idle"] == {32: 5, 46: 3}
    assert (found.seconds, found.every, found.peak) == (3.0, Sums(4, 23, {32: 7, 43: 7, 46: 9}), 7)


def test_nothing_counted() -> None:
    assert tally(span()) == added([tally(span())])

# SPDX-License-Identifier: GPL-2.0-or-later
"""Interrupts counted one by one, and the busiest of many."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import pytest

from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model import tally as module
from vptop.model.blocks import Abandoned
from vptop.model.filterexpr import parse
from vptop.model.processkeys import ProcessId, ProcessKeys, Relative
from vptop.model.rows import Measured
from vptop.model.tally import Sums, added, against, tally

T = TypeVar("T")
NAMES = ProcessKeys(1)
TREE = ProcessKeys(3, 1, 2)
ROWS = (("idle", 32, 5), ("sshd", 32, 1), ("sshd", 43, 7), ("tar", 46, 4), ("cc1", 46, 2), ("cc1", 32, 1))


def interval(*rows: tuple[str, int, int], seconds: float = 2.0) -> Measured:
    data = aggregate([ones((vector,), (name,), count) for name, vector, count in rows])
    return Measured(which("running"), data, None, seconds, per_interval=True)


def span(*rows: tuple[str, int, int], seconds: float = 2.0) -> list[Measured]:
    return [interval(*rows, seconds=seconds)]


def named(found: Mapping[ProcessId, T]) -> dict[str, T]:
    return {process.name: counts for process, counts in found.items()}


def test_few_are_told_one_by_one() -> None:
    found = tally(span(*ROWS), NAMES, parse("no such name"))
    assert named(found.counts) == {"idle": {32: 5}, "sshd": {32: 1, 43: 7}, "tar": {46: 4}, "cc1": {46: 2, 32: 1}}
    assert named(found.totals) == {"idle": 5, "sshd": 8, "tar": 4, "cc1": 3}
    assert found.every == Sums(4, 20, {32: 7, 43: 7, 46: 6})
    assert (found.seconds, found.most, found.peak, found.cut, found.whole) == (2.0, 8, 7, None, True)


def test_of_many_the_busiest_are_told_and_all_are_summed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 2)
    found = tally(span(*ROWS), NAMES)
    assert named(found.totals) == {"idle": 5, "sshd": 8}
    assert found.every == found.cut == Sums(4, 20, {32: 7, 43: 7, 46: 6})
    assert not found.whole


def test_a_filter_chooses_among_all_of_them(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 2)
    found = tally(span(*ROWS), NAMES, parse("cc1"))
    assert named(found.counts) == {"cc1": {32: 1, 46: 2}}
    assert (found.cut, found.every.count, found.whole) == (None, 20, False)
    assert named(tally(span(*ROWS), NAMES, parse("share>=20 !idle")).totals) == {"sshd": 8, "tar": 4}
    assert tally(span(*ROWS), NAMES, parse("cnt>3")).cut == Sums(3, 17, {32: 6, 43: 7, 46: 4})
    with pytest.raises(Abandoned):
        tally(span(*ROWS), NAMES, parse("cc1"), lambda: True)


def test_of_many_vectors_the_busiest_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_VECTORS", 1)
    found = tally(span(("sshd", 32, 1), ("sshd", 43, 7)), NAMES)
    assert (named(found.counts), named(found.totals), found.whole) == ({"sshd": {43: 7}}, {"sshd": 8}, False)


def test_what_is_told_now_is_told_of_the_baseline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 1)
    now, then = against(span(("idle", 32, 9), ("tar", 46, 4), ("cc1", 46, 2)), interval(*ROWS, ("late", 32, 90)), NAMES)
    assert named(now.totals) == {"idle": 9}, "late is not there any more"
    assert named(then.totals) == {"idle": 5, "late": 90}
    now, then = against(span(("idle", 32, 9), ("sshd", 46, 4)), interval(*ROWS), NAMES)
    assert named(now.totals) == {"idle": 9, "sshd": 4}
    assert named(then.totals) == {"idle": 5, "sshd": 8}


def test_the_intervals_of_a_span_add_up() -> None:
    found = tally([*span(*ROWS), interval(("late", 46, 9), ("idle", 46, 3), seconds=1.0)], NAMES)
    assert named(found.counts)["idle"] == {32: 5, 46: 3}
    assert named(found.totals) == {"idle": 8, "sshd": 8, "tar": 4, "cc1": 3, "late": 9}
    assert (found.seconds, found.every, found.peak) == (3.0, Sums(5, 32, {32: 7, 43: 7, 46: 18}), 9)


def test_whole_tallies_add_up() -> None:
    found = added([tally(span(*ROWS), NAMES), tally(span(("idle", 46, 3), seconds=1.0), NAMES)])
    assert named(found.counts)["idle"] == {32: 5, 46: 3}
    assert (found.seconds, found.every, found.peak) == (3.0, Sums(4, 23, {32: 7, 43: 7, 46: 9}), 7)


def test_nothing_counted() -> None:
    assert tally(span(), NAMES) == added([tally(span(), NAMES)])


def family(*rows: tuple[str, int, int, int], seconds: float = 1.0) -> Measured:
    """Rows of names, numbers, numbers of parents and counts."""
    data = aggregate([ones((32, pid, parent), (name,), count) for name, pid, parent, count in rows])
    return Measured(which("running"), data, None, seconds, per_interval=True)


def test_processes_are_told_apart_by_number_and_name() -> None:
    earlier = family(("sh", 7, 3, 1), ("sh", 8, 3, 2), ("init", 1, 0, 4))
    later = family(("cc1", 7, 3, 5), ("sh", 8, 1, 6))
    found = tally([earlier, later], TREE)
    assert found.totals == {("sh", 7): 1, ("sh", 8): 8, ("init", 1): 4, ("cc1", 7): 5}
    assert found.parents == {("sh", 7): 3, ("sh", 8): 1, ("init", 1): 0, ("cc1", 7): 3}, "that of 3 has ended"
    assert added([tally([earlier], TREE), tally([later], TREE)]) == found
    assert tally([earlier, later], ProcessKeys(3, 1)).parents == {}


def test_of_many_those_above_the_busiest_are_looked_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_PROCESSES", 1)
    rows = ("idle", 0, 0, 1), ("init", 1, 0, 1), ("old", 4, 9, 1), ("sh", 4, 1, 2), ("cc1", 7, 4, 50), ("ring", 9, 9, 1)
    found = tally([family(*rows)], TREE)
    assert found.parents == {("cc1", 7): 4}
    assert found.relatives == {4: Relative(ProcessId("sh", 4), 1), 1: Relative(ProcessId("init", 1), 0)}
    assert tally([family(*rows)], TREE, parse("old")).relatives == {9: Relative(ProcessId("ring", 9), 9)}
    assert tally([family(*rows)], TREE, parse("7")).totals == {("cc1", 7): 50}
    assert tally([family(*rows)], TREE, parse("pid~4 !old")).totals == {("sh", 4): 2}

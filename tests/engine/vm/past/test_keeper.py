# SPDX-License-Identifier: GPL-2.0-or-later
"""Which checkpoints are kept."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import ClassVar

import pytest

from engine.machine.inputs import Input
from engine.vm.past import keeper as keeping
from engine.vm.past.checkpoint import Checkpoint, Serve
from engine.vm.past.keeper import Keeper, PastError, PastSettings

HZ = 1000
MIB = 1 << 20


class Sleeper(Checkpoint):
    """Without a process."""

    dropped: int = 0
    killed: ClassVar[set[int]] = set()

    def __init__(self, pid: int, living: list[int]) -> None:
        self.pid = self.number = pid
        self.living = living
        living.append(pid)

    def has_ended(self) -> bool:
        return self.number in self.killed

    def report(self) -> bytes:
        return b"%d" % (MIB * len(self.living))

    def drop(self) -> None:
        Sleeper.dropped += 1
        self.living.remove(self.number)


@pytest.fixture
def take(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Checkpoints are numbers; each takes a MiB."""
    taken: list[int] = []
    living: list[int] = []

    def take(_: Serve, aside: Callable[[], bytes]) -> Checkpoint:
        del aside
        taken.append(len(taken))
        return Sleeper(taken[-1], living)

    monkeypatch.setattr(Checkpoint, "take", take)
    Sleeper.dropped = 0
    Sleeper.killed.clear()
    return taken


def _pass(keeper: Keeper, seconds: int) -> None:
    for second in range(seconds + 1):
        keeper.pass_time(second * HZ)


def _keeper(**settings: int) -> Keeper:
    return Keeper(PastSettings(**settings), HZ, lambda _: None)


def test_one_is_taken_every_few_seconds(take: list[int]) -> None:
    keeper = _keeper(every=5)
    _pass(keeper, 32)
    assert keeper.state.moments == (0, 5, 10, 15, 20, 25, 30)
    assert keeper.state.bytes == (len(take) - 1) * MIB  # when the latest was taken
    assert keeper.state.limit == 512 * MIB


def test_old_ones_are_thinned_out_and_the_oldest_covers_what_is_kept(take: list[int]) -> None:
    keeper = _keeper(every=5, seconds=600)
    _pass(keeper, 1000)
    moments = keeper.state.moments
    assert len(take) == 201
    assert 35 < len(moments) < 70
    assert 350 <= moments[0] <= 400  # 600 s ago, or the one before
    assert [moment for moment in moments if moment >= 940] == list(range(940, 1001, 5))
    gaps = [newer - older for older, newer in pairwise(moments)]
    assert all(gap <= max(5, (1000 - older) / 15) for gap, older in zip(gaps, moments, strict=False))
    assert Sleeper.dropped == len(take) - len(moments)


@pytest.mark.usefixtures("take")
def test_they_are_thinned_out_further_before_the_oldest_is_dropped_for_want_of_memory() -> None:
    keeper = _keeper(every=5, seconds=600, mib=30)
    _pass(keeper, 1000)
    moments = keeper.state.moments
    assert 28 <= len(moments) <= 31
    assert 280 <= moments[0] <= 400
    assert [moment for moment in moments if moment >= 940] == list(range(940, 1001, 5))
    gaps = [newer - older for older, newer in pairwise(moments)]
    assert all(gap <= max(5, (1000 - older) / 3) for gap, older in zip(gaps, moments, strict=False))
    keeper.set_budget(5)
    assert keeper.state.moments == moments[-5:]


@pytest.mark.usefixtures("take")
def test_the_budget_is_kept() -> None:
    keeper = _keeper(every=1, mib=4)
    _pass(keeper, 20)
    assert keeper.state.bytes <= 5 * MIB
    assert keeper.state.moments == (16, 17, 18, 19, 20)


@pytest.mark.usefixtures("take")
def test_a_smaller_budget_drops_the_oldest_at_once() -> None:
    keeper = _keeper(every=1)
    _pass(keeper, 8)
    keeper.set_budget(4)
    assert keeper.state.moments == (5, 6, 7, 8)
    assert (keeper.state.bytes, keeper.state.limit) == (8 * MIB * 4 // 9, 4 * MIB)
    keeper.set_budget(4)
    assert keeper.state.moments == (5, 6, 7, 8), "what was dropped is not counted again"
    keeper.set_budget(1)
    assert keeper.state.moments == (8,)
    assert keeper.is_oldest(keeper.before(8 * HZ))


@pytest.mark.usefixtures("take")
def test_the_latest_that_is_not_after_a_tick_is_found() -> None:
    keeper = _keeper(every=5)
    with pytest.raises(PastError, match="no past is kept yet"):
        keeper.before(0)
    _pass(keeper, 12)
    assert [keeper.before(tick * HZ).tick // HZ for tick in (0, 4, 5, 11, 99)] == [0, 0, 5, 10, 10]


@pytest.mark.usefixtures("take")
def test_one_that_was_killed_is_kept_no_more() -> None:
    keeper = _keeper(every=5)
    _pass(keeper, 12)
    Sleeper.killed.add(1)
    assert keeper.before(7 * HZ).tick == 0
    assert keeper.state.moments == (0, 10)
    Sleeper.killed |= {0, 2}
    with pytest.raises(PastError, match="every checkpoint was ended"):
        keeper.before(7 * HZ)
    assert keeper.pass_time(13 * HZ)  # at once
    assert (keeper.state.moments, keeper.state.failure) == ((13,), "")


@pytest.mark.usefixtures("take")
def test_inputs_are_those_after_the_checkpoint_also_when_older_ones_are_dropped() -> None:
    keeper = _keeper(every=1, seconds=3)
    for second in range(8):
        keeper.pass_time(second * HZ)
        keeper.log(Input(0, second * HZ + 1, "serial", str(second)))
    assert "".join(coming.text for coming in keeper.inputs_after(keeper.before(6 * HZ))) == "67"
    oldest = keeper.before(0)
    assert oldest.tick > 0
    assert len(keeper.inputs_after(oldest)) == 8 - oldest.tick // HZ


def test_where_no_process_can_be_made_the_reason_is_given(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_: Serve, __: Callable[[], bytes]) -> Checkpoint:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(Checkpoint, "take", refuse)
    keeper = _keeper()
    assert keeper.pass_time(0)
    assert keeper.state.failure == "no checkpoint can be taken: Resource temporarily unavailable"


def test_where_a_platform_cannot_fork_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "is_supported", lambda: False)
    keeper = _keeper()
    assert not keeper.pass_time(0)
    with pytest.raises(PastError, match="cannot fork"):
        keeper.before(0)

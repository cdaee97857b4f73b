# SPDX-License-Identifier: GPL-2.0-or-later
"""Which copies sleep on the way to a visited moment."""

from __future__ import annotations

from engine.vm.past.checkpoint import Checkpoint
from engine.vm.past.stands import MOST, Stand, Stands


class Sleeper(Checkpoint):
    """Without a process."""

    def __init__(self) -> None:
        self.is_dropped = False

    def drop(self) -> None:
        self.is_dropped = True


def _stands(*ticks: int) -> tuple[Stands, dict[int, Sleeper]]:
    stands, copies = Stands(0), {tick: Sleeper() for tick in ticks}
    for tick, copy in copies.items():
        stands.add(Stand(tick, copy))
    return stands, copies


def test_the_latest_before_a_tick_is_found() -> None:
    stands, copies = _stands(30, 10, 20)
    assert stands.before(9) is None
    assert [stands.before(tick) for tick in (10, 29, 99)] == [Stand(tick, copies[tick]) for tick in (10, 20, 30)]
    stands.close()


def test_those_after_a_tick_end() -> None:
    stands, copies = _stands(10, 20, 30)
    stands.forget_after(20)
    assert [tick for tick, copy in copies.items() if copy.is_dropped] == [30]
    stands.close()
    assert all(copy.is_dropped for copy in copies.values())


def test_they_are_few_and_denser_towards_the_latest() -> None:
    stands, copies = _stands(*range(100, 10_100, 100))
    kept = [tick for tick, copy in copies.items() if not copy.is_dropped]
    stands.close()
    assert len(kept) == MOST
    assert kept[-2:] == [9900, 10_000]
    assert kept[0] < 8000

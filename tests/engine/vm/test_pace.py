# SPDX-License-Identifier: GPL-2.0-or-later
"""Pacing against a clock we move by hand."""

from __future__ import annotations

import pytest

from engine.vm.pace import BACKLOG, HEAD_START, Pace

START = 5.0


class Wall:
    now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture
def pace(wall: Wall) -> Pace:
    pace = Pace(wall)
    pace.resync(START)
    return pace


def test_guest_time_is_due_as_wall_time_passes(pace: Pace, wall: Wall) -> None:
    wall.now += 0.5
    assert pace.due(START) == pytest.approx(0.5)
    assert pace.due(START + 0.5) == pytest.approx(0.0)


def test_a_guest_that_is_ahead_waits(pace: Pace, wall: Wall) -> None:
    wall.now += 0.5
    assert pace.due(START + 0.7) == pytest.approx(-0.2)
    assert pace.behind(START + 0.7) == 0.0


def test_a_short_delay_is_caught_up(pace: Pace, wall: Wall) -> None:
    wall.now += 0.8
    assert pace.behind(START) == pytest.approx(0.8)
    assert pace.due(START) == pytest.approx(0.8)
    assert pace.behind(START + 0.8) == pytest.approx(0.0)


def test_a_long_delay_is_late_once_and_then_given_up(pace: Pace, wall: Wall) -> None:
    wall.now += 10.0
    assert pace.behind(START) == pytest.approx(10.0)
    assert pace.due(START) == pytest.approx(BACKLOG)
    assert pace.behind(START) == pytest.approx(BACKLOG)
    assert pace.due(START + BACKLOG) == pytest.approx(0.0)
    assert pace.behind(START + BACKLOG) == pytest.approx(0.0)


def test_a_pause_is_no_delay(pace: Pace, wall: Wall) -> None:
    wall.now += 3600.0
    pace.resync(START)
    assert pace.due(START) == pytest.approx(0.0)
    assert pace.behind(START) == pytest.approx(0.0)


def test_the_first_second_is_due_at_once(pace: Pace, wall: Wall) -> None:
    pace.resync(0.0)
    assert pace.due(0.0) == pytest.approx(HEAD_START)
    assert pace.due(HEAD_START) == pytest.approx(0.0)
    wall.now += 0.25
    assert pace.due(HEAD_START) == pytest.approx(0.25)

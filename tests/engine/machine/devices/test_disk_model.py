# SPDX-License-Identifier: GPL-2.0-or-later
"""How long disks take."""

from __future__ import annotations

from random import Random

import pytest

from engine.machine.choices import Latency
from engine.machine.devices.disk_model import PRESETS, FlashDisk, HardDisk

REVOLUTION = 60 / 7200 * 1e9


@pytest.mark.parametrize("preset", PRESETS)
def test_times_depend_on_nothing_but_seed_and_requests(preset: Latency) -> None:
    def times(seed: int) -> list[int]:
        model = PRESETS[preset](100_000, seed)
        return [model.service_ns(n * 10_000_000, n * 7919 % 100_000, 1 + n % 16, n % 3 == 0) for n in range(200)]

    assert times(1) == times(1)
    assert times(1) != times(2)


def test_a_hard_disk_waits_half_a_turn_on_average() -> None:
    model = HardDisk(100_000, 1)
    chance = Random(7200)
    now, waits = 0, []
    for _ in range(2000):  # on one track: no seeks
        waits.append(model.service_ns(now, chance.randrange(512), 1, write=False))
        now += waits[-1] + chance.randrange(20_000_000)
    assert all(wait < 1.1 * REVOLUTION for wait in waits)
    assert sum(waits[1:]) / len(waits) == pytest.approx(REVOLUTION / 2, rel=0.1)


def test_a_hard_disk_streams_a_track_in_a_turn() -> None:
    model = HardDisk(100_000, 1)
    first = model.service_ns(0, 0, 512, write=False)
    assert REVOLUTION <= first <= 2.2 * REVOLUTION


def test_far_seeks_take_longer() -> None:
    def mean(distance: int) -> float:
        model = HardDisk(1_000_000, 1)
        now, total = 0, 0
        for n in range(400):
            taken = model.service_ns(now, n % 2 * distance, 1, write=False)
            now += taken + 777_777
            total += taken
        return total / 400

    assert mean(512) < mean(100_000) < mean(900_000)


def test_flash_is_flat_and_writes_are_cheaper() -> None:
    model = FlashDisk(100_000, 1)
    reads = [model.service_ns(0, n * 997 % 100_000, 8, write=False) for n in range(200)]
    writes = [model.service_ns(0, n * 997 % 100_000, 8, write=True) for n in range(200)]
    assert max(reads) < 1.3 * min(reads)
    assert max(writes) < min(reads)
    assert max(reads) < REVOLUTION / 10

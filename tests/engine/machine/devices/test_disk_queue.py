# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests that wait for a disk."""

from __future__ import annotations

from collections import Counter
from functools import partial

from engine.core.points import Point
from engine.machine.devices.ata_commands import Identities
from engine.machine.devices.disk_image import DiskImage
from engine.machine.devices.disk_queue import Adapter, DiskQueue
from tests.engine.machine.bench import Bench
from tests.engine.machine.devices.test_nvme import SERVICE_NS, Steady


def queue_on(bench: Bench) -> tuple[DiskQueue, Counter[str]]:
    counts: Counter[str] = Counter()
    image = DiskImage(bytes(51200))
    return DiskQueue(bench.clock, image, Steady(), bench.fire, Adapter.NVME, Identities(), counts), counts


def test_as_many_at_once_as_the_disk_has_ways(bench: Bench) -> None:
    queue, counts = queue_on(bench)
    done: list[int] = []
    for number in range(5):
        queue.submit(write=number == 4, first=number, count=2, entries=1, finished=partial(done.append, number))
    finished_at = []
    for _ in range(3):
        bench.advance(SERVICE_NS)
        finished_at.append(list(done))
    assert finished_at == [[0, 1], [0, 1, 2, 3], [0, 1, 2, 3, 4]]
    assert counts == {"reads": 4, "sectors read": 8, "writes": 1, "sectors written": 2}


def test_the_probe_points_come_before_the_data_move(bench: Bench) -> None:
    queue, _ = queue_on(bench)
    seen: list[int] = []
    queue.submit(write=True, first=7, count=3, entries=2, finished=lambda: seen.append(len(bench.fired)))
    bench.advance(SERVICE_NS)
    assert seen == [2]
    assert bench.fired == [
        (Point.DISK_IO_START, (1, 0, 0, 0, 1, 7, 3, 2)), (Point.DISK_IO_FINISH, (1, 0, 0, 0, 1, 7, 3, 2)),
    ]  # fmt: skip


def test_cleared_requests_never_finish(bench: Bench) -> None:
    queue, _ = queue_on(bench)
    done: list[int] = []
    queue.submit(write=False, first=0, count=1, entries=1, finished=lambda: done.append(1))
    queue.clear()
    bench.advance(3 * SERVICE_NS)
    assert done == []


def test_the_disk_s_size(bench: Bench) -> None:
    queue, _ = queue_on(bench)
    assert queue.holds(99, 1)
    assert not queue.holds(99, 2)

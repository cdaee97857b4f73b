# SPDX-License-Identifier: GPL-2.0-or-later
import tracemalloc

import msgspec
import pytest

from engine.probes.frame import Frame
from tests.vptop.ui.fakes import again, frame
from vptop.model.ring import Ring, Timeline, weight


def number(shown: Frame | None) -> int | None:
    return shown.frame if shown else None


def test_keeps_the_newest_frames_only():
    ring = Ring(frames=3)
    for second in range(1, 6):
        ring.append(frame(second))
    assert len(ring) == 3
    assert (ring.first, ring.end) == (2, 5)
    assert ring.get(1) is None
    assert number(ring.get(2)) == 3
    assert ring.get(5) is None


def test_is_bounded_in_bytes_but_never_loses_the_two_newest():
    one = weight(frame(1))
    ring = Ring(frames=100, limit=int(one * 2.5))
    for second in range(1, 10):
        ring.append(frame(second))
    assert len(ring) == 2
    assert ring.bytes <= one * 2.5
    tight = Ring(frames=100, limit=1)
    for second in range(1, 4):
        tight.append(frame(second))
    assert [number(tight.get(sequence)) for sequence in range(tight.first, tight.end)] == [2, 3]


def test_weight_is_what_the_allocator_gave():
    packed = msgspec.msgpack.encode(frame(300, log="x" * 5000))
    decoder = msgspec.msgpack.Decoder(Frame)
    decoder.decode(packed)  # what all Frames share
    tracemalloc.start()
    kept = [decoder.decode(packed) for _ in range(50)]
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert sum(map(weight, kept)) == pytest.approx(held, rel=0.1)


def test_live_follows_and_frozen_stays():
    timeline = Timeline()
    for second in range(1, 4):
        timeline.ring.append(frame(second))
    assert timeline.live
    assert number(timeline.shown) == 3
    timeline.freeze()
    timeline.ring.append(frame(4))
    assert number(timeline.shown) == 3
    assert timeline.behind == 1
    assert timeline.seconds_behind == 1.0
    timeline.go_live()
    assert number(timeline.shown) == 4


def test_steps_stay_inside_what_is_there():
    timeline = Timeline()
    for second in range(1, 4):
        timeline.ring.append(frame(second))
    timeline.step(-1)
    assert number(timeline.shown) == 2
    timeline.step(-100)
    assert number(timeline.shown) == 1
    timeline.step(100)
    assert number(timeline.shown) == 3
    assert not timeline.live


def test_a_frozen_frame_that_falls_out_gives_way_to_the_oldest():
    timeline = Timeline(Ring(frames=2))
    timeline.ring.append(frame(1))
    timeline.freeze()
    for second in range(2, 6):
        timeline.ring.append(frame(second))
    assert number(timeline.shown) == 4


def test_nothing_is_shown_before_the_first_frame():
    timeline = Timeline()
    timeline.freeze()
    timeline.step(-1)
    assert timeline.shown is None
    assert timeline.live


def test_a_frame_is_found_by_its_tick_and_replaced_with_its_weight():
    ring = Ring()
    for second in range(1, 4):
        ring.append(frame(second))
    assert ring.find(2 * 10**9) == range(1, 2)
    assert not ring.find(2 * 10**9 + 1)
    ring.replace(1, frame(2, log="x" * 1000))
    assert ring.bytes == weight(frame(1)) + weight(frame(2, log="x" * 1000)) + weight(frame(3))
    assert [len(one.log) == 1000 for number in range(3) if (one := ring.get(number))] == [False, True, False]


def test_the_first_frame_that_is_not_before_a_tick_is_found_in_the_newest_machine():
    ring = Ring(frames=6)
    for second in (1, 2, 3, 1, 2, 3, 4):  # the machine was started anew after the third
        ring.append(frame(second))
    ticks = (0, 1, 10**9, 10**9 + 1, 4 * 10**9, 4 * 10**9 + 1)
    assert [ring.at_or_after(tick) for tick in ticks] == [3, 3, 3, 4, 6, None]
    assert Ring().at_or_after(0) is None


def test_frames_are_of_the_machine_that_made_them():
    ring = Ring(frames=6)
    assert ring.newest_machine() == 0
    made = (frame(1), frame(2), frame(3)), (frame(1), again(1), frame(2), frame(3)), (frame(1),), (frame(1), frame(2))
    for first, frames in zip((0, 3, 7, 8), made, strict=True):
        for one in frames:
            ring.append(one)
            assert ring.newest_machine() == max(first, ring.first)
    assert [ring.machine_of(sequence) for sequence in range(ring.first, ring.end)] == [4, 4, 4, 7, 8, 8]


def test_the_ticks_of_frames_between_two_are_those_of_the_newest_machine():
    ring = Ring()
    for one in (frame(1), frame(2), frame(3), frame(1), frame(2), again(2), frame(3), frame(4)):
        ring.append(one)
    assert ring.ticks_between(0, 4 * 10**9) == [10**9, 2 * 10**9, 3 * 10**9]
    assert ring.ticks_between(10**9, 3 * 10**9) == [2 * 10**9]
    assert Ring().ticks_between(0, 1) == []


def test_a_frame_that_was_dropped_is_not_taken_for_a_later_one():
    ring = Ring(frames=2)
    for second in (1, 2, 3):
        ring.append(frame(second))
    assert ring.at_or_after(1) is None
    assert ring.at_or_after(2 * 10**9) == 1


def test_the_frames_before_one_are_a_ring_of_their_own():
    ring = Ring(frames=3)
    for second in (1, 2, 3, 4):
        ring.append(frame(second))
    before = ring.before(3)
    ring.append(frame(5))
    assert (before.first, before.end, before.bytes) == (1, 3, weight(frame(2)) + weight(frame(3)))
    assert [one.frame for number in range(5) if (one := before.get(number))] == [2, 3]
    assert len(ring.before(0)) == 0


def test_frames_of_a_machine_that_stands_are_found_together_and_none_of_one_before_a_restart():
    ring = Ring()
    for one in (frame(1), frame(2), frame(1), frame(2), again(2), again(2), frame(3)):
        ring.append(one)
    assert ring.find(2 * 10**9) == range(3, 6)

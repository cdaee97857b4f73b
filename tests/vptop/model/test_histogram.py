# SPDX-License-Identifier: GPL-2.0-or-later
from engine.probes.frame import Row
from tests.vptop.ui.fakes import aggregate, ones, which
from vptop.model.histogram import Bucket, histogram
from vptop.model.rows import Measured


def made(*rows):
    return histogram(Measured(which("a"), aggregate(rows), None, 1.0, per_interval=True), interval=True)


def test_gaps_between_powers_of_two_are_filled():
    found = made(ones((0,), ("r",), 3), ones((4,), ("r",), 1), ones((32,), ("r",), 2))
    assert found.buckets == (Bucket(0, 4, 3), Bucket(4, 8, 1), Bucket(8, 16, 0), Bucket(16, 32, 0), Bucket(32, 64, 2))
    assert found.count == 6


def test_rows_with_the_same_bucket_are_summed():
    assert made(ones((64,), ("read",), 3), ones((64,), ("write",), 4)).buckets == (Bucket(64, 128, 7),)


def test_even_steps_are_linear_buckets():
    found = made(ones((10,), ("r",), 1), ones((40,), ("r",), 1), ones((30,), ("r",), 1))
    assert found.buckets == (Bucket(10, 20, 1), Bucket(20, 30, 0), Bucket(30, 40, 1), Bucket(40, 50, 1))


def test_percentiles_interpolate_inside_a_bucket():
    # 100 values spread over 64..128: half of them lie below the middle
    found = made(ones((64,), ("r",), 100))
    assert found.percentile(50) == 96
    assert found.percentile(100) == 128


def test_percentiles_never_leave_the_values_seen():
    found = made(Row((64,), ("r",), 10, 100, 100, 100, 100))
    assert (found.percentile(1), found.percentile(99)) == (100, 100)
    assert (found.min, found.max) == (100, 100)


def test_nothing_gives_nothing():
    found = made()
    assert (found.buckets, found.count, found.percentile(50)) == ((), 0, 0)


def test_one_bucket_that_is_no_power_of_two():
    assert made(ones((7,), ("r",), 2)).buckets == (Bucket(7, 8, 2),)


def test_log_linear_buckets_have_so_many_to_an_octave():
    found = made(ones((104,), ("r",), 1), ones((128,), ("r",), 2), ones((160,), ("r",), 1))
    assert [(one.low, one.high, one.count) for one in found.buckets] == [
        (104, 112, 1), (112, 120, 0), (120, 128, 0), (128, 144, 2), (144, 160, 0), (160, 176, 1),
    ]  # fmt: skip


def test_the_number_of_buckets_in_an_octave_may_be_given():
    data = aggregate([ones((64,), ("r",), 1)])
    (bucket,) = histogram(Measured(which("a"), data, None, 1.0), interval=True, steps=8).buckets
    assert (bucket.low, bucket.high) == (64, 72)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.vptop.ui.fakes import frame
from vptop.model.capture import (
    MAGIC,
    CaptureError,
    CaptureWriter,
    Guest,
    LeftOut,
    Record,
    Script,
    Shown,
    packed,
    read,
)

RECORDS: list[Record] = [Guest("g", 1, b"sym"), Script("a.vp", "; a"), Shown(frame(1)), Shown(frame(2))]


def test_what_was_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a.vpc"
    writer = CaptureWriter(path)
    for record in RECORDS:
        writer.add(record)
        assert list(read(path))[-1] == record  # at once, not when the file is closed
    assert writer.frames == 2
    writer.close()
    assert list(read(path)) == RECORDS


@given(st.data())
def test_of_a_file_that_was_cut_or_damaged_every_other_record_is_read(data: st.DataObject) -> None:
    whole = [MAGIC, *map(packed, RECORDS)]
    text = b"".join(whole)
    ends = [len(b"".join(whole[: number + 1])) for number in range(len(whole))]
    place = data.draw(st.integers(len(MAGIC), len(text) - 1) | st.sampled_from(ends[:-1]))
    cut = data.draw(st.booleans())
    changed = data.draw(st.binary(min_size=1, max_size=40).filter(lambda one: not text[place:].startswith(one)))
    damaged = text[:place] if cut else (text[:place] + changed + text[place + len(changed) :])
    with NamedTemporaryFile() as file:
        file.write(damaged)
        file.flush()
        found = [*read(Path(file.name))]
    until = place if cut else max(place + 1, min(place + len(changed), len(text)))
    intact = [
        record
        for record, begin, end in zip(RECORDS, ends, ends[1:], strict=False)
        if end <= place or (not cut and begin >= until)
    ]
    assert [one for one in found if not isinstance(one, LeftOut)] == intact
    assert any(isinstance(one, LeftOut) for one in found) == (damaged not in [text[:end] for end in ends])


def test_other_files_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "a.txt"
    other.write_text("hello")
    with pytest.raises(CaptureError, match="not a capture of vptop"):
        list(read(other))
    with pytest.raises(CaptureError, match="No such file"):
        list(read(tmp_path / "nowhere"))


def test_a_full_disk_is_told() -> None:
    with pytest.raises(CaptureError, match="cannot write /dev/full: No space left"):
        CaptureWriter(Path("/dev/full"))


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        (lambda data: data[:-1], "cut off from byte 16 on"),
        (lambda data: data[:20], "cut off from byte 16 on"),
        (lambda data: data[:-1] + b"!", "damaged from byte 16 on"),
        (lambda data: data[:16] + b"\xff" * 8, "damaged from byte 16 on"),
        (lambda data: data[:16] + bytes(8), "damaged from byte 16 on"),
    ],
)
def test_what_is_left_out_is_told(tmp_path: Path, damage: Callable[[bytes], bytes], told: str) -> None:
    path = tmp_path / "a.vpc"
    path.write_bytes(damage(MAGIC + packed(RECORDS[0])))
    assert [*read(path)] == [LeftOut(f"{path}: {told}; the rest is left out")]


def test_what_is_damaged_in_between_is_told_with_its_bytes(tmp_path: Path) -> None:
    path = tmp_path / "a.vpc"
    first = packed(RECORDS[0])
    for damaged in (first[:-1] + b"!", b"\0" * len(first), b"\x28\xb5\x2f\xfd" * 5):
        path.write_bytes(MAGIC + damaged + packed(RECORDS[2]))
        told = f"{path}: bytes 16 to {15 + len(damaged)} are damaged, and left out"
        assert [*read(path)] == [LeftOut(told), RECORDS[2]]


def test_a_record_of_another_version_is_left_out(tmp_path: Path) -> None:
    path = tmp_path / "a.vpc"
    unknown, long = zstandard.compress(b"\x81\xa4type\xa3new"), zstandard.compress(bytes(100))
    long = long[:4] + b"\xe0" + (1 << 60).to_bytes(8, "little") + long[6:]  # a frame header (RFC 8878, 3.1.1.1)
    records = (struct.pack(">II", len(data), zlib.crc32(data)) + data for data in (unknown, long))
    path.write_bytes(MAGIC + b"".join(records) + packed(RECORDS[2]))
    first, second, last = read(path)
    assert isinstance(first, LeftOut)
    assert "the record at byte 16 is none of this version of vptop, and left out (" in first.why
    assert isinstance(second, LeftOut)
    assert "is too long, and left out" in second.why
    assert last == RECORDS[2]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Captures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import NamedTemporaryFile

import pytest
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
def test_a_file_that_was_cut_or_damaged_gives_the_records_before(data: st.DataObject) -> None:
    whole = [MAGIC, *map(packed, RECORDS)]
    text = b"".join(whole)
    place = data.draw(st.integers(len(MAGIC), len(text) - 1))
    cut = data.draw(st.booleans())
    damaged = text[:place] if cut else text[:place] + bytes([text[place] ^ 0xFF]) + text[place + 1 :]
    ends = [b"".join(whole[:number]) for number in range(1, len(whole))]
    intact = sum(len(b"".join(whole[: number + 1])) <= place for number in range(1, len(whole)))
    with NamedTemporaryFile() as file:
        file.write(damaged)
        file.flush()
        *records, last = read(Path(file.name)) if damaged not in ends else [*read(Path(file.name)), LeftOut("")]
        assert records == RECORDS[:intact]
        assert isinstance(last, LeftOut)


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
    ],
)
def test_what_is_left_out_is_told(tmp_path: Path, damage: Callable[[bytes], bytes], told: str) -> None:
    path = tmp_path / "a.vpc"
    path.write_bytes(damage(MAGIC + packed(RECORDS[0])))
    assert [*read(path)] == [LeftOut(f"{path}: {told}; the rest is left out")]

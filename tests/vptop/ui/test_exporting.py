# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports in a process of their own."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain, repeat
from multiprocessing import get_context
from multiprocessing.synchronize import Semaphore
from pathlib import Path
from queue import Queue
from threading import Event, Thread

import pytest

from engine.files import write_whole
from tests.vptop.export.moments import moment_of
from vptop.export.parts import Parts
from vptop.export.picture import PictureError
from vptop.ui import exporting
from vptop.ui.exporting import MOST_COPIED, Choice, Export, Exported, Exporter

PATIENCE = 20
forked = get_context("fork")


def choice(render: Callable[[], Parts]) -> Choice:
    return Choice(".txt", "Text", "", render)


def after(go: Semaphore, *parts: bytes) -> Parts:
    """Parts of which the first one is made when that is released."""
    go.acquire(timeout=PATIENCE)
    yield from parts


class Made:
    """An Exporter and what it tells."""

    def __init__(self) -> None:
        self.told: Queue[object] = Queue()
        self.exporter = Exporter(self.told.put)

    def next(self) -> Exported:
        told = self.told.get(timeout=PATIENCE)
        assert isinstance(told, Exported)
        return told


def test_a_file_is_written_and_what_is_copied_is_told(tmp_path: Path) -> None:
    made, path = Made(), tmp_path / "a.txt"
    assert made.exporter.start(Export(choice(lambda: iter([b"te", b"xt"])), path))
    assert (made.next().size, path.read_bytes()) == (4, b"text")
    assert made.exporter.start(Export(choice(lambda: iter([b"te", b"xt"]))))
    assert made.next().text == "text"


def test_there_is_one_export_at_a_time(tmp_path: Path) -> None:
    made, go = Made(), forked.Semaphore(0)
    first = Export(choice(lambda: after(go, b"1")), tmp_path / "first")
    second = Export(choice(lambda: iter([b"2"])), tmp_path / "second")
    assert made.exporter.start(first)
    assert made.exporter.running is first
    assert not made.exporter.start(second)
    go.release()
    assert made.next().export is first
    assert made.exporter.start(second)
    made.next()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"first": b"1", "second": b"2"}


def test_what_is_given_up_is_not_written_and_the_file_stays_as_it_was(tmp_path: Path) -> None:
    made, never, path = Made(), forked.Semaphore(0), tmp_path / "file"
    path.write_bytes(b"old")
    assert made.exporter.start(Export(choice(lambda: chain([b"a" * 100_000], after(never))), path))
    while made.exporter.made == 0:
        pass
    made.exporter.give_up()
    assert made.next().trouble == "it was given up"
    assert ([*tmp_path.iterdir()], path.read_bytes()) == ([path], b"old")


def test_the_end_waits_until_nothing_is_left_of_what_is_being_made(tmp_path: Path) -> None:
    made, never = Made(), forked.Semaphore(0)
    made.exporter.start(Export(choice(lambda: chain([b"a"], after(never))), tmp_path / "file"))
    made.exporter.end()
    assert [*tmp_path.iterdir()] == []


def test_the_end_waits_for_a_file_of_which_all_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, path = Made(), tmp_path / "file"
    writing, go = Event(), Event()

    def slow(path: Path, parts: Parts) -> int:
        data = [*parts]
        writing.set()
        go.wait(PATIENCE)
        return write_whole(path, data)

    monkeypatch.setattr(exporting, "write_whole", slow)
    made.exporter.start(Export(choice(lambda: iter([b"whole"])), path))
    assert writing.wait(PATIENCE)
    end = Thread(target=made.exporter.end)
    end.start()
    assert not path.exists()
    go.set()
    end.join(PATIENCE)
    assert path.read_bytes() == b"whole"


def test_no_more_is_made_of_what_is_too_long_to_copy() -> None:
    made = Made()
    made.exporter.start(Export(choice(lambda: repeat(b"a" * MOST_COPIED))))
    assert "cannot be copied" in made.next().trouble
    assert made.exporter.made < 10 * MOST_COPIED


def test_trouble_is_told_and_the_next_export_can_begin(tmp_path: Path) -> None:
    made = Made()

    def refused() -> Parts:
        raise PictureError("a PNG needs cairosvg")

    made.exporter.start(Export(choice(refused), tmp_path / "a"))
    assert made.next().trouble == "a PNG needs cairosvg"
    made.exporter.start(Export(choice(lambda: iter([b""])), tmp_path / "missing" / "a"))
    assert made.next().trouble == "No such file or directory"
    made.exporter.start(Export(choice(lambda: iter([b"a" * (MOST_COPIED + 1)]))))
    assert f"more than {MOST_COPIED:,} characters cannot be copied" in made.next().trouble
    assert made.exporter.running is None


def test_the_same_export_of_another_moment_has_another_name_if_vptop_made_it_up() -> None:
    shown, other = moment_of(), choice(lambda: iter([b"other"]))
    suggested = Export(choice(lambda: iter([b""])), Path("/tmp/vptop-000001.txt"))
    again = suggested.again(shown, other)
    assert again.path == Path(f"/tmp/vptop-{shown.frame.frame:06d}.txt")
    assert again.choice is other
    mine = Export(choice(lambda: iter([b""])), Path("/tmp/mine"), is_suggested=False)
    assert mine.again(shown, other).path == Path("/tmp/mine")
    assert Export(choice(lambda: iter([b""]))).again(shown, other).path is None

# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports that are repeated, parts of rows that are copied, the last screen as text."""

from __future__ import annotations

from functools import partialmethod
from multiprocessing import get_context
from multiprocessing.synchronize import Semaphore
from pathlib import Path

import pytest
from rich.text import Text

from tests.vptop.ui.driving import Driven, drive
from vptop.ui import copying, taking
from vptop.ui.app import VptopApp
from vptop.ui.copying import Copying
from vptop.ui.exporting import Choice

UP_TO_CSV = ["down", "down"]
PICTURES = {"SHAPE", "RANGE", "INNERMOST,", "OUTERMOST,", "CALLEES", "BELOW"}
"""Titles of bars and of what files have in other columns."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_export_is_repeated_under_the_name_of_the_second_that_is_shown(folder: Path) -> None:
    async def test(d: Driven) -> None:
        await d.press("X")
        await d.shows("nothing was exported yet; x exports")
        await d.press("x", *UP_TO_CSV, "enter")
        await d.until((folder / "vptop-000003.csv").exists)
        await d.frames(4)
        await d.press("X")
        await d.until((folder / "vptop-000004.csv").exists)
        assert len((folder / "vptop-000004.csv").read_text().splitlines()) > 1
        assert sorted(path.name for path in folder.iterdir()) == ["vptop-000003.csv", "vptop-000004.csv"]

    drive(test)


def test_a_panel_says_above_its_rows_of_which_time_they_are(folder: Path) -> None:
    async def test(d: Driven) -> None:
        for view, told in (
            ("2", "Aggregates · running · this second"),
            ("3", "IRQ top by process · running · this second"),
            ("4", "Disk latency: count by µs · latency_us · this second"),
            ("5", "Guest stacks ‹tree› · stacks · 300 samples in 3 s"),
        ):
            await d.press(view)
            assert d.app.panel is not None
            await d.until(lambda told=told: d.app.panel.told() == f"{told} · at 3 s")  # type: ignore[misc]
        await d.press("4", "b", "d", "w", "space", "/", *"read", "enter")
        await d.shows("10 s")
        await d.press("x", "end", "up", "up", "up", "up", "up", "enter")
        await d.until((folder / "vptop-000003.txt").exists)
        above, blank, *_ = (folder / "vptop-000003.txt").read_text().splitlines()
        subject = "latency_us · 10 s · /read · at 3 s · frozen · differences from 3 s"
        assert (above, blank) == (f"Disk latency ‹read›: count by µs · {subject}", "")

    drive(test)


def test_a_browser_gets_a_copy_of_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Path] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(VptopApp, "is_web", True)
        monkeypatch.setattr(d.app, "deliver_binary", given.append)
        await d.press("x", *UP_TO_CSV, "enter")
        await d.shows("wrote, and sent to the browser:")  # the path may stand in the next row
        await d.shows(f"{folder}/vptop-000003.csv")
        assert given == [folder / "vptop-000003.csv"]

    drive(test)


def test_a_name_that_a_person_chose_is_used_again(folder: Path) -> None:
    async def test(d: Driven) -> None:
        await d.press("x", "tab", "ctrl+u")
        await d.type("mine")
        await d.press("enter")
        await d.until((folder / "mine").exists)
        first = (folder / "mine").read_text()
        await d.frames(4)
        await d.press("X")
        await d.until(lambda: (folder / "mine").read_text() != first)
        assert [path.name for path in folder.iterdir()] == ["mine"]

    drive(test)


def test_a_repeated_export_that_fails_says_why(folder: Path) -> None:
    async def test(d: Driven) -> None:
        await d.press("x", "enter")
        await d.until((folder / "vptop-000003.json").exists)
        (folder / "vptop-000003.json").unlink()
        folder.rmdir()
        await d.press("X")
        await d.shows("cannot export to ")
        await d.shows("No such file or directory")

    drive(test)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Semaphore:
    """The only format is one that is made when this is released."""
    go = get_context("fork").Semaphore(0)
    choice = Choice(".txt", "Slow", "takes long", lambda: iter([b"made"] if go.acquire() else []))
    monkeypatch.setattr(taking, "choices_of", lambda *_: [choice])
    return go


def test_the_screen_is_live_during_an_export_and_a_second_one_has_to_wait(folder: Path, slow: Semaphore) -> None:
    async def test(d: Driven) -> None:
        await d.press("x", "enter")
        await d.shows("exporting vptop-000003.txt…")
        await d.press("X")
        await d.shows("0 bytes of it are made. Give it up?")
        await d.press("n")
        await d.frames(4)
        await d.press("2")
        await d.shows("CNT/S")
        assert not (folder / "vptop-000003.txt").exists()
        await d.press("question_mark")
        await d.shows("Keys that work here")
        slow.release()
        await d.until(lambda: d.app.exporter.running is None)
        await d.press("escape")
        await d.shows("(4 bytes)")
        assert [path.name for path in folder.iterdir()] == ["vptop-000003.txt"]

    drive(test)


def test_an_export_can_be_given_up(folder: Path, slow: Semaphore) -> None:
    async def test(d: Driven) -> None:
        await d.press("x", "enter")
        await d.shows("exporting")
        await d.press("x")
        await d.shows("Give it up?")
        await d.press("y")
        await d.shows("it was given up")
        assert [*folder.iterdir()] == []

    drive(test)


def test_quitting_during_an_export_asks_and_then_writes_nothing(folder: Path, slow: Semaphore) -> None:
    async def test(d: Driven) -> None:
        await d.press("x", "enter")
        await d.shows("exporting")
        await d.press("q")
        await d.shows("Quit without it?")
        await d.press("n")
        await d.until(lambda: "Quit without it?" not in d.screen())
        await d.press("q", "y")

    drive(test)
    assert [*folder.iterdir()] == []


def test_many_rows_are_copied_while_the_screen_is_live(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(Copying, "go_on", partialmethod(Copying.go_on, -1.0))  # a line in a turn

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("2", "y")
        await d.shows("copied 8 rows of")
        titles, *rows = (line.split("\t") for line in copied[0].splitlines())
        assert len(rows) == 8
        assert {len(row) for row in rows} == {len(titles)}
        assert "COUNT" in titles

    drive(test)


def test_what_is_too_long_for_a_terminal_is_not_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []
    monkeypatch.setattr(copying, "MOST_COPIED", 100)

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("2", "y")
        await d.shows("cannot copy 8 rows of")
        assert copied == []

    drive(test)


def test_a_row_or_a_cell_of_it_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("2", "Y")
        await d.shows("Copy")
        await d.press("down", "enter")
        await d.press("Y", "enter")
        cells = copied[1].split("\t")
        assert copied[0] in cells
        assert len(cells) == 4, "keys, rate, count"
        assert not set("▁▂▃▄▅▆▇█▏▎▍▌▋▊▉") & set(copied[1])
        await d.shows(f"copied row: {cells[0]}  {cells[1]}")

    drive(test)


def test_a_stack_is_copied_as_a_folded_one(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("5", "j", "Y", "down", "down", "enter")
        await d.press("i", "g", "Y", "down", "down", "enter")
        stack, inverted = copied
        functions, count = stack.rsplit(" ", 1)
        assert ";" in functions
        assert int(count) > 0
        assert ";" not in inverted

    drive(test)


def test_what_the_view_shows_is_left_on_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[object] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "exit", lambda message=None: left.append(message))
        await d.press("2", "Q")
        assert isinstance(left[0], Text)
        assert "cruncher" in left[0].plain
        assert "CNT/S" in left[0].plain
        monkeypatch.setattr(taking, "MOST_PRINTED", 3)
        await d.press("Q")
        assert isinstance(left[1], Text)
        assert left[1].plain.endswith("… 5 more rows\n")

    drive(test)


def test_panels_are_exported_with_the_columns_that_are_on_screen(folder: Path) -> None:
    """Bars and trends have no text; all else that has a title is in the file, names in full."""

    async def test(d: Driven) -> None:
        await d.press("b", "d")
        for view in "23456":
            await d.press(view)
            for panel in d.app.active_view.panels:
                if not panel.header_height or not panel.rows:
                    continue
                header = panel.draw_header(panel.header_height - 1, panel.inner_width).text
                titles = {word for word in header.split() if word.isupper() or "%" in word}
                written = {word for title in panel.table().columns for word in title.split()}
                assert {word.strip("▼▲") for word in titles} - written <= PICTURES, (view, panel.heading, header)
        await d.press("6")
        (probes, *_) = d.app.active_view.panels
        assert ("Guest_IRQ", "vptop.vp:3") in {(row[1], row[-1]) for row in probes.table().rows}

    drive(test)

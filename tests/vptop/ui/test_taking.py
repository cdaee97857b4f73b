# SPDX-License-Identifier: GPL-2.0-or-later
"""Exports that are repeated, parts of rows that are copied, the last screen as text."""

from __future__ import annotations

from pathlib import Path

import pytest
from rich.text import Text

from tests.vptop.ui.driving import Driven, drive

UP_TO_CSV = ["down", "down"]


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
        await d.shows("vptop-000004.csv")
        assert len((folder / "vptop-000004.csv").read_text().splitlines()) > 1
        assert sorted(path.name for path in folder.iterdir()) == ["vptop-000003.csv", "vptop-000004.csv"]

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


def test_a_row_or_a_cell_of_it_is_copied(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("2", "Y")
        await d.shows("Copy")
        await d.press("down", "enter")
        await d.press("Y", "enter")
        assert copied[0] in copied[1]
        assert len(copied[0].split()) < len(copied[1].split())
        await d.shows(f"copied row: {copied[1][:20]}")

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

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Export of what is shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.export.formats import FORMATS
from vptop.export.shown import SHOWN_FORMATS
from vptop.ui.dialogs.export import ExportScreen

PICTURES = 2


def test_every_format_is_written_under_its_own_suffix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        suffixes = [*(one.suffix for one in FORMATS), *(one.suffix for one in SHOWN_FORMATS), ".svg", ".png"]
        for number, suffix in enumerate(suffixes):
            await d.press("x")
            await d.shows("Export frame")
            above = len(suffixes) - number  # the list goes round
            await d.press(*(["down"] * number if number < above else ["up"] * above), "enter")
            path = tmp_path / f"vptop-000003{suffix}"
            await d.until(path.exists, f"writing {path.name}")
            await d.until(lambda: not isinstance(d.app.screen, ExportScreen), "closing the dialog")
            await d.until(lambda: d.app.exporter.running is None, "the end of the export")
            if number < len(FORMATS):
                path.unlink()
        panel = list(csv.reader((tmp_path / "vptop-000003.csv").read_text().splitlines()))
        assert panel[0][:2] == ["PROCESS", "IRQ"] or "PROCESS" in panel[0]
        assert any("cruncher" in row for row in panel)

    drive(test)


def test_the_first_format_is_the_whole_frame(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("x")
        await d.shows("Export frame")
        await d.press("enter")
        path = tmp_path / "vptop-000003.json"
        await d.until(path.exists)
        assert json.loads(path.read_text())["aggregates"]["running"]["rows"]

    drive(test)


def test_a_file_that_cannot_be_written_is_explained_and_the_dialog_stays() -> None:
    async def test(d: Driven) -> None:
        await d.press("x")
        await d.shows("Export frame")
        await d.press("tab", "home")
        await d.type("/nowhere")
        await d.press("enter")
        await d.shows("No such file")
        await d.press("escape")

    drive(test)


def test_an_export_is_copied_instead(monkeypatch: pytest.MonkeyPatch) -> None:
    copied: list[str] = []

    async def test(d: Driven) -> None:
        monkeypatch.setattr(d.app, "copy_to_clipboard", copied.append)
        await d.press("x")
        await d.shows("Export frame")
        await d.press("down", "down", "ctrl+y")
        await d.shows("copied")

    drive(test)
    assert copied[0].startswith("frame,guest_seconds,script,aggregate,")


def test_a_path_that_is_longer_than_its_line_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("x")
        await d.shows(f"  {str(tmp_path)[:20]}")

    drive(test, size=(40, 10))


def test_a_view_without_rows_says_that_there_are_none_to_export() -> None:
    async def test(d: Driven) -> None:
        await d.press("8", "alt+7", "slash", *"nothing", "enter", "x")
        await d.press("up")
        await d.shows("Panel:")
        await d.shows("Log has no rows")

    drive(test)

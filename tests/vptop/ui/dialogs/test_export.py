# SPDX-License-Identifier: GPL-2.0-or-later
"""Export of what is shown."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.export.formats import FORMATS


@pytest.mark.parametrize("format_number", range(len(FORMATS)))
def test_export_writes_what_is_shown(format_number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("x")
        await d.shows("Export frame")
        await d.press(*["down"] * format_number, "enter")
        await d.until(lambda: bool(list(tmp_path.iterdir())), "a file")
        (path,) = tmp_path.iterdir()
        text = path.read_text()
        if format_number == 0:
            assert json.loads(text)["aggregates"]["running"]["rows"]
        elif format_number == 1:
            assert any("cruncher" in row for row in csv.reader(text.splitlines()))
        else:
            assert 'running[0x20,"cruncher"] == avg 1 count' in text

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The end of the dashboard by an error of its own."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.worker import WorkerFailed

from tests.vptop.ui.fakes import FakeSource
from vptop.ui.app import VptopApp
from vptop.ui.crash import FILE, report


def failed(text: str) -> Exception:
    try:
        raise LookupError(text)  # noqa: TRY301 - it needs a traceback
    except LookupError as error:
        return error


def test_the_traceback_is_in_a_file(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    text = report(WorkerFailed(failed("no \x1b[31m such row")), folder)
    assert text.splitlines()[0].startswith("vptop: an error in vptop, test_crash.py:")
    assert "LookupError" in text
    assert "\x1b" not in text
    assert str(folder / FILE) in text
    assert "Traceback" not in text
    assert (folder / FILE).read_text().startswith("Traceback")


def test_without_a_file_the_traceback_is_shown(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    for folder in (None, tmp_path / "state"):
        text = report(failed("no \x1b[31m such row"), folder)
        assert "Traceback" in text
        assert "\x1b" not in text


def test_the_dashboard_says_what_happened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def run() -> None:
        app = VptopApp(FakeSource())
        app.remember(tmp_path / "session.json", [])
        async with app.run_test():
            app.call_later(fail)

    def fail() -> None:
        raise failed("no such row")

    with pytest.raises(LookupError, match="no such row"):
        asyncio.run(run())
    told = capsys.readouterr().err
    assert "an error in vptop, test_crash.py" in told
    assert len(told.splitlines()) < 10
    assert "no such row" in (tmp_path / FILE).read_text()
    assert not (tmp_path / "session.json").exists()

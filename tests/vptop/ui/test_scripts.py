# SPDX-License-Identifier: GPL-2.0-or-later
"""Files and drafts of the scripts that are edited."""

from __future__ import annotations

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT, SCRIPTS, FakeSource
from vptop.model.drafts import DraftStore
from vptop.model.scriptfiles import ScriptFile
from vptop.ui.app import VptopApp
from vptop.ui.views.edit import EditView


def dashboard(folder: Path, source: FakeSource) -> VptopApp:
    path = folder / "vptop.vp"
    if not path.exists():
        path.write_text(IRQ_SCRIPT)
    return VptopApp(source, [ScriptFile("vptop.vp", IRQ_SCRIPT, path)], DraftStore(folder / "drafts"))


def test_a_draft_outlives_the_dashboard(tmp_path: Path) -> None:
    async def run() -> None:
        source = FakeSource()
        app = dashboard(tmp_path, source)
        async with app.run_test(size=(120, 40)) as pilot:
            d = Driven(app, source, pilot)
            await d.until(lambda: bool(app.query_one(EditView).script))
            await d.press("8")
            await d.type("; mine ")
            await d.until(lambda: any((tmp_path / "drafts").glob("*.json")), "keeping the draft")
        source = FakeSource()
        app = dashboard(tmp_path, source)
        async with app.run_test(size=(120, 40)) as pilot:
            d = Driven(app, source, pilot)
            await d.shows("draft restored: vptop.vp")
            editor = app.query_one(EditView).editor
            assert editor.area.text == "; mine " + IRQ_SCRIPT
            assert editor.unsaved == ["vptop.vp"]
            await d.press("8", "ctrl+r")
            await d.until(lambda: not any((tmp_path / "drafts").glob("*.json")), "dropping the draft")
            assert editor.area.text == IRQ_SCRIPT

    asyncio.run(run())


def test_a_script_that_was_begun_and_never_written_comes_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    DraftStore(tmp_path / "drafts").keep("new.emt", tmp_path / "new.emt", "// mine\n", "")

    async def run() -> None:
        app = dashboard(tmp_path, source := FakeSource())
        async with app.run_test(size=(160, 40)) as pilot:
            d = Driven(app, source, pilot)
            await d.shows("draft restored: new.emt; Ctrl+S applies")
            await d.press("q")
            await d.shows("Not saved: new.emt")
            await d.press("n")
            await d.press("8")
            await d.shows("○ new.emt")
            app.edit_view.open("new.emt")
            assert app.edit_view.editor.area.text == "// mine\n"

    asyncio.run(run())


def test_every_draft_that_is_restored_is_named(tmp_path: Path) -> None:
    async def run() -> None:
        paths = [tmp_path / name for name in ("vptop.vp", "stacks.vp")]
        files = [ScriptFile(path.name, SCRIPTS[path.name], path) for path in paths]
        store = DraftStore(tmp_path / "drafts", lambda: datetime(2026, 1, 2, 12, tzinfo=UTC))
        for file in files:
            file.path.write_text("; theirs" if file.name == "stacks.vp" else file.source)
            store.keep(file.name, file.path, "; mine", file.source)
        app = VptopApp(source := FakeSource(), files, store)
        async with app.run_test(size=(160, 40)) as pilot:
            d = Driven(app, source, pilot)
            await d.shows("drafts restored: vptop.vp of 2026-01-0")
            await d.shows("stacks.vp of 2026-01-0")
            await d.shows("the file has changed since; Ctrl+S applies, Ctrl+R discards one")

    asyncio.run(run())


def test_a_file_that_another_program_wrote_is_read_unless_something_was_typed(tmp_path: Path) -> None:
    async def run() -> None:
        source = FakeSource()
        app = dashboard(tmp_path, source)
        path = tmp_path / "vptop.vp"
        async with app.run_test(size=(160, 40)) as pilot:
            d = Driven(app, source, pilot)
            await d.until(lambda: bool(app.query_one(EditView).script))
            editor = app.query_one(EditView).editor
            for text in ("; two\n", "; three\n"):
                path.write_text(text)
                os.utime(path, ns=(1, path.stat().st_mtime_ns + 1_000_000_000))
                if text == "; two\n":
                    await d.until(lambda: editor.area.text == "; two\n", "reading the file")
                    await d.press("8")
                    await d.type("x")
            await d.shows("Ctrl+R in the editor reads it and drops the draft")
            assert editor.area.text == "x; two\n"
            await d.press("ctrl+o")
            await d.shows("Overwrite it?")
            await d.press("n")
            assert path.read_text() == "; three\n"
            await d.press("ctrl+r")
            assert editor.area.text == "; three\n"

    asyncio.run(run())


def test_a_new_script_is_begun_and_loaded_beside_the_others(tmp_path: Path) -> None:
    async def test(d: Driven) -> None:
        view = d.app.query_one(EditView)
        await d.press("8", "ctrl+n")
        await d.shows("File name of the new script")
        await d.press("ctrl+u")
        await d.type("mine")
        await d.press("enter")
        await d.shows("expected a name that ends in .vp")
        await d.type(".vp")
        await d.press("enter")
        await d.until(lambda: view.script == "mine.vp")
        await d.shows("○ mine.vp")
        await d.type("; mine")
        await d.press("ctrl+s")
        await d.until(lambda: ("load", "mine.vp", "; mine", "") in d.source.asked)
        await d.shows("● mine.vp")

    drive(test)


def test_the_editor_is_left_for_the_view_that_was_shown_before_it() -> None:
    async def test(d: Driven) -> None:
        for keys in (("7", "8"), ("7", "f2"), ("3", "7", "e")):
            await d.press(*keys)
            assert d.app.view == "edit"
            await d.press("f2")
            assert d.app.view == "log"

    drive(test)

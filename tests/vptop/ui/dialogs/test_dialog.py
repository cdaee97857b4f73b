# SPDX-License-Identifier: GPL-2.0-or-later
"""What works in every dialog, and what is seen behind it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from textual.command import CommandInput, Hits
from textual.events import Key
from textual.screen import ModalScreen
from textual.strip import Strip
from textual.system_commands import SystemCommandsProvider

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.app import VptopApp
from vptop.ui.dialogs.dialog import SeenThrough
from vptop.ui.dialogs.help import HelpScreen
from vptop.ui.past.when import WhenScreen


def painted(d: Driven) -> list[list[tuple[str, object]]]:
    strips: list[Strip] = d.app.screen._compositor.render_strips()
    return [[(segment.text, segment.style) for segment in strip.simplify()] for strip in strips]


def test_the_dashboard_behind_is_drawn_as_textual_draws_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Also a dialog above a dialog, after a Frame came and the size changed."""
    usual: Any = ModalScreen.render_line

    async def test(d: Driven) -> None:
        await d.press("W", "question_mark")
        await d.frames(4)
        await d.pilot.resize_terminal(110, 36)
        await d.pilot.pause()
        found = painted(d)
        with monkeypatch.context() as patched:
            patched.setattr(SeenThrough, "render_line", usual)
            for screen in d.app.screen_stack:
                screen.refresh()
            await d.pilot.pause()
            assert painted(d) == found

    drive(test)


def test_a_dialog_can_be_suspended_but_where_the_key_undoes(monkeypatch: pytest.MonkeyPatch) -> None:
    suspended: list[type] = []
    monkeypatch.setattr(VptopApp, "action_suspend_process", lambda app: suspended.append(type(app.screen)))

    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.until(lambda: isinstance(d.app.screen, HelpScreen))
        await d.press("ctrl+z", "escape")
        d.source.send(KEPT)
        await d.pilot.pause()
        await d.press("W")
        await d.until(lambda: isinstance(d.app.screen, WhenScreen))
        await d.press("ctrl+z")
        assert suspended == [HelpScreen]

    drive(test)


def test_the_palette_runs_what_was_typed_however_long_it_searches(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = SystemCommandsProvider.search

    async def slow(provider: SystemCommandsProvider, query: str) -> Hits:
        await asyncio.sleep(0.2)
        async for hit in usual(provider, query):
            yield hit

    monkeypatch.setattr(SystemCommandsProvider, "search", slow)

    async def test(d: Driven) -> None:
        await d.press("ctrl+p")
        await d.shows("Search for commands")
        for letter in "latency":
            d.app.post_message(Key(letter, letter))
        d.app.post_message(Key("enter", None))
        await d.until(lambda: d.app.view == "latency", "the view")

    drive(test)


def test_keys_in_the_palette_take_effect_in_their_order() -> None:
    async def test(d: Driven) -> None:
        await d.press("ctrl+p")
        entry = d.app.screen.query_one(CommandInput)
        for key in ("l", "a", "t", *("backspace",) * 3, *"churn", "left", "x"):
            d.app.post_message(Key(key, key if len(key) == 1 else None))
        await d.until(lambda: entry.value == "churxn")

    drive(test)

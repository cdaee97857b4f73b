# SPDX-License-Identifier: GPL-2.0-or-later
"""What is seen behind a dialog."""

from __future__ import annotations

from typing import Any

import pytest
from textual.screen import ModalScreen
from textual.strip import Strip

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.dialog import SeenThrough


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

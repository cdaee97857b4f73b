# SPDX-License-Identifier: GPL-2.0-or-later
"""The line with the scripts."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor.tabs import ScriptTabs
from vptop.ui.views.edit import EditView


def test_scripts_are_listed_with_their_state_and_opened_by_a_click() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        await d.shows("● vptop.vp  ● disk-latency.vp  ● stacks.vp")
        await d.type("x")
        await d.shows("✎ vptop.vp")
        await d.pilot.click(ScriptTabs, offset=(16, 0))
        assert d.app.query_one(EditView).script == "disk-latency.vp"
        assert d.app.query_one(EditView).editor.area.has_focus

    drive(test)


def test_keys_step_through_the_scripts() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        view = d.app.query_one(EditView)
        seen = []
        for _ in range(3):
            await d.press("alt+right")
            seen.append(view.script)
        assert seen == ["disk-latency.vp", "stacks.vp", "vptop.vp"]
        await d.press("alt+left")
        assert view.script == "stacks.vp"

    drive(test)


def test_a_narrow_line_shows_the_script_that_is_edited() -> None:
    async def test(d: Driven) -> None:
        await d.press("8", "alt+left")
        await d.until(lambda: "stacks.vp" in d.screen().split("\n")[2])

    drive(test, size=(40, 24))

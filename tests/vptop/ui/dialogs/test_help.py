# SPDX-License-Identifier: GPL-2.0-or-later
"""The help."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.actions import Action, Scope
from vptop.ui.dialogs.help import HelpScreen, KeyList, key_text, matching


def test_help_lists_every_key_of_the_place() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("Keys that work here")
        assert "freeze the view" in d.screen()
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_keys_are_filtered_by_what_they_do() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("/ filters · Esc closes")
        height = d.app.screen.query_one(".help").outer_size.height
        await d.press("slash")
        await d.type("freeze vi")
        await d.until(lambda: "sort by another column" not in d.screen())
        assert "freeze the view" in d.screen()
        assert "Everywhere" in d.screen()
        assert "Tables" not in d.screen()
        assert d.app.screen.query_one(".help").outer_size.height == height
        await d.type("q")
        await d.shows("no key matches")
        await d.press("escape")
        await d.shows("sort by another column")
        assert "no key matches" not in d.screen()
        await d.press("escape")
        await d.until(lambda: d.app.screen is d.app.screen_stack[0])

    drive(test)


def test_a_kept_filter_leaves_the_letters_to_their_keys() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("Keys that work here")
        await d.press("slash")
        await d.type("palette")
        await d.press("enter", "q")
        await d.until(lambda: d.app.screen is d.app.screen_stack[0])

    drive(test)


def test_a_line_is_run_by_enter_and_by_a_click() -> None:
    async def test(d: Driven) -> None:
        async def opened() -> None:
            await d.press("question_mark")
            await d.shows("Keys that work here")

        await d.press("2")
        await opened()
        await d.press("slash")
        await d.type("reverse the order")
        await d.press("enter", "enter")
        await d.until(lambda: getattr(d.app.panel, "sort").reverse)  # noqa: B009
        await opened()
        await d.press("slash")
        await d.type("freeze")
        await d.until(lambda: "sort by another column" not in d.screen())
        (line,) = [number for number, text in enumerate(d.screen().split("\n")) if "freeze the view" in text]
        await d.pilot.click(offset=(d.screen().split("\n")[line].index("freeze the view"), line))
        await d.shows("FROZEN")

    drive(test)


def test_the_marked_line_is_on_screen() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark", *("down",) * 30)
        await d.shows("Keys that work here")
        screen = d.app.screen
        assert isinstance(screen, HelpScreen)
        place = next(place for keys in screen.query(KeyList) if (place := keys.place()))
        assert screen.query_one(".help").content_region.contains_region(place)
        await d.press("q")
        await d.until(lambda: d.app.screen is d.app.screen_stack[0])

    drive(test, (80, 24))


def test_a_pattern_matches_keys_texts_names_and_headings() -> None:
    freeze = Action("time.freeze", "space", "f", "freeze", "Halt")
    form = Action("n", "N", "n", "keys in another form")
    here, there = Scope("Here", (freeze, form)), Scope("There", (Action("q", "q", "q", "quit"),))
    assert matching((here, there), "") == [here, there]
    assert matching((here, there), "N") == [Scope("Here", (form,))]
    assert matching((here, there), "form KEY") == []
    assert matching((here, there), "another keys") == [Scope("Here", (form,))]
    assert matching((here, there), "there") == [there]
    for pattern in ("Space", "halt", "time.fr"):
        assert matching((here, there), pattern) == [Scope("Here", (freeze,))]


def test_long_texts_go_on_below_their_first_word() -> None:
    scope = Scope(
        "Here", (Action("x", "f4", "x", "one two three four"), Action("y", "alt+left,ctrl+pageup", "y", "five"))
    )
    assert key_text((scope,), 26).plain == (
        "Here\n"
        "  F4         one two three\n"
        "             four\n"
        "  Alt+← Ctrl+PgUp five"
    )  # fmt: skip

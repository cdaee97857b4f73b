# SPDX-License-Identifier: GPL-2.0-or-later
"""The text area knows the language of the script that is edited."""

from __future__ import annotations

from textual import events
from textual.widgets.text_area import Selection

from engine.vp.editing.tokens import TokenKind
from tests.vptop.ui.driving import Driven, drive
from vptop.ui.editor import EditorPane
from vptop.ui.editor.area import MOST_AT_ONCE
from vptop.ui.editor.marks import stretches

PROGRAM = "// Count.\nint total;\nVMM1Hz {\n   total = total + curpid();\n}\n"


def test_emmett_is_highlighted_completed_and_commented() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("a.emt", PROGRAM)
        kinds = [[stretch.kind for stretch in stretches(editor.area.marks.tokens, line)] for line in (0, 1, 2)]
        assert kinds == [
            [TokenKind.COMMENT],
            [TokenKind.KEYWORD, TokenKind.NAME, TokenKind.BUILTIN],
            [TokenKind.PROBE, TokenKind.PAREN],
        ]
        editor.goto(4, 4)
        await d.press("ctrl+underscore")
        assert editor.area.text.split("\n")[3] == "//    total = total + curpid();"
        await d.press("ctrl+underscore")
        assert editor.area.text == PROGRAM
        editor.area.load_text("VMM1Hz {")
        await d.press("ctrl+end")
        await d.press("enter")
        await d.type("printf")
        assert editor.area.text == "VMM1Hz {\n   printf"
        assert editor.area.word_before() == "printf"

    drive(test)


def test_enclosing_forms_are_selected_and_narrowed_again() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text('(vprobe VMM1Hz\n  (printf "a" (+ 1 total)))')
        area.move_cursor((1, 19))
        texts = []
        for _ in range(4):
            await d.press("alt+up")
            texts.append(area.selected_text)
        assert texts == ["total", "+ 1 total", "(+ 1 total)", 'printf "a" (+ 1 total)']
        await d.press("alt+down", "alt+down")
        assert area.selected_text == "+ 1 total"
        await d.press("right", "alt+down")
        assert area.selected_text == ""

    drive(test)


def test_lines_are_drawn_anew_when_a_selection_reaches_over_them() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text("(a)\n(b)\n(c)")
        await d.press("ctrl+home")
        plain = area.render_line(1)
        await d.press("f7")
        assert area.render_line(1) != plain
        await d.press("ctrl+home")
        assert area.render_line(1) == plain

    drive(test)


def test_a_form_is_indented_by_one_key_and_the_cursor_stays_at_its_word() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text('(vprobe VMM1Hz\n(printf\n"a"))')
        area.move_cursor((1, 3))
        await d.press("alt+i")
        assert area.text == '(vprobe VMM1Hz\n  (printf\n    "a"))'
        assert area.cursor_location == (1, 5)

    drive(test)


def test_brackets_in_strings_and_comments_have_no_partner() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text('(printf ")" ; )\n)')
        area.move_cursor((0, 0))
        assert area.matching_bracket_location == (1, 0)
        area.move_cursor((0, 9))
        assert area.matching_bracket_location is None

    drive(test)


def test_alt_with_a_letter_types_nothing_though_terminals_send_the_letter_along() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        before = area.text
        for key, letter in (("alt+l", "l"), ("alt+x", "x")):
            d.app.post_message(events.Key(key, letter))
            await d.pilot.pause()
        assert area.text == before
        await d.shows("Live")

    drive(test)


def test_a_line_that_goes_on_beyond_an_edge_says_so_there() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text("; short\n; " + "long " * 20 + "end\n; " + "x" * 20)
        await d.pilot.pause()
        width = area.scrollable_content_region.width
        lines = [area.render_line(y).text[:width] for y in range(3)]
        assert [line[-1] for line in lines] == [" ", "›", " "]
        await d.press("down", "end")
        lines = [area.render_line(y).text[:width] for y in range(3)]
        assert [line[area.gutter_width] for line in lines] == [" ", "‹", " "]
        assert lines[1].rstrip().endswith("end")

    drive(test, (60, 20))


def test_lines_that_have_not_changed_are_remembered_as_they_were_drawn() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        area.load_text("(vprobe VMM1Hz\n  (logint 1))\n")
        await d.pilot.pause()
        area.move_cursor((2, 0))
        await d.pilot.pause()
        first = area.render_line(1)
        assert area.render_line(1) is first
        area.marks.rates = {1: "9.0/s"}
        assert area.render_line(1).text.rstrip().endswith("9.0/s")
        area.replace("2", (1, 10), (1, 11))
        await d.pilot.pause()
        area.move_cursor((0, 0))
        await d.pilot.pause()
        assert "(logint 2))" in area.render_line(1).text

    drive(test)


def test_enter_breaks_the_line_in_the_place_of_the_selection() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("a.emt", PROGRAM)
        editor.area.selection = Selection((2, 8), (3, 3))
        await d.press("enter")
        assert editor.area.text == "// Count.\nint total;\nVMM1Hz {\n   total = total + curpid();\n}\n"
        assert editor.area.cursor_location == (3, 3)

    drive(test)


def test_tab_indents_selected_lines_by_their_brackets() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("a.emt", "VMM1Hz {\nlogint(1);\nlogint(2);\n}\n")
        editor.area.selection = Selection((1, 2), (2, 1))
        await d.press("tab")
        assert editor.area.text == "VMM1Hz {\n   logint(1);\n   logint(2);\n}\n"

    drive(test)


def test_control_characters_of_a_script_do_not_reach_the_terminal() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("a.vp", "; \x1b]0;title\x07 \x9b2J \u202e\tend\n")
        await d.shows("; ·]0;title· ·2J ·")
        assert all(char.isprintable() for char in d.screen() if char != "\n")
        assert editor.area.text == "; \x1b]0;title\x07 \x9b2J \u202e\tend\n"

    drive(test)


def test_an_edit_that_brought_a_scroll_bar_can_be_undone() -> None:
    """The cursor is behind the end of the text meanwhile."""

    async def test(d: Driven) -> None:
        await d.press("8")
        editor = d.app.query_one(EditorPane)
        editor.open("new.vp", "")
        long = "; line\n" * 200
        d.app.post_message(events.Paste(long))
        await d.until(lambda: editor.area.text == long)
        await d.press("ctrl+z")
        assert editor.area.text == ""
        await d.press("ctrl+y")
        assert editor.area.text == long

    drive(test)


def test_many_lines_are_indented_while_keys_work() -> None:
    async def test(d: Driven) -> None:
        await d.press("8")
        area = d.app.query_one(EditorPane).area
        text = "(do\n" + "(a)\n" * (MOST_AT_ONCE + 1) + ")"
        area.load_text(text)
        area.select_all()
        await d.press("alt+i")
        indented = text.replace("\n(a)", "\n  (a)").replace("\n)", "\n  )")
        await d.until(lambda: area.text == indented)
        await d.press("ctrl+z")
        assert area.text == text

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest's console."""

from __future__ import annotations

import pytest

from engine.vm.client import Gone
from engine.vm.protocol import FrameMessage, Written
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import frame
from vptop.ui.views.console import written


def typed(d: Driven) -> list[tuple[str, ...]]:
    """The keys that the guest got, and where."""
    return [tuple(rest) for kind, *rest in d.source.asked if kind == "keys"]


def test_typing_to_the_guest() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "i")
        await d.type("ps\n")
        await d.press("up", "f2", "ctrl+c", "less_than_sign")
        keys = ["p", "s", "<enter>", "<up>", "<f2>", "<c-c>", "<lt>"]
        assert typed(d) == [(key, "auto") for key in keys]
        await d.press("ctrl+right_square_bracket", "1")
        assert d.app.view == "overview"

    drive(test)


def test_a_machine_that_has_ended_is_not_typed_to() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "i")
        d.source.send(Gone("the VM process was ended by SIGKILL", ""))
        await d.shows("has ended")
        footer = d.screen().splitlines()[-1]
        assert "keys go to the guest" not in d.screen()
        assert " i Type" not in footer
        await d.press("i")
        await d.shows("cannot type to the guest: the machine has ended")
        assert not typed(d)

    drive(test)


def test_the_answer_to_a_key_is_shown_before_the_second_is_over() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "i")
        newest = d.app.session.timeline.shown
        assert newest is not None
        since = newest.tsc
        d.source.send(Written(since, 0, "$ echo"))
        await d.shows("$ echo")
        d.source.send(Written(since - 1, 6, " of another second"))
        d.source.send(FrameMessage(frame(99, console="$ echo one\r\n")))
        await d.shows("$ echo one")
        assert d.screen().count("$ echo") == 1
        assert "of another second" not in d.screen()

    drive(test)


def test_a_frozen_second_has_the_console_of_that_second() -> None:
    async def test(d: Driven) -> None:
        d.source.send(FrameMessage(frame(4, console="$ echo one\r\n")))
        d.source.send(FrameMessage(frame(5, console="$ echo two\r\n")))
        await d.press("9")
        await d.shows("$ echo two")
        await d.press("left_square_bracket")
        await d.until(lambda: "$ echo two" not in d.screen())
        assert "$ echo one" in d.screen()
        await d.press("i")  # what is typed goes to the guest of now
        await d.shows("$ echo two")
        await d.press("ctrl+right_square_bracket")
        await d.until(lambda: "$ echo two" not in d.screen())

    drive(test)


def test_pages_are_scrolled_from_the_first_key_on() -> None:
    async def test(d: Driven) -> None:
        d.source.send(FrameMessage(frame(4, console="".join(f"line {number}.\r\n" for number in range(200)))))
        await d.press("9", "z")
        await d.shows("line 199.")
        await d.press("pageup")
        await d.until(lambda: "line 180." not in d.screen())
        await d.press("pagedown")
        await d.shows("line 199.")

    drive(test)


def test_the_person_chooses_where_keys_go() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "K")
        await d.shows("i types to the guest at its keyboard")
        await d.press("i", "a", "ctrl+right_square_bracket", "K")
        await d.shows("i types to the guest at its serial console")
        await d.press("i", "b", "ctrl+right_square_bracket", "K", "D")
        assert typed(d) == [("a", "keyboard"), ("b", "serial"), ("<c-a-del>", "auto")]

    drive(test)


@pytest.mark.parametrize(
    ("key", "character", "text"),
    [
        ("a", "a", "a"),
        ("less_than_sign", "<", "<lt>"),
        ("space", " ", " "),
        ("enter", "\r", "<enter>"),
        ("escape", "\x1b", "<esc>"),
        ("backspace", "\x7f", "<backspace>"),
        ("shift+tab", None, "<s-tab>"),
        ("ctrl+c", "\x03", "<c-c>"),
        ("ctrl+backslash", "\x1c", "<c-\\>"),
        ("ctrl+at", "\0", "<c-@>"),
        ("alt+x", None, "<a-x>"),
        ("ctrl+alt+delete", None, "<c-a-del>"),
        ("pageup", None, "<pgup>"),
        ("f12", None, "<f12>"),
        ("é", "é", "é"),
        ("f13", None, ""),
        ("ctrl+f13", None, ""),
    ],
)
def test_keys_as_they_are_sent(key: str, character: str | None, text: str) -> None:
    assert written(key, character) == text

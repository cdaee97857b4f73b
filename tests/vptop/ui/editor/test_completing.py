# SPDX-License-Identifier: GPL-2.0-or-later
"""Words that fit are offered and taken."""

from __future__ import annotations

from engine.guest.symbols import Symbols
from engine.vm.protocol import GuestChanged
from engine.vp import Prelude
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import IRQ_SCRIPT
from vptop.ui.editor import EditorPane


async def opened(d: Driven) -> EditorPane:
    await d.press("8")
    return d.app.query_one(EditorPane)


def test_words_are_offered_and_taken() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+end")
        await d.type("(vprobe Guest_I")
        await d.until(lambda: editor.popup.is_open, "the list of words")
        await d.shows("Guest_IRQ")
        await d.press("tab")
        assert editor.area.text.endswith("(vprobe Guest_IRQ")
        assert not editor.popup.is_open

    drive(test)


def test_escape_closes_the_words_first_and_leaves_then() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        await d.press("ctrl+end")
        await d.type("(vprobe VMM1Hz (agg")
        await d.until(lambda: editor.popup.is_open)
        await d.press("escape")
        assert not editor.popup.is_open
        assert d.app.view == "edit"
        await d.press("escape")
        assert d.app.view == "overview"
        assert editor.area.text == IRQ_SCRIPT + "(vprobe VMM1Hz (agg"

    drive(test)


def test_completion_offers_the_prelude_of_the_guest_that_runs() -> None:
    """Another guest, which brings none, has no `curpid`."""

    async def test(d: Driven) -> None:
        editor = await opened(d)
        for prelude, offered in (("(defun curpid () 1)", True), ("", False)):
            d.source.send(GuestChanged("other", "", prelude))
            await d.pilot.pause()
            editor.area.load_text("(vprobe VMM1Hz (curp")
            await d.press("ctrl+end", "ctrl+space")
            assert ("curpid" in [one.name for one in editor.popup.candidates]) is offered

    drive(test)


def test_the_address_of_a_symbol_is_told() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.prelude = Prelude("guest.vp", "", Symbols([(0x1234, "T", "vfs_read")]).addresses)
        editor.area.load_text("")
        await d.type("(vprobe GUEST:ENTER:vfs")
        await d.shows("When a function is entered. At 0x1234.")

    drive(test)


def test_words_are_offered_only_to_a_person_who_types() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.area.load_text("(vprobe Guest_")
        await d.press("ctrl+end", "I")
        await d.until(lambda: editor.popup.is_open)
        await d.press("backspace")
        assert editor.popup.is_open
        await d.press("escape")
        editor.set_text("vptop.vp", IRQ_SCRIPT + "(vprobe Guest_")
        await d.press("ctrl+end")
        assert not editor.popup.is_open

    drive(test)


def test_the_list_closes_when_the_cursor_goes_to_another_word() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.area.load_text("(vprobe VMM1Hz\n  (logint 1)\n  (ag")
        await d.press("ctrl+end", "g")
        await d.until(lambda: editor.popup.is_open)
        await d.press("left")
        assert editor.popup.is_open, "it is the same word"
        editor.area.move_cursor((1, 9))
        await d.until(lambda: not editor.popup.is_open)

    drive(test)


def test_members_are_offered_behind_an_arrow() -> None:
    async def test(d: Driven) -> None:
        editor = await opened(d)
        editor.open("a.emt", "struct s { int one; int other; };\nstruct s *p;\nVMM1Hz { logint(p); }\n")
        await d.until(lambda: editor.area.names.own)
        editor.goto(3, 18)
        await d.press("minus", "greater_than_sign")
        assert [one.name for one in editor.popup.candidates] == ["one", "other"]
        await d.press("o", "t", "tab")
        assert editor.area.text.endswith("logint(p->other); }\n")
        assert not editor.popup.is_open

    drive(test)

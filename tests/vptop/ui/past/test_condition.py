# SPDX-License-Identifier: GPL-2.0-or-later
"""The field for a condition."""

from __future__ import annotations

import pytest

from engine.vm.protocol import GuestChanged
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.test_asking import KEPT
from vptop.ui.editor.completion import CompletionList
from vptop.ui.past.condition import ConditionArea, faults


@pytest.mark.parametrize(
    ("condition", "at", "place", "message"),
    [
        ("(== ARG0 46)", "Guest_IRQ", "", ""),
        ("(== RIPP 3)", "", "condition:1:5", "unknown ident RIPP"),
        ("(&& 1\n (== RIPP 3))", "", "condition:2:6", "unknown ident RIPP"),
        ("(== ARG0 46", "", "condition:1:1", "unclosed form: one `)` missing"),
        ("(== ARG0 46)", "Guest_IRK", "at:1:1", "unknown probe Guest_IRK"),
        ("; nothing", "", "condition:1:1", "found no expression"),
        ("1 2", "", "condition:1:3", "found '2' after the expression"),
    ],
)
def test_what_is_wrong_is_placed_in_what_was_typed(condition: str, at: str, place: str, message: str) -> None:
    found = [(f"{one.file}:{one.line}:{one.column}", one.message) for one in faults(condition, at)]
    assert found == ([(place, message)] if place else [])


async def _opened(driven: Driven) -> ConditionArea:
    driven.source.send(KEPT)
    await driven.pilot.pause()
    await driven.press("W")
    await driven.shows("When did it hold?")
    return driven.app.screen.query_one(ConditionArea)


def test_words_are_completed_as_within_a_probe() -> None:
    async def test(driven: Driven) -> None:
        driven.source.send(GuestChanged("other", "", "(defun curpid () 1)"))
        area = await _opened(driven)
        popup = driven.app.screen.query_one(CompletionList)
        await driven.type("(== (curp")
        await driven.until(lambda: popup.is_open)
        assert [one.name for one in popup.candidates] == ["curpid"]
        await driven.press("tab")
        await driven.type(") HE")
        await driven.until(lambda: not popup.is_open)
        assert area.text == "(== (curpid) HE"
        await driven.press("backspace", "backspace", "ctrl+@")
        assert not [one.name for one in popup.candidates if one.name.startswith("~")]
        await driven.press("escape")
        assert not popup.is_open
        assert area.is_attached

    drive(test)


def test_faults_are_marked_and_fixed() -> None:
    async def test(driven: Driven) -> None:
        area = await _opened(driven)
        await driven.type("(== 1 2")
        await driven.shows("✗ unclosed form: one `)` missing; fix: close the form")
        await driven.press("ctrl+g")
        assert area.text == "(== 1 2)"
        await driven.until(lambda: "unclosed" not in driven.screen())
        await driven.press("ctrl+g")
        assert area.text == "(== 1 2)"

    drive(test)


def test_a_fix_is_of_the_text_as_it_is_now() -> None:
    async def test(driven: Driven) -> None:
        area = await _opened(driven)
        await driven.type("(== 1 2")
        await driven.shows("✗ unclosed form: one `)` missing; fix: close the form")
        area.insert("0", (0, 5))
        await driven.press("ctrl+g")
        assert area.text == "(== 10 2)"

    drive(test)

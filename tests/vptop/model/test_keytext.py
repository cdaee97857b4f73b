# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of aggregates as text."""

from __future__ import annotations

import pytest

from engine.guest.symbols import Symbols
from tests.vptop.ui.fakes import aggregate, frame, ones, which
from vptop.model import keytext
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.session import Session

SYMBOLS = Symbols([(0x1000, "T", "main"), (0xFFFFFFFF80001000, "T", "do_IRQ")])
STACK = "GUEST_0x1010_0xffffffff80001020"


@pytest.mark.parametrize(("number", "shown"), [(0x2E, "0x2e disk"), (0x80, "0x80"), (9, "0x09 ·")])
def test_vectors(number: int, shown: str) -> None:
    assert keytext.vector(number, {0x2E: "disk", 9: "\x1b"}) == shown


@pytest.mark.parametrize(
    ("number", "form", "shown"),
    [
        (0x1010, "sym", "main+0x10"),
        (255, "hex", "0xff"),
        (0xFFFFFFFF80001004, "dec", "18446744071562072068"),
        (4096, "", "4096"),
        (0xFFFFFFFF80001004, "", "do_IRQ+0x4"),
    ],
)
def test_integers_in_the_form_asked_for_or_the_one_that_says_most(number: int, form: str, shown: str) -> None:
    assert keytext.integer(number, form, SYMBOLS) == shown


def test_strings() -> None:
    assert keytext.string("a\x1b[2Jb") == "a·[2Jb"
    assert keytext.string(STACK, ("outer", "inner")) == "inner < outer"
    assert keytext.string(STACK) == STACK
    assert keytext.string("no stack", ("outer",)) == "no stack"


def test_titles_are_hinted_or_numbered() -> None:
    assert [hint.label for hint in keytext.titles(1, 1, ViewHint())] == ["KEY", "NAME"]
    assert [hint.label for hint in keytext.titles(2, 1, ViewHint(keys=(KeyHint("pid", "dec"),)))] == [
        "pid",
        "KEY2",
        "NAME",
    ]


def test_only_the_first_key_of_interrupts_is_a_vector() -> None:
    session = Session()
    session.set_source("vptop.vp", "; @view running as=top keys=irq,pid,process\n(defaggr running 2 1)")
    session.add(frame(1, aggregates={"running": aggregate([ones((46, 46), ("sh",), 1)])}))
    moment = session.moment()
    assert moment is not None
    shown = keytext.Shown.of(moment, which("running"))
    assert [show(46) for show in shown.integers] == ["0x2e", "46"]

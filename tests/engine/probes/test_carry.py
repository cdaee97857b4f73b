# SPDX-License-Identifier: GPL-2.0-or-later
"""What a new version of a script keeps of the one before."""

from __future__ import annotations

import pytest

from engine.probes.carry import Carried
from tests.engine.probes.small import Watched, guest

READER = "1: inb $0x60, %al\n jmp 1b"
OLD = """
(defaggr seen 1 0) (defaggr shape 1 0) (defbag bag 4) (definteger n) (definteger limit 100) (defstring text "a")
(vprobe In (setint n (+ n 1)) (aggr seen (ARG0) () 1) (aggr shape (ARG0) () 1))
"""
SHOW = '(vprobe VMM1Hz (printf "%d %d %s\\n" n limit text))'


def replaced(watched: Watched, source: str) -> str:
    watched.run()
    new = watched.host.load("script.vp", source, replace="script.vp")
    return new.message


def test_everything_that_fits_is_kept() -> None:
    with guest(READER, OLD) as watched:
        message = replaced(watched, OLD + SHOW)
        assert message == "v1 → v2: kept seen (1 row), shape (1 row), bag, n, limit, text"
        (row,) = (watched.host.scripts[0].core.rows(0).rows,)
        assert row == 1
        assert watched.host.scripts[0].core.integer(0, 0) > 0


@pytest.mark.parametrize(
    ("old", "new", "reset"),
    [
        ("(defaggr shape 1 0)", "(defaggr shape 1 1)", "shape (shape changed)"),
        ("(definteger limit 100)", "(definteger limit 200)", "limit (new initial value)"),
        ('(defstring text "a")', '(defstring text "b")', "text (new initial value)"),
        ('(defstring text "a")', "(defbag text 4)", "reset text (it was a string)"),
        ("(defbag bag 4)", "", "removed bag"),
        ("(defaggr shape 1 0)", "", "removed shape (1 row)"),
    ],
)
def test_what_was_edited_starts_afresh(old: str, new: str, reset: str) -> None:
    with guest(READER, OLD) as watched:
        source = OLD.replace(old, new).replace("(aggr shape (ARG0) () 1)", "" if "shape" in new else "0")
        assert reset in replaced(watched, source)


def test_nothing_to_say_is_an_empty_text() -> None:
    assert str(Carried()) == ""
    assert str(Carried(["a"], ["b"])) == "reset b; kept a"
    assert str(Carried(removed=["c"], variables=["i", "j", "k", "l"])) == "removed c; kept 4 variables"

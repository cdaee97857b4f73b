# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion, and the meaning of words."""

from __future__ import annotations

import pytest

from engine.vp import Prelude
from engine.vp.editing.completion import candidates, meaning, prefix_at

SCRIPT = "(definteger hits)\n(defaggr table 1 0)\n(defbag seen 4)\n(defun twice (n) (+ n n))\n"
PRELUDE = Prelude("guest.vp", "(defun curpid () (~prelude:x))\n(defun ~prelude:x () 1)\n")


def offered(text: str) -> list[str]:
    """The names offered at the end of a text after the definitions."""
    lines = (SCRIPT + text).split("\n")
    return [one.name for one in candidates(SCRIPT + text, len(lines), len(lines[-1]) + 1, PRELUDE)]


def test_symbols_of_the_guest_complete_a_dynamic_probe() -> None:
    addresses = {"handle_mm_fault": 0x1000, "handle_irq": 0x2000, "init_task": 0x3000}
    prelude = Prelude("guest.vp", "", addresses)

    def names(prefix: str) -> list[str]:
        text = f"(vprobe {prefix}"
        return [one.name for one in candidates(text, 1, len(text) + 1, prelude)]

    assert names("GUEST:ENTER:hand") == ["GUEST:ENTER:handle_irq", "GUEST:ENTER:handle_mm_fault"]
    assert names("GUEST_WRITE:ini") == ["GUEST_WRITE:init_task"]
    assert names("GUEST:ENTER:") == [], "a hundred thousand are no help"
    assert names("USEC:h") == []
    assert names("GUEST:ENTER:handle_irq") == []


def test_top_level_takes_definitions_and_a_body_takes_calls() -> None:
    assert "vprobe" in offered("(")
    assert "printf" not in offered("(")
    assert {"printf", "twice", "curpid", "+", "cond"} <= set(offered("(vprobe VMM1Hz ("))
    assert "definteger" not in offered("(vprobe VMM1Hz (")


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("(vprobe Disk_IOS", ["Disk_IOStart"]),
        ("(vprobe VMM1Hz (logaggr ", ["table"]),
        ("(vprobe VMM1Hz (baginsert ", ["seen"]),
        ("(vprobe VMM1Hz (setint ", ["hits"]),
        ("(vprobe VMM1Hz (logint hi", ["hits"]),
        ("(vprobe VMM1Hz (logint KERNELG", ["KERNELGSBASE"]),
        ("(defun sum (first hidden) (+ first hi", ["hidden", "hits"]),
        ("(defun sum (first hidden) (+ first hidden)) (vprobe VMM1Hz (logint hi", ["hits"]),
        ('(vprobe VMM1Hz (logstr "pri', []),
        ("; pri", []),
    ],
)
def test_only_names_that_fit_are_offered(text: str, names: list[str]) -> None:
    assert offered(text) == names


def test_a_prefix_with_matching_case_comes_first() -> None:
    found = offered("(vprobe VMM1Hz (logint C")
    assert found[0].startswith("C")


def test_helpers_of_the_prelude_are_not_offered() -> None:
    assert offered("(vprobe VMM1Hz (~p") == []


def test_prefixes_end_at_the_place() -> None:
    assert prefix_at("(logint RIP)", 1, 11) == "RI"
    assert prefix_at("(logint RIP)", 1, 2) == ""
    assert prefix_at("x", 7, 3) == ""


def test_words_have_meanings() -> None:
    found = meaning("(vprobe GUEST:0x1000 (logint (twice RIP)))" + SCRIPT, 1, 12)
    assert found is not None
    assert found.kind == "probe"
    assert meaning(SCRIPT, 4, 9) is not None
    assert meaning("nonsense", 1, 3) is None


def test_the_definition_of_a_word_has_a_place():
    source = "(definteger\n  total)\n(defun sum (n) (setint total (+ total n)))\n; definteger x\n(vprobe V (sum 1) x)"
    places = [meaning(source, line, column) for line, column in ((3, 24), (5, 13), (1, 3))]
    assert [one.place if one else None for one in places] == [(2, 3), (3, 8), None]


def test_parameters_are_defined_in_their_function() -> None:
    source = "(definteger n)\n(defun f (n s)\n  (do (setint n 1) (logstr s)))\n(vprobe VMM1Hz (f n s))\n"
    places = [meaning(source, line, column) for line, column in ((3, 15), (3, 28), (4, 19), (4, 21))]
    assert [one.place if one else None for one in places] == [(2, 11), (2, 13), (1, 13), None]

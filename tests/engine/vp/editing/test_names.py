# SPDX-License-Identifier: GPL-2.0-or-later
"""The names that a text defines."""

from __future__ import annotations

from engine.vp.editing.names import Names, names_of


def shown(names: Names) -> list[tuple[str, str]]:
    return [(one.name, one.signature) for one in names.own]


def test_definitions_are_found_in_broken_texts() -> None:
    assert shown(names_of("(defun f (a b (definteger x")) == [("f", "(f a b)"), ("x", "x: integer")]
    assert shown(names_of("(defun")) == []
    assert shown(names_of("(defstring s")) == [("s", "s: string")]


def test_parameters_are_valid_in_their_function() -> None:
    names = names_of("(defun f (n)\n  n)\n(defun g (a\n b) a")
    assert [one.name for one in names.local(2, 3)] == ["n"]
    assert [one.doc for one in names.local(2, 3)] == ["Parameter of f."]
    assert names.local(3, 1)[0].name == "a", "at its first parenthesis"
    assert [one.name for one in names.local(9, 1)] == ["a", "b"], "it is not closed"
    assert names_of("(vprobe VMM1Hz n)").local(1, 16) == []

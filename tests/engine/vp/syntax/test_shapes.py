# SPDX-License-Identifier: GPL-2.0-or-later
"""Parts of forms."""

from __future__ import annotations

import pytest

from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.reader import Group, read
from engine.vp.syntax.shapes import ShapeError, Shapes, first_word, is_known_form


def read_form(text: str) -> tuple[Group, Shapes]:
    source, findings = SourceText("a.vp", text), Findings()
    (group,) = read(source, findings)
    return group, Shapes(source, findings)


def test_counts_are_checked_against_the_signature() -> None:
    group, shapes = read_form("(aggr a () 1)")
    with pytest.raises(ShapeError):
        shapes.exactly(group, list(group.items[1:]), 4)
    (found,) = shapes.findings.items
    assert (found.message, found.expected) == ("aggr takes 4 parts, 3 given", "(aggr NAME (INTEGERS) (STRINGS) VALUE)")


def test_a_quoted_name_is_reported_and_taken() -> None:
    group, shapes = read_form('(logaggr "hits")')
    assert shapes.name(group, group.items[1]).name == "hits"
    (found,) = shapes.findings.items
    assert (found.message, found.fix and found.fix.text) == ("expected a name", "hits")


@pytest.mark.parametrize("text", ["(logaggr 1)", '(logaggr "two words")', "(logaggr (x))"])
def test_other_things_are_no_names(text: str) -> None:
    group, shapes = read_form(text)
    with pytest.raises(ShapeError):
        shapes.name(group, group.items[1])


def test_a_word_is_taken_as_a_list_of_one() -> None:
    group, shapes = read_form("(aggr a 1 () 2)")
    assert len(shapes.list(group.items[2], "integer keys").items) == 1
    assert shapes.findings.items[0].message == "expected a list of integer keys"


def test_a_literal_that_does_not_fit_is_reduced_with_a_warning() -> None:
    group, shapes = read_form("(defbag b 0x10000000000000004)")
    assert shapes.integer(group, group.items[2]) == 4
    assert [found.code for found in shapes.findings.items] == ["W306"]


def test_forms_of_the_language_are_known() -> None:
    group, _ = read_form("(x (printf) (cond) (add) (1) ())")
    assert [is_known_form(node) for node in group.items] == [False, True, True, True, False, False]
    assert first_word(group) == "x"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Expressions of the syntax tree."""

from __future__ import annotations

import pytest

from engine.vp import parse
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Broken,
    Call,
    Cond,
    Do,
    Expr,
    Integer,
    Name,
    Set,
    String,
    Vprobe,
)


def expression(text: str) -> tuple[Expr, list[str]]:
    """An expression in a probe, and the messages about it."""
    script, diagnostics = parse(f"(vprobe VMM1Hz {text})")
    (form,) = script.forms
    assert isinstance(form, Vprobe)
    return form.body[0], [found.message for found in diagnostics]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("1", Integer), ('"x"', String), ("x", Name), ("(f 1)", Call), ("(setint a 1)", Set), ("(cond (1 2))", Cond),
        ("(do 1 2)", Do), ("(aggr a (1) () 2)", Aggr), ("(logaggr a)", AggregateCommand),
        ("(baginsert b 1 2)", BagInsert), ("(bagremove b 1)", BagRemove),
    ],
)  # fmt: skip
def test_each_kind(text: str, kind: type) -> None:
    found, messages = expression(text)
    assert isinstance(found, kind)
    assert messages == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("()", "empty form"),
        ("(1 2)", "expected the name of a function"), ("(setint a)", "setint takes 2 parts, 1 given"),
        ("(definteger a)", "definteger is only allowed at top level"), ("(cond)", "cond requires at least one pair"),
    ],
)  # fmt: skip
def test_a_wrong_shape_becomes_a_broken_node(text: str, message: str) -> None:
    found, messages = expression(text)
    assert isinstance(found, Broken)
    assert messages == [message]


def test_the_forms_within_a_broken_one_are_kept() -> None:
    found, _ = expression("(setint a (logint 1) (logint 2) x)")
    assert isinstance(found, Broken)
    assert [type(part) for part in found.parts] == [Call, Call]


@pytest.mark.parametrize(
    ("text", "message", "fix"),
    [
        ("(cond RIP 1)", "missing parentheses around the condition and its expression", "(RIP 1)"),
        ("(cond (RIP 1 2))", "2 expressions after the condition, only one is allowed", "(do 1 2)"),
    ],
)
def test_pairs_are_completed(text: str, message: str, fix: str) -> None:
    script, (found,) = parse(f"(vprobe VMM1Hz {text})")
    assert (found.message, found.fix and found.fix.text) == (message, fix)
    (form,) = script.forms
    assert isinstance(form, Vprobe)
    assert isinstance(form.body[0], Cond)

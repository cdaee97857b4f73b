# SPDX-License-Identifier: GPL-2.0-or-later
"""Words to a tree, also behind errors."""

from __future__ import annotations

import pytest

from engine.emmett.syntax.ast import Binary, Block, Declaration, Function, Insert, Item, Name, Probe, Unary
from engine.emmett.syntax.parser import Parser
from engine.emmett.syntax.words import words_of
from engine.vp.diagnostics.source import Findings, SourceText


def parsed(text: str) -> tuple[list[Item], list[str]]:
    findings = Findings()
    items = Parser(findings).items(list(words_of(SourceText("a", text), findings)))
    return items, [f"{one.span.line}:{one.span.column} {one.message}" for one in findings.items]


def shape(text: str) -> str:
    """An expression with all its parentheses."""
    (item,), errors = parsed(f"VMM1Hz x <- {text};")
    assert not errors
    assert isinstance(item, Probe)
    value = item.body.value  # type: ignore[union-attr]
    assert isinstance(value, Insert)

    def show(node: object) -> str:
        match node:
            case Binary(op, left, right):
                return f"({show(left)}{op}{show(right)})"
            case Unary(op, operand):
                return f"({op}{show(operand)})"
            case Name(name):
                return name
            case _:
                return type(node).__name__

    return show(value.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a + b * c - d", "((a+(b*c))-d)"),
        ("a << b + c & d == e", "((a<<(b+c))&(d==e))"),
        ("a || b && c | d ^ e & f", "(a||(b&&(c|(d^(e&f)))))"),
        ("- - a * ~ b", "((-(-a))*(~b))"),
        ("a--b", "(a-(-b))"),
        ("a ? b : c ? d : e", "Choice"),
        ("(a, b)", "Comma"),
        ("*p->q", "(*Member)"),
    ],
)
def test_operators_bind_as_in_c(text: str, expected: str) -> None:
    assert shape(text) == expected


def test_else_belongs_to_the_nearest_if() -> None:
    (probe,), _ = parsed("VMM1Hz if (a) if (b) x = 1; else x = 2;")
    assert isinstance(probe, Probe)
    assert probe.body.no is None  # type: ignore[union-attr]


def test_items_around_an_error_are_kept() -> None:
    items, errors = parsed("int a;\nVMM1Hz { x = ; y = 1; }\nint ) b;\nint f() { return 1; }\n")
    assert [type(item) for item in items] == [Declaration, Probe, Function]
    assert errors == ["2:14 unexpected `;`", "3:5 unexpected `)`"]


def test_a_missing_semicolon_is_put_in() -> None:
    items, errors = parsed("VMM1Hz {\n x = 1\n y = 2\n}\n")
    assert isinstance(items[0], Probe)
    assert isinstance(items[0].body, Block)
    assert len(items[0].body.body) == 2
    assert errors == ["2:6 missing `;` after `1`", "3:6 missing `;` after `2`"]


@pytest.mark.parametrize("text", ["enum { } x;", "struct { ( } y;", "VMM1Hz {", "f(", "}", "VMM1Hz { } }", "int x"])
def test_every_text_ends(text: str) -> None:
    assert parsed(text)[1]


def test_nesting_is_limited() -> None:
    assert parsed("VMM1Hz x = " + "(" * 100 + "1" + ")" * 100 + ";")[1][0] == "1:72 nested too deep"

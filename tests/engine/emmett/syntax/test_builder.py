# SPDX-License-Identifier: GPL-2.0-or-later
"""The tree of declarations and statements, as the grammar's rules are recognized."""

from __future__ import annotations

from engine.emmett.syntax.ast import (
    ArrayPart,
    CallablePart,
    Declaration,
    For,
    Function,
    If,
    Item,
    MemoryModel,
    PointerPart,
    Probe,
    StructType,
)
from engine.emmett.syntax.parser import Parser
from engine.emmett.syntax.words import words_of
from engine.vp.diagnostics.source import Findings, SourceText


def item(text: str) -> Item:
    findings = Findings()
    (found,) = Parser(findings).items(list(words_of(SourceText("a", text), findings)))
    assert not findings.items
    return found


def test_declarators_keep_what_stands_around_the_name() -> None:
    found = item("int *a[3], (*b)[4], c(int);")
    assert isinstance(found, Declaration)
    parts = [[type(part) for part in declarator.parts] for declarator, _ in found.items]
    assert parts == [[ArrayPart, PointerPart], [PointerPart, ArrayPart], [CallablePart]]


def test_members_have_offsets_and_widths() -> None:
    found = item("struct s { @8 int a, b@12; int c : 3, : 4; struct { int d; }; };")
    assert isinstance(found, Declaration)
    (structure,) = found.specifiers.bases
    assert isinstance(structure, StructType)
    assert structure.fields is not None
    assert [(field.offset is not None, field.bits is not None) for field in structure.fields] == [
        (True, False), (True, False), (False, True), (False, True), (False, False),
    ]  # fmt: skip


def test_probes_functions_and_models() -> None:
    probe = item("Out (int port, int) if (port) x = 1; else x = 2;")
    assert isinstance(probe, Probe)
    assert isinstance(probe.body, If)
    assert len(probe.parameters) == 2
    function = item("struct s *f(void) { }")
    assert isinstance(function, Function)
    assert [type(part) for part in function.declarator.parts] == [CallablePart, PointerPart]
    model = item("memmodel guest32 { int x; VMM1Hz x = 1; }")
    assert isinstance(model, MemoryModel)
    assert model.items is not None
    assert len(model.items) == 2
    loop = item("VMM1Hz for (int i = 0; i < 3; ++i) ;")
    assert isinstance(loop, Probe)
    assert isinstance(loop.body, For)

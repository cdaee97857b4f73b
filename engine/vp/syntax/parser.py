# SPDX-License-Identifier: GPL-2.0-or-later
"""Nested lists to the syntax tree of definitions and probes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from engine.vp.diagnostics.diagnostic import Fix
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import (
    DefAggr,
    DefBag,
    DefInteger,
    DefString,
    Defun,
    Form,
    Name,
    String,
    Version,
    Vprobe,
)
from engine.vp.syntax.expressions import Expressions
from engine.vp.syntax.indentation import ends_too_early
from engine.vp.syntax.literals import string_value
from engine.vp.syntax.reader import Atom, Group, Node
from engine.vp.syntax.shapes import ShapeError, Shapes, enclosing, first_word
from engine.vp.tables.builtins import builtin_named
from engine.vp.tables.forms import SPECIALS


class Parser:
    """Builds the tree of one source text."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self._shapes = Shapes(source, findings)
        self._expressions = Expressions(self._shapes, self._note_broken)
        self.broken: set[str] = set()
        """names of definitions that have the wrong shape"""
        self._rules: dict[str, Callable[[Group, list[Node]], Form]] = {
            "version": self._version,
            "definteger": self._definteger,
            "defstring": self._defstring,
            "defaggr": self._defaggr,
            "defbag": self._defbag,
            "defun": self._defun,
            "vprobe": self._vprobe,
        }

    def forms(self, groups: list[Group]) -> list[Form]:
        """All top-level forms of the right shape; the others are reported."""
        before: list[Group | None] = [None, *groups]
        forms = (self._form(group, previous) for previous, group in zip(before, groups, strict=False))
        return [form for form in forms if form is not None]

    def _form(self, group: Group, previous: Group | None) -> Form | None:
        build = self._rules.get(first_word(group))
        if build is None:
            self._report_unknown_form(group, previous)
            return None
        try:
            return build(group, list(group.items[1:]))
        except ShapeError:
            self._note_broken(group)
            return None

    def _note_broken(self, group: Group) -> None:
        """Remember the name of a definition that was reported, so that its uses are not reported too."""
        name = group.items[1] if len(group.items) > 1 else None
        if isinstance(name, Atom):
            self.broken.add(name.text.strip('"'))

    def _report_unknown_form(self, group: Group, previous: Group | None) -> None:
        word, notes, fix = first_word(group), [], None
        message = f"unknown form {word}" if word else "expected a definition or a probe"
        if word in SPECIALS or builtin_named(word) is not None:
            message = f"{word} is only allowed inside a probe or function"
            early = ends_too_early(self._shapes.source, previous.span, group.span) if previous is not None else None
            if early is not None:
                notes, fix = [early[0]], early[1]
        findings = self._shapes.findings
        findings.add(
            "E108", self._shapes.source, group.items[0].span if group.items else group.span, message,
            expected=", ".join(self._rules), suggestions=findings.nearest(word, self._rules),
            notes=tuple(notes), fix=fix,
        )  # fmt: skip

    def _version(self, group: Group, parts: list[Node]) -> Version:
        (part,) = self._shapes.exactly(group, parts, 1)
        if not isinstance(part, Atom):
            raise self._shapes.wrong(group, "expected a version number", part.span)
        text = string_value(part.text).decode("utf-8", "replace") if part.type == "STRING" else part.text
        return Version(text, group.span)

    def _definteger(self, group: Group, parts: list[Node]) -> DefInteger:
        name, value = self._variable(group, parts, "INTEGER")
        return DefInteger(name, None if value is None else self._shapes.number(value), group.span)

    def _defstring(self, group: Group, parts: list[Node]) -> DefString:
        name, value = self._variable(group, parts, "STRING")
        return DefString(name, None if value is None else String(string_value(value.text), value.span), group.span)

    def _variable(self, group: Group, parts: list[Node], kind: str) -> tuple[Name, Atom | None]:
        """The name and the initial value of a variable."""
        if len(parts) > 1 and all(isinstance(part, Atom) and part.type == "NAME" for part in parts[:2]):
            self._report_two_names(group, parts, kind)
        self._shapes.between(group, parts, 1, 2)
        name = self._shapes.name(group, parts[0])
        if len(parts) == 1:
            return name, None
        value = parts[1]
        if not isinstance(value, Atom) or value.type != kind:
            raise self._shapes.wrong(group, _INITIAL[kind], value.span)
        return name, value

    def _report_two_names(self, group: Group, parts: list[Node], kind: str) -> None:
        """Report two names in place of one: a space within a name, or an initial value that is no literal."""
        joined = "".join(part.text for part in parts[:2] if isinstance(part, Atom))
        if joined not in self._shapes.source.text:
            raise self._shapes.wrong(group, _INITIAL[kind], parts[1].span)
        self.broken.add(joined)
        span = enclosing(parts[0].span, parts[1].span)
        raise self._shapes.wrong(group, "unexpected space in name", span, (), Fix(span, joined, f"write {joined}"))

    def _defaggr(self, group: Group, parts: list[Node]) -> DefAggr:
        self._shapes.between(group, parts, 3, 4)  # engines of 2011 take a fourth part, a flag
        name = self._shapes.name(group, parts[0])
        integers, strings = self._shapes.integer(group, parts[1]), self._shapes.integer(group, parts[2])
        return DefAggr(name, integers, strings, group.span)

    def _defbag(self, group: Group, parts: list[Node]) -> DefBag:
        self._shapes.between(group, parts, 2, 3)  # engines of 2011 take a third part, a flag
        return DefBag(self._shapes.name(group, parts[0]), self._shapes.integer(group, parts[1]), group.span)

    def _defun(self, group: Group, parts: list[Node]) -> Defun:
        if len(parts) < 2:
            raise self._shapes.wrong(group, "defun requires a name, a list of parameters and a body")
        parameters = self._shapes.list(parts[1], "parameters")
        names = []
        for item in parameters.items:
            with suppress(ShapeError):
                names.append(self._shapes.name(group, item))
        body = self._expressions.body(group, parts[2:])
        return Defun(self._shapes.name(group, parts[0]), tuple(names), body, group.span)

    def _vprobe(self, group: Group, parts: list[Node]) -> Vprobe:
        if not parts:
            raise self._shapes.wrong(group, "vprobe requires a probe point and a body")
        return Vprobe(self._shapes.name(group, parts[0]), self._expressions.body(group, parts[1:]), group.span)


_INITIAL = {
    "INTEGER": "the initial value must be an integer literal",
    "STRING": "the initial value must be a string literal",
}

# SPDX-License-Identifier: GPL-2.0-or-later
"""The parts of a form against its signature: counts, names, lists and literals."""

from __future__ import annotations

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import Integer, Name
from engine.vp.syntax.indentation import ends_too_late
from engine.vp.syntax.literals import fits, integer_value
from engine.vp.syntax.reader import Atom, Group, Node
from engine.vp.tables.builtins import builtin_named
from engine.vp.tables.forms import SPECIALS


class ShapeError(Exception):
    """A form has the wrong shape; it has been reported."""


class Shapes:
    """Checks and reports the shapes of the forms of one source text."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self.source = source
        self.findings = findings

    def exactly(self, group: Group, parts: list[Node], number: int) -> list[Node]:
        """The parts, if there are as many; raises ShapeError if not."""
        return self.between(group, parts, number, number)

    def between(self, group: Group, parts: list[Node], least: int, most: int) -> list[Node]:
        """The parts, if there are at least and at most so many; raises ShapeError if not."""
        if least <= len(parts) <= most:
            return parts
        word = first_word(group)
        message = f"{word} takes {_amount(least, SPECIALS[word].most)}, {len(parts) or 'none'} given"
        if len(parts) < least:
            raise self.wrong(group, message)
        surplus = parts[most].span
        late = ends_too_late(self.source, group.span, group.items[most].span, surplus)
        if late is not None:
            raise self.wrong(group, message, surplus, (late[0],), late[1])
        has_keys = word in ("logaggr", "clearaggr") and isinstance(parts[most], Group)
        notes = ("keys belong to aggr",) if has_keys else ()
        raise self.wrong(group, message, surplus, notes)

    def name(self, group: Group, node: Node) -> Name:
        """A part that must be a name; a quoted one is reported and taken as one."""
        if isinstance(node, Atom) and node.type == "NAME":
            return Name(node.text, node.span)
        bare = node.text[1:-1] if isinstance(node, Atom) and node.type == "STRING" else ""
        is_name = bare != "" and not any(char.isspace() or char in '()";' for char in bare)
        fix = Fix(node.span, bare, "remove the quotes") if is_name else None
        wrong = self.wrong(group, "expected a name", node.span, (), fix)
        if is_name:
            return Name(bare, node.span)
        raise wrong

    def list(self, node: Node, what: str) -> Group:
        """A part that must be a list; a single word is reported and taken as a list of one."""
        if isinstance(node, Group):
            return node
        fix = Fix(node.span, f"({node.text})", f"write ({node.text})")
        self.report(node.span, f"expected a list of {what}", f"({node.text})", fix=fix)
        return Group((node,), node.span)

    def integer(self, group: Group, node: Node) -> int:
        """The value of a part that must be an integer literal."""
        if isinstance(node, Atom) and node.type == "INTEGER":
            return self.number(node).value
        raise self.wrong(group, "expected an integer literal", node.span)

    def number(self, atom: Atom) -> Integer:
        """An integer literal; one that needs more than 64 bits is reported."""
        value = integer_value(atom.text)
        if not fits(atom.text):
            message = f"integer literal {atom.text[:40]} does not fit in 64 bits: {value:#x} is used"
            self.findings.add("W306", self.source, atom.span, message)
        return Integer(value, atom.text, atom.span)

    def wrong(
        self,
        group: Group,
        message: str,
        span: Span | None = None,
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
    ) -> ShapeError:
        """Report a wrong shape together with the right one; returns the exception to raise."""
        special = SPECIALS.get(first_word(group))
        expected = special.signature if special else "(FUNCTION ARGUMENT …)"
        self.report(span if span is not None else group.span, message, expected, notes, fix)
        return ShapeError()

    def report(
        self, span: Span, message: str, expected: str, notes: tuple[str, ...] = (), fix: Fix | None = None
    ) -> None:
        """Report something about the shape of a form."""
        self.findings.add("E107", self.source, span, message, expected=expected, notes=notes, fix=fix)


def first_word(group: Group) -> str:
    """The first word of a form; empty if there is none."""
    head = group.items[0] if group.items else None
    return head.text if isinstance(head, Atom) else ""


def is_known_form(node: Node) -> bool:
    """Whether a node is a form of the language, as opposed to a list of keys or a part of cond."""
    word = first_word(node) if isinstance(node, Group) else ""
    return word in SPECIALS or builtin_named(word) is not None


def enclosing(first: Span, last: Span) -> Span:
    """The stretch from one span to another."""
    return Span(first.line, first.column, last.end_line, last.end_column)


def _amount(least: int, most: int | None) -> str:
    """Numbers of parts, in words; `most` counts the first word too."""
    known = (most or 1) - 1
    number = str(least) if least == known else f"{least} or {known}"
    return f"{number} part{'s' * (known != 1)}"

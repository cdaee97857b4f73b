# SPDX-License-Identifier: GPL-2.0-or-later
"""Nested lists to the syntax tree: the shape of every form of VP."""

from __future__ import annotations

from collections.abc import Callable

from engine.vp.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Call,
    Cond,
    DefAggr,
    DefBag,
    DefInteger,
    DefString,
    Defun,
    Do,
    Expr,
    Form,
    Integer,
    Name,
    Set,
    String,
    Version,
    Vprobe,
)
from engine.vp.diagnostics import Fix, Span
from engine.vp.nearest import nearest
from engine.vp.reader import Atom, Group, Node, integer_value, string_value
from engine.vp.source import Findings, SourceText
from engine.vp.tables.builtins import SPECIALS

MAX_KEYS = 255


class _ShapeError(Exception):
    """The form has been reported and is left out."""


class Parser:
    """Builds the tree of one source text."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self._forms: dict[str, Callable[[Group, list[Node]], Form]] = {
            "version": self._version,
            "definteger": self._definteger,
            "defstring": self._defstring,
            "defaggr": self._defaggr,
            "defbag": self._defbag,
            "defun": self._defun,
            "vprobe": self._vprobe,
        }
        self._expressions: dict[str, Callable[[Group, list[Node]], Expr]] = {
            "setint": lambda g, p: self._set(g, p, string=False),
            "setstr": lambda g, p: self._set(g, p, string=True),
            "cond": self._cond,
            "do": lambda g, p: Do(self._body(g, p), g.span),
            "aggr": self._aggr,
            "logaggr": lambda g, p: AggregateCommand(False, self._only_name(g, p), g.span),  # noqa: FBT003
            "clearaggr": lambda g, p: AggregateCommand(True, self._only_name(g, p), g.span),  # noqa: FBT003
            "baginsert": self._baginsert,
            "bagremove": self._bagremove,
        }

    def form(self, group: Group) -> Form | None:
        """One top-level form; None when its shape is wrong (and reported)."""
        head = group.items[0] if group.items else None
        word = head.text if isinstance(head, Atom) else ""
        build = self._forms.get(word)
        if build is None:
            span = head.span if head is not None else group.span
            what = f"{word} is no definition" if word else "a top-level form begins with a word"
            suggestions = nearest(word, self._forms)
            expected = ", ".join(self._forms)
            self._findings.add("E108", self._source, span, what, expected=expected, suggestions=suggestions)
            return None
        try:
            return build(group, list(group.items[1:]))
        except _ShapeError:
            return None

    # --- definitions ---

    def _version(self, group: Group, parts: list[Node]) -> Version:
        (part,) = self._exactly(group, parts, 1)
        if not isinstance(part, Atom):
            raise self._wrong(group, "version takes a number")
        text = string_value(part.text).decode("utf-8", "replace") if part.type == "STRING" else part.text
        return Version(text, group.span)

    def _definteger(self, group: Group, parts: list[Node]) -> DefInteger:
        self._between(group, parts, 1, 2)
        name = self._name(parts[0])
        if len(parts) == 1:
            return DefInteger(name, None, group.span)
        value = parts[1]
        if not isinstance(value, Atom) or value.type != "INTEGER":
            raise self._wrong(group, "the initial value must be an integer literal", value.span)
        return DefInteger(name, Integer(integer_value(value.text), value.text, value.span), group.span)

    def _defstring(self, group: Group, parts: list[Node]) -> DefString:
        self._between(group, parts, 1, 2)
        name = self._name(parts[0])
        if len(parts) == 1:
            return DefString(name, None, group.span)
        value = parts[1]
        if not isinstance(value, Atom) or value.type != "STRING":
            raise self._wrong(group, "the initial value must be a string literal", value.span)
        return DefString(name, String(string_value(value.text), value.span), group.span)

    def _defaggr(self, group: Group, parts: list[Node]) -> DefAggr:
        self._between(group, parts, 3, 4)  # later engines add a flag
        name, integers, strings = self._name(parts[0]), self._count(parts[1]), self._count(parts[2])
        return DefAggr(name, integers, strings, group.span)

    def _defbag(self, group: Group, parts: list[Node]) -> DefBag:
        self._between(group, parts, 2, 3)
        return DefBag(self._name(parts[0]), self._integer(parts[1]), group.span)

    def _defun(self, group: Group, parts: list[Node]) -> Defun:
        if len(parts) < 2:
            raise self._wrong(group, "defun takes a name, a list of parameters and a body")
        parameters = self._list(parts[1], "the parameters")
        names = tuple(self._name(item) for item in parameters.items)
        return Defun(self._name(parts[0]), names, self._body(group, parts[2:]), group.span)

    def _vprobe(self, group: Group, parts: list[Node]) -> Vprobe:
        if not parts:
            raise self._wrong(group, "vprobe takes a probe point and a body")
        return Vprobe(self._name(parts[0]), self._body(group, parts[1:]), group.span)

    # --- expressions ---

    def _expr(self, node: Node) -> Expr:
        if isinstance(node, Atom):
            return self._atom(node)
        if not node.items:
            raise self._wrong(node, "an empty form has no value")
        head = node.items[0]
        if not isinstance(head, Atom) or head.type != "NAME":
            raise self._wrong(node, "a form begins with the name of a function", head.span)
        special = SPECIALS.get(head.text)
        if special is not None and special.top_level:
            message = f"{head.text} cannot stand inside a body"
            self._findings.add("E109", self._source, node.span, message, expected="definitions at top level")
            raise _ShapeError
        build = self._expressions.get(head.text)
        if build is not None:
            return build(node, list(node.items[1:]))
        args = tuple(self._expr(item) for item in node.items[1:])
        return Call(Name(head.text, head.span), args, node.span)

    def _atom(self, atom: Atom) -> Expr:
        if atom.type == "INTEGER":
            return Integer(integer_value(atom.text), atom.text, atom.span)
        if atom.type == "STRING":
            return String(string_value(atom.text), atom.span)
        return Name(atom.text, atom.span)

    def _body(self, group: Group, parts: list[Node]) -> tuple[Expr, ...]:
        if not parts:
            raise self._wrong(group, "the body is empty")
        return tuple(self._expr(part) for part in parts)

    def _set(self, group: Group, parts: list[Node], *, string: bool) -> Set:
        target, value = self._exactly(group, parts, 2)
        return Set(string, self._name(target), self._expr(value), group.span)

    def _cond(self, group: Group, parts: list[Node]) -> Cond:
        if not parts:
            raise self._wrong(group, "cond takes at least one pair")
        pairs = []
        for part in parts:
            if not isinstance(part, Group) or len(part.items) != 2:
                raise self._wrong(group, "each part of cond is a pair (condition expression)", part.span)
            pairs.append((self._expr(part.items[0]), self._expr(part.items[1])))
        return Cond(tuple(pairs), group.span)

    def _aggr(self, group: Group, parts: list[Node]) -> Aggr:
        target, integers, strings, value = self._exactly(group, parts, 4)
        return Aggr(
            self._name(target),
            tuple(self._expr(item) for item in self._list(integers, "integer keys").items),
            tuple(self._expr(item) for item in self._list(strings, "string keys").items),
            self._expr(value),
            group.span,
        )

    def _baginsert(self, group: Group, parts: list[Node]) -> BagInsert:
        target, key, value = self._exactly(group, parts, 3)
        return BagInsert(self._name(target), self._expr(key), self._expr(value), group.span)

    def _bagremove(self, group: Group, parts: list[Node]) -> BagRemove:
        target, key = self._exactly(group, parts, 2)
        return BagRemove(self._name(target), self._expr(key), group.span)

    def _only_name(self, group: Group, parts: list[Node]) -> Name:
        (target,) = self._exactly(group, parts, 1)
        return self._name(target)

    # --- parts ---

    def _exactly(self, group: Group, parts: list[Node], count: int) -> list[Node]:
        return self._between(group, parts, count, count)

    def _between(self, group: Group, parts: list[Node], least: int, most: int) -> list[Node]:
        if least <= len(parts) <= most:
            return parts
        span = parts[most].span if len(parts) > most else group.span
        raise self._wrong(
            group, f"{self._word(group)} has {len(parts)} part{'s' * (len(parts) != 1)} after its name", span
        )

    def _name(self, node: Node) -> Name:
        if isinstance(node, Atom) and node.type == "NAME":
            return Name(node.text, node.span)
        raise self._wrong(None, "a name must stand here", node.span)

    def _list(self, node: Node, what: str) -> Group:
        if isinstance(node, Group):
            return node
        fix = Fix(node.span, f"({node.text})", f"wrap as ({node.text})")
        self._findings.add(
            "E107", self._source, node.span, f"{what} must be a list", expected=f"({node.text})", fix=fix
        )
        raise _ShapeError

    def _integer(self, node: Node) -> int:
        if isinstance(node, Atom) and node.type == "INTEGER":
            return integer_value(node.text)
        raise self._wrong(None, "an integer literal must stand here", node.span)

    def _count(self, node: Node) -> int:
        value = self._integer(node)
        if value > MAX_KEYS:
            self._findings.add(
                "E406", self._source, node.span, f"{value} keys are too many", expected=f"{MAX_KEYS} at most"
            )
            raise _ShapeError
        return value

    def _word(self, group: Group) -> str:
        head = group.items[0]
        return head.text if isinstance(head, Atom) else "the form"

    def _wrong(self, group: Group | None, message: str, span: Span | None = None) -> _ShapeError:
        """Report a wrong shape, with the right one when the form is known."""
        special = SPECIALS.get(self._word(group)) if group is not None and group.items else None
        place = span if span is not None or group is None else group.span
        assert place is not None  # noqa: S101 - callers without a group give the place
        self._findings.add("E107", self._source, place, message, expected=special.signature if special else "")
        return _ShapeError()

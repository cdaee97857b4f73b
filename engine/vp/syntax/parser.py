# SPDX-License-Identifier: GPL-2.0-or-later
"""Nested lists to the syntax tree: the shape of every form of VP."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from engine.vp.diagnostics.diagnostic import Fix, Span
from engine.vp.diagnostics.source import Findings, SourceText
from engine.vp.syntax.ast import (
    Aggr,
    AggregateCommand,
    BagInsert,
    BagRemove,
    Broken,
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
from engine.vp.syntax.indentation import ends_too_early, ends_too_late
from engine.vp.syntax.reader import Atom, Group, Node, fits, integer_value, string_value
from engine.vp.tables.builtins import BUILTINS, SPECIALS, SYNONYMS


class _ShapeError(Exception):
    """The form has been reported and is left out."""


class Parser:
    """Builds the tree of one source text."""

    def __init__(self, source: SourceText, findings: Findings) -> None:
        self._source = source
        self._findings = findings
        self.broken: set[str] = set()
        """names that definitions of wrong shape were to define"""
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
            "logaggr": lambda g, p: self._command(g, p, clear=False),
            "clearaggr": lambda g, p: self._command(g, p, clear=True),
            "baginsert": self._baginsert,
            "bagremove": self._bagremove,
        }

    def forms(self, groups: list[Group]) -> list[Form]:
        """All top-level forms of right shape; what is wrong with the others is reported."""
        before: list[Group | None] = [None, *groups]
        forms = (self._form(group, previous) for previous, group in zip(before, groups, strict=False))
        return [form for form in forms if form is not None]

    def _form(self, group: Group, previous: Group | None) -> Form | None:
        word = _word(group)
        build = self._forms.get(word)
        if build is None:
            self._report_unknown_form(group, previous)
            return None
        try:
            return build(group, list(group.items[1:]))
        except _ShapeError:
            self._note_broken(group)
            return None

    def _note_broken(self, group: Group) -> None:
        """Keep what a definition was to define, so that its uses are no errors too."""
        name = group.items[1] if len(group.items) > 1 else None
        if isinstance(name, Atom):
            self.broken.add(name.text.strip('"'))

    def _report_unknown_form(self, group: Group, previous: Group | None) -> None:
        word, notes, fix = _word(group), [], None
        what = f"{word} is no definition" if word else "a top-level form begins with the word of a definition"
        if word in self._expressions or word in BUILTINS or word in SYNONYMS:
            what = f"{word} can only stand inside of a probe or function"
            early = ends_too_early(self._source, previous.span, group.span) if previous is not None else None
            if early is not None:
                notes, fix = [early[0]], early[1]
        self._findings.add(
            "E108", self._source, group.items[0].span if group.items else group.span, what,
            expected=", ".join(self._forms), suggestions=self._findings.nearest(word, self._forms),
            notes=tuple(notes), fix=fix,
        )  # fmt: skip

    # --- definitions ---

    def _version(self, group: Group, parts: list[Node]) -> Version:
        (part,) = self._exactly(group, parts, 1)
        if not isinstance(part, Atom):
            raise self._wrong(group, "version takes a number")
        text = string_value(part.text).decode("utf-8", "replace") if part.type == "STRING" else part.text
        return Version(text, group.span)

    def _definteger(self, group: Group, parts: list[Node]) -> DefInteger:
        name, value = self._definition(group, parts, "INTEGER")
        initial = None if value is None else self._number(value)
        return DefInteger(name, initial, group.span)

    def _defstring(self, group: Group, parts: list[Node]) -> DefString:
        name, value = self._definition(group, parts, "STRING")
        return DefString(name, None if value is None else String(string_value(value.text), value.span), group.span)

    def _definition(self, group: Group, parts: list[Node], kind: str) -> tuple[Name, Atom | None]:
        """The name and the initial value of a variable."""
        if len(parts) > 1 and all(isinstance(part, Atom) and part.type == "NAME" for part in parts[:2]):
            self._report_torn_name(group, parts)
        self._between(group, parts, 1, 2)
        name = self._name(group, parts[0])
        if len(parts) == 1:
            return name, None
        value = parts[1]
        if not isinstance(value, Atom) or value.type != kind:
            article = "an integer" if kind == "INTEGER" else "a string"
            raise self._wrong(group, f"the initial value must be {article} literal", value.span)
        return name, value

    def _report_torn_name(self, group: Group, parts: list[Node]) -> None:
        """Two names where one must stand."""
        first, second = parts[0].span, parts[1].span
        joined = "".join(part.text for part in parts[:2] if isinstance(part, Atom))
        if self._source.text.count(joined) == 0:
            raise self._wrong(group, "the initial value must be a literal", second)
        self.broken.add(joined)
        span = Span(first.line, first.column, second.end_line, second.end_column)
        raise self._wrong(
            group, "these are two names: a name holds no blanks", span, (), Fix(span, joined, f"make it {joined}")
        )

    def _defaggr(self, group: Group, parts: list[Node]) -> DefAggr:
        self._between(group, parts, 3, 4)  # later engines add a flag
        name, integers, strings = (
            self._name(group, parts[0]),
            self._integer(group, parts[1]),
            self._integer(group, parts[2]),
        )
        return DefAggr(name, integers, strings, group.span)

    def _defbag(self, group: Group, parts: list[Node]) -> DefBag:
        self._between(group, parts, 2, 3)
        return DefBag(self._name(group, parts[0]), self._integer(group, parts[1]), group.span)

    def _defun(self, group: Group, parts: list[Node]) -> Defun:
        if len(parts) < 2:
            raise self._wrong(group, "defun takes a name, a list of parameters and a body")
        parameters = self._list(parts[1], "the parameters")
        names = []
        for item in parameters.items:
            with suppress(_ShapeError):
                names.append(self._name(group, item))
        return Defun(self._name(group, parts[0]), tuple(names), self._body(group, parts[2:]), group.span)

    def _vprobe(self, group: Group, parts: list[Node]) -> Vprobe:
        if not parts:
            raise self._wrong(group, "vprobe takes a probe point and a body")
        return Vprobe(self._name(group, parts[0]), self._body(group, parts[1:]), group.span)

    # --- expressions ---

    def _expr(self, node: Node) -> Expr:
        if isinstance(node, Atom):
            return self._atom(node)
        try:
            return self._expression(node)
        except _ShapeError:  # raised before any part of the form was read
            return Broken(tuple(self._expr(item) for item in node.items[1:] if _is_known_form(item)), node.span)

    def _expression(self, node: Group) -> Expr:
        if not node.items:
            raise self._wrong(node, "an empty form has no value")
        head = node.items[0]
        if not isinstance(head, Atom) or head.type != "NAME":
            raise self._wrong(node, "a form begins with the name of a function", head.span, (), _parted(head))
        special = SPECIALS.get(head.text)
        if special is not None and special.top_level:
            message = f"{head.text} cannot stand inside a body"
            self._note_broken(node)
            self._findings.add("E109", self._source, node.span, message, expected="definitions at top level")
            raise _ShapeError
        build = self._expressions.get(head.text)
        if build is not None:
            return build(node, list(node.items[1:]))
        args = tuple(self._expr(item) for item in node.items[1:])
        return Call(Name(head.text, head.span), args, node.span)

    def _atom(self, atom: Atom) -> Expr:
        if atom.type == "INTEGER":
            return self._number(atom)
        if atom.type == "STRING":
            return String(string_value(atom.text), atom.span)
        return Name(atom.text, atom.span)

    def _number(self, atom: Atom) -> Integer:
        value = integer_value(atom.text)
        if not fits(atom.text):
            message = f"{atom.text[:40]} needs more than 64 bits: it is read as {value:#x}"
            self._findings.add("W306", self._source, atom.span, message)
        return Integer(value, atom.text, atom.span)

    def _body(self, group: Group, parts: list[Node]) -> tuple[Expr, ...]:
        if not parts:
            raise self._wrong(group, "the body is empty")
        return tuple(self._expr(part) for part in parts)

    def _set(self, group: Group, parts: list[Node], *, string: bool) -> Set:
        target, value = self._exactly(group, parts, 2)
        return Set(string, self._name(group, target), self._expr(value), group.span)

    def _cond(self, group: Group, parts: list[Node]) -> Cond:
        if not parts:
            raise self._wrong(group, "cond takes at least one pair")
        if len(parts) == 2 and all(isinstance(part, Atom) or _is_known_form(part) for part in parts):
            return self._bare_pair(group, parts)
        return Cond(tuple(self._pair(part) for part in parts), group.span)

    def _bare_pair(self, group: Group, parts: list[Node]) -> Cond:
        """A condition and an expression without the list around them."""
        first, last = parts[0].span, parts[1].span
        span = Span(first.line, first.column, last.end_line, last.end_column)
        fix = Fix(span, f"({self._source.text_of(span)})", "put both into a list")
        message = "a condition and its expression stand in a list of their own"
        self._report(span, message, "(cond (CONDITION EXPRESSION) …)", fix=fix)
        return Cond(((self._expr(parts[0]), self._expr(parts[1])),), group.span)

    def _pair(self, part: Node) -> tuple[Expr, Expr]:
        """The condition and the expression; what is no pair is reported and read as what it may be meant for."""
        expected = "a pair (CONDITION EXPRESSION)"
        if not isinstance(part, Group) or not part.items or _is_known_form(part):
            self._report(part.span, "each part of cond is a pair of a condition and an expression", expected)
            return Broken((), part.span), self._expr(part)
        condition = self._expr(part.items[0])
        if len(part.items) == 1:
            self._report(part.span, "this part of cond has a condition, but nothing to evaluate", expected)
            return condition, Broken((), part.span)
        if len(part.items) > 2:
            first, last = part.items[1].span, part.items[-1].span
            span = Span(first.line, first.column, last.end_line, last.end_column)
            fix = Fix(span, f"(do {self._source.text_of(span)})", "put them into (do …)")
            message = f"after its condition, this part of cond has {len(part.items) - 1} expressions, not one"
            self._report(part.span, message, "(CONDITION (do EXPRESSION …))", fix=fix)
            return condition, Do(tuple(self._expr(item) for item in part.items[1:]), span)
        return condition, self._expr(part.items[1])

    def _aggr(self, group: Group, parts: list[Node]) -> Aggr:
        target, integers, strings, value = self._exactly(group, parts, 4)
        name = self._name(group, target)
        integer_keys, string_keys = self._list(integers, "integer keys"), self._list(strings, "string keys")
        return Aggr(
            name,
            tuple(self._expr(item) for item in integer_keys.items),
            tuple(self._expr(item) for item in string_keys.items),
            self._expr(value),
            group.span,
        )

    def _baginsert(self, group: Group, parts: list[Node]) -> BagInsert:
        target, key, value = self._exactly(group, parts, 3)
        return BagInsert(self._name(group, target), self._expr(key), self._expr(value), group.span)

    def _bagremove(self, group: Group, parts: list[Node]) -> BagRemove:
        target, key = self._exactly(group, parts, 2)
        return BagRemove(self._name(group, target), self._expr(key), group.span)

    def _command(self, group: Group, parts: list[Node], *, clear: bool) -> AggregateCommand:
        (target,) = self._exactly(group, parts, 1)
        return AggregateCommand(clear, self._name(group, target), group.span)

    # --- parts ---

    def _exactly(self, group: Group, parts: list[Node], count: int) -> list[Node]:
        return self._between(group, parts, count, count)

    def _between(self, group: Group, parts: list[Node], least: int, most: int) -> list[Node]:
        if least <= len(parts) <= most:
            return parts
        word = _word(group)
        message = f"{word} takes {_amount(least, SPECIALS[word].most)}, not {len(parts)}"
        if len(parts) < least:
            raise self._wrong(group, message)
        surplus = parts[most].span
        late = ends_too_late(self._source, group.span, group.items[most].span, surplus)
        if late is not None:
            raise self._wrong(group, message, surplus, (late[0],), late[1])
        has_keys = word in ("logaggr", "clearaggr") and isinstance(parts[most], Group)
        notes = ("keys are given to aggr, not here",) if has_keys else ()
        raise self._wrong(group, message, surplus, notes)

    def _name(self, group: Group, node: Node) -> Name:
        if isinstance(node, Atom) and node.type == "NAME":
            return Name(node.text, node.span)
        bare = node.text[1:-1] if isinstance(node, Atom) and node.type == "STRING" else ""
        is_name = bare != "" and not any(char.isspace() or char in '()";' for char in bare)
        fix = Fix(node.span, bare, "leave out the quotes") if is_name else None
        wrong = self._wrong(group, "a name must stand here", node.span, (), fix)
        if is_name:
            return Name(bare, node.span)
        raise wrong

    def _list(self, node: Node, what: str) -> Group:
        if isinstance(node, Group):
            return node
        fix = Fix(node.span, f"({node.text})", f"wrap as ({node.text})")
        self._report(node.span, f"{what} must be a list", f"({node.text})", fix=fix)
        return Group((node,), node.span)

    def _integer(self, group: Group, node: Node) -> int:
        if isinstance(node, Atom) and node.type == "INTEGER":
            return self._number(node).value
        raise self._wrong(group, "an integer literal must stand here", node.span)

    def _wrong(
        self,
        group: Group,
        message: str,
        span: Span | None = None,
        notes: tuple[str, ...] = (),
        fix: Fix | None = None,
    ) -> _ShapeError:
        """Report a wrong shape, with the right one when the form is known."""
        special = SPECIALS.get(_word(group))
        expected = special.signature if special else "(FUNCTION ARGUMENT …)"
        self._report(span if span is not None else group.span, message, expected, notes, fix)
        return _ShapeError()

    def _report(
        self, span: Span, message: str, expected: str, notes: tuple[str, ...] = (), fix: Fix | None = None
    ) -> None:
        self._findings.add("E107", self._source, span, message, expected=expected, notes=notes, fix=fix)


def _word(group: Group) -> str:
    """The first word of a form, or nothing."""
    head = group.items[0] if group.items else None
    return head.text if isinstance(head, Atom) else ""


def _is_known_form(node: Node) -> bool:
    """A form of the language, as opposed to lists of keys and the parts of cond."""
    word = _word(node) if isinstance(node, Group) else ""
    return word in SPECIALS or word in BUILTINS or word in SYNONYMS


def _amount(least: int, most: int | None) -> str:
    """Counts of parts, in words; `most` counts the first word too."""
    known = (most or 1) - 1
    number = str(least) if least == known else f"{least} or {known}"
    return f"{number} part{'s' * (known != 1)} after its name"


def _parted(head: Node) -> Fix | None:
    """An operator that hangs on its first operand: `(+1 2)`."""
    if not isinstance(head, Atom) or head.type != "INTEGER" or head.text[0] not in "+-":
        return None
    sign = head.text[0]
    return Fix(head.span, f"{sign} {head.text[1:]}", f"put a blank after {sign}")

# SPDX-License-Identifier: GPL-2.0-or-later
"""What could stand at a place of a program, for completion, and what the word at a place means."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

from engine.emmett.analysis.library import CONSTANTS, FUNCTIONS, Library, functions_of, usage
from engine.emmett.analysis.symbols import Body, Variable
from engine.emmett.api import Options, translate
from engine.emmett.editing.members import ARROWS, Shapes, fitting_members
from engine.emmett.editing.tokens import TOP_LEVEL, TYPED
from engine.emmett.syntax.words import KEYWORDS
from engine.emmett.types.models import EXPLICIT
from engine.emmett.types.types import AggregateType, BagType, StringType, Type
from engine.vp.diagnostics.source import SourceText
from engine.vp.editing.completion import MOST_SYMBOLS, points_at_symbols, symbols
from engine.vp.editing.names import Candidate, Names, Scope
from engine.vp.editing.scanning import behind
from engine.vp.editing.token_list import end_of
from engine.vp.editing.tokens import TokenKind
from engine.vp.prelude import Prelude
from engine.vp.tables.builtins import BUILTINS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import POINTS
from engine.vp.tables.probes import usage as point_usage
from engine.vp.tables.variables import VARIABLES

_PREFIX = re.compile(r"[A-Za-z_][\w!]*(?::[\w!.@$]*)*$")
_OPEN_ARROW = re.compile(r"(->|\.)(?=[ \t]*(?:(?P<end>\n|\Z)|[^\s\w]))")
"""An arrow whose member is still to be typed, at the end of a line or within one."""
_TAGGED = ("struct", "union", "enum")
TYPEDEF = "typedef"
_CLOSED = {TokenKind.COMMENT, TokenKind.STRING, TokenKind.ERROR, TokenKind.NUMBER}


class _Before(NamedTuple):
    """What stands before a place."""

    tokens: int
    """the number of tokens"""

    prefix: str
    """the part of a word that ends there"""
    at_top: bool
    """a probe or a declaration may begin with it"""
    word: str
    """the token before it"""


def _before(source: str, line: int, column: int) -> _Before | None:
    """What stands before a place; None where nothing is completed: in a comment, string, number or directive."""
    lines = source.split("\n")
    found = _PREFIX.search(lines[line - 1][: column - 1] if line <= len(lines) else "")
    prefix = found[0] if found is not None else ""
    tokens = TYPED.scan(source)
    count = tokens.before(line, column - len(prefix))
    at_top, word = True, ""
    if count:
        last = tokens[count - 1]
        if end_of(last) >= (line, column) and (last.kind in _CLOSED or last.text[0] == "#"):
            return None
        at_top, word = behind(tokens, count).state == TOP_LEVEL, last.text
    return _Before(count, prefix if at_top else prefix.rpartition(":")[2], at_top, word)


def prefix_at(source: str, line: int, column: int) -> str:
    """The part of a word that ends before a place; lines and columns count from 1. At top level it may have colons."""
    found = _before(source, line, column)
    return found.prefix if found is not None else ""


def candidates(
    source: str, line: int, column: int, prelude: Prelude | None = None, names: Names | None = None
) -> list[Candidate]:
    """The words that may stand at a place and begin with what is typed there already."""
    before = _before(source, line, column)
    if before is None:
        return []
    prefix = before.prefix
    if before.at_top:
        names = names_of(source, prelude) if names is None else names
        offered = [*_at_top(), *(_foreign(names, TYPEDEF, prefix) if prefix else ())]
        offered += points_at_symbols(prefix, prelude) if prelude is not None else ()
    elif before.word in _TAGGED:
        names = names_of(source, prelude) if names is None else names
        offered = [
            *(one for one in names.tags if one.signature.startswith(before.word)),
            *_foreign(names, before.word, prefix),
        ]
    elif before.word in ARROWS:
        names = names_of(source, prelude) if names is None else names
        known = {one.name: one for one in (*names.own, *names.local(line, column))}
        offered = [*(fitting_members(TYPED.scan(source), before.tokens, known, names) or ())]
    else:
        names = names_of(source, prelude) if names is None else names
        local = names.local(line, column)
        mine = {one.name for one in local}
        offered = [*local, *(one for one in _everything(names.own, prelude) if one.name not in mine)]
        offered += _symbols(prefix, prelude) if prelude is not None and before.word == "&" else ()
        offered += _foreign(names, TYPEDEF, prefix) if prefix else ()
    fitting = [one for one in offered if one.name.lower().startswith(prefix.lower()) and one.name != prefix]
    return sorted(fitting, key=lambda one: (not one.name.startswith(prefix), one.name.lower(), one.name))


def _foreign(names: Names, word: str, prefix: str) -> Iterator[Candidate]:
    """The first types of the guest that have this keyword, in order, that begin with what is typed."""
    known = names.foreign.get(word, ())
    begin = bisect_left(known, prefix)
    for name in takewhile(lambda name: name.startswith(prefix), known[begin : begin + MOST_SYMBOLS]):
        yield Candidate(name, "type", f"{word} {name}", "Type of the guest's kernel.")


def _symbols(prefix: str, prelude: Prelude) -> Iterator[Candidate]:
    """Symbols of the guest whose address is taken."""
    for name in symbols(prefix, prelude):
        yield Candidate(name, "symbol", f"&{name}", "Symbol of the guest.", symbol=name)


def meaning(
    source: str, line: int, column: int, prelude: Prelude | None = None, names: Names | None = None
) -> Candidate | None:
    """What the word under a place is, if it is known."""
    for token in TYPED.scan(source).in_line(line):
        if token.line == line and token.column <= column <= token.end_column and token.text[0].isidentifier():
            names = names_of(source, prelude) if names is None else names
            everything = [*_at_top(), *_everything(names.own, prelude), *names.local(line, column)]
            known = {one.name: one for one in everything}
            return known.get(token.text) or known.get(token.text.rpartition(":")[0] + ":")
    return None


@lru_cache(maxsize=4)
def names_of(source: str, prelude: Prelude | None = None) -> Names:
    """What a program defines, whether or not the rest of it is right; functions and probes are scopes."""
    whole = _OPEN_ARROW.sub(lambda found: ("; " if found["end"] is not None else "  ")[: len(found[1])], source)
    translation = translate([SourceText("", whole)], Options(prelude=prelude))
    symbols, shapes = translation.symbols, Shapes()
    own = [_variable(variable, shapes) for variable in symbols.variables.values()]
    for function in symbols.functions.values():
        parameters = ", ".join(f"{one.type} {one.name}" for one in function.parameters)
        at = function.tree.at.span
        signature, doc = f"{function.result} {function.name}({parameters})", f"Defined on line {at.line}."
        place = at.line, at.column
        own.append(Candidate(function.name, "function", signature, doc, place, shapes.of(function.result)))
    tags = [
        Candidate(kind.tag, "type", str(kind), "Declared in the program.", shape=shapes.of(kind))
        for kind in symbols.tags.values()
    ]
    scopes = tuple(_scope(body, shapes) for body in symbols.bodies)
    types = translation.types
    foreign = {} if types is None else {**types.tags(), TYPEDEF: types.typedefs()}
    return Names(tuple(own), scopes, tuple(tags), foreign, shapes.all())


def _scope(body: Body, shapes: Shapes) -> Scope:
    """The parameters and locals of a function or probe."""
    span = body.at.span
    names = tuple(_variable(variable, shapes) for variable in (body.parameters | body.locals).values())
    return Scope((span.line, span.column), (span.end_line, span.end_column), names)


def _variable(variable: Variable, shapes: Shapes) -> Candidate:
    at = variable.at.span
    signature, doc = f"{variable.type} {variable.name}", f"Defined on line {at.line}."
    place = at.line, at.column
    return Candidate(variable.name, _kind(variable.type), signature, doc, place, shapes.of(variable.type))


def _kind(kind: Type) -> str:
    match kind:
        case AggregateType():
            return "aggregate"
        case BagType():
            return "bag"
        case StringType():
            return "string"
        case _:
            return "integer"


def _at_top() -> Iterator[Candidate]:
    for row in POINTS.values():
        yield Candidate(row.name + ":" * bool(row.numbers), "probe", point_usage(row), row.doc)
    yield from _keywords()


def _keywords() -> Iterator[Candidate]:
    yield from (Candidate(word, "form", word, "Keyword.") for word in (*KEYWORDS, *EXPLICIT))


def _everything(own: Sequence[Candidate], prelude: Prelude | None) -> Iterator[Candidate]:
    mine = {one.name for one in own}
    yield from own
    yield from (_function(row) for row in (FUNCTIONS | functions_of(prelude)).values() if row.name not in mine)
    for row in VARIABLES.values():
        yield Candidate(row.name, "variable", f"{row.name}: {row.type.value}, {row.scope}", row.doc)
    yield from (Candidate(name, "variable", f"{name}: {value}", "Constant.") for name, value in CONSTANTS.items())
    yield from _keywords()


def _function(row: Library) -> Candidate:
    known = BUILTINS.get(row.name) or SPECIALS.get(row.name)
    return Candidate(row.name, "function", usage(row), known.doc if known else "From the prelude of the guest.")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Completion, and the meaning of the word at a place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from heapq import nsmallest

from engine.vp.editing.names import Candidate, Names, names_of
from engine.vp.editing.scanning import TYPED
from engine.vp.editing.token_list import TokenList, end_of
from engine.vp.editing.tokens import TokenKind
from engine.vp.prelude import Prelude, Searchable
from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.forms import SPECIALS
from engine.vp.tables.probes import ADDRESS, DYNAMIC, POINTS, PointRow, usage
from engine.vp.tables.variables import VARIABLES

_TAKES = {
    "setint": ("integer",), "setstr": ("string",), "aggr": ("aggregate",), "logaggr": ("aggregate",),
    "clearaggr": ("aggregate",), "baginsert": ("bag",), "bagremove": ("bag",), "gueststack": ("string",),
    "getgueststr": ("string",), "sprintf": ("string",),
}  # fmt: skip
"""Forms whose first argument must be a name of a certain kind."""
MOST_SYMBOLS = 100
"""Symbols of the guest that are offered at once."""
_BREAKS = frozenset(' \t\r\n()";')


def prefix_at(source: str, line: int, column: int) -> str:
    """The part of a word before a place; lines and columns count from 1."""
    lines = source.split("\n")
    text = lines[line - 1][: column - 1] if line <= len(lines) else ""
    start = len(text)
    while start and text[start - 1] not in _BREAKS:
        start -= 1
    return text[start:]


def candidates(
    source: str, line: int, column: int, prelude: Prelude | None = None, names: Names | None = None
) -> list[Candidate]:
    """The words that may stand at a place and begin with the prefix before it, best first."""
    names = names_of(source) if names is None else names
    prefix = prefix_at(source, line, column)
    tokens = TYPED.scan(source)
    count = tokens.before(line, column - len(prefix))
    if count and end_of(tokens[count - 1]) >= (line, column) and tokens[count - 1].kind in _CLOSED:
        return []
    possible = _possible(tokens, count, names, names.local(line, column), prelude)
    fitting = [one for one in possible if _matches(one.name, prefix)]
    if count and tokens[count - 1].text == "vprobe" and prelude is not None:
        fitting += points_at_symbols(prefix, prelude)
    return sorted(fitting, key=lambda one: (not one.name.startswith(prefix), one.name.lower(), one.name))


_CLOSED = {TokenKind.COMMENT, TokenKind.STRING, TokenKind.ERROR}
"""Tokens in which nothing is completed."""


def meaning(
    source: str, line: int, column: int, prelude: Prelude | None = None, names: Names | None = None
) -> Candidate | None:
    """What the word at a place is; None if it is unknown."""
    names = names_of(source) if names is None else names
    for token in TYPED.scan(source).in_line(line):
        if token.line == line and token.column <= column <= token.end_column and token.kind is not TokenKind.PAREN:
            everything = [*_everything(names.own, prelude), *_probes(), *names.local(line, column)]
            known = {one.name: one for one in everything}
            return known.get(SYNONYMS.get(token.text, token.text)) or _dynamic(token.text)
    return None


def _matches(name: str, prefix: str) -> bool:
    return name.lower().startswith(prefix.lower()) and name != prefix


def _possible(
    tokens: TokenList, count: int, names: Names, local: Sequence[Candidate], prelude: Prelude | None
) -> Iterator[Candidate]:
    """The words that may follow the first `count` tokens."""
    last, second = (tokens[count - each].text if count >= each else "" for each in (1, 2))
    if last == "vprobe":
        yield from _probes()
    elif last in _TAKES and second == "(":
        yield from (one for one in names.own if one.kind in _TAKES[last])
    elif last == "(":
        is_inside = tokens.last_open(count - 1) is not None
        for one in _everything(names.own, prelude):
            top = one.kind == "form" and SPECIALS[one.name].top_level
            if one.kind in ("form", "function", "operator") and top != is_inside:
                yield one
    elif count:
        mine = {one.name for one in local}
        values = (one for one in _everything(names.own, None) if one.kind in ("integer", "string", "variable"))
        yield from local
        yield from (one for one in values if one.name not in mine)


def _everything(own: Sequence[Candidate], prelude: Prelude | None) -> Iterator[Candidate]:
    yield from own
    if prelude is not None:
        mine = {one.name for one in own}
        yield from (
            Candidate(one.name, one.kind, one.signature, "From the prelude of the guest.")
            for one in names_of(prelude.source).own
            if one.kind == "function" and "~" not in one.name and one.name not in mine
        )
    yield from _language()


@cache
def _language() -> tuple[Candidate, ...]:
    """The words of VP itself, except probe points."""
    return (
        *(Candidate(row.name, "form", row.signature, row.doc) for row in SPECIALS.values()),
        *(Candidate(row.name, row.kind, row.signature, row.doc) for row in BUILTINS.values()),
        *(
            Candidate(row.name, "variable", f"{row.name}: {row.type.value}, {row.scope}", row.doc)
            for row in VARIABLES.values()
        ),
    )


def _probes() -> Iterator[Candidate]:
    for row in POINTS.values():
        yield Candidate(row.name + ":" * bool(row.numbers), "probe", _points(row), row.doc)


def points_at_symbols(prefix: str, prelude: Prelude) -> Iterator[Candidate]:
    """Probe points at symbols of the guest, once a character of the symbol is typed."""
    row = next((row for row in DYNAMIC if prefix.startswith(row.name + ":") and row.numbers[0] == ADDRESS), None)
    if row is None:
        return
    for name in symbols(prefix[len(row.name) + 1 :], prelude):
        yield Candidate(f"{row.name}:{name}", "probe", _points(row), row.doc, symbol=name)


def symbols(prefix: str, prelude: Prelude) -> list[str]:
    """The first symbols of the guest, in order, that begin with what is typed; none before something is."""
    known, most = prelude.addresses, MOST_SYMBOLS + 1
    if not prefix:
        return []
    if isinstance(known, Searchable):
        found = known.beginning(prefix, most)
    else:
        found = nsmallest(most, (name for name in known if name.startswith(prefix)))
    return [name for name in found if name != prefix][:MOST_SYMBOLS]


def _points(row: PointRow) -> str:
    arguments = ", ".join(f"ARG{number} {what}" for number, what in enumerate(row.arguments))
    return usage(row) + (f" \u2013 {arguments}" if arguments else "")


def _dynamic(text: str) -> Candidate | None:
    """The dynamic probe point of a name such as GUEST:0x1000."""
    rows = sorted((row for row in POINTS.values() if row.numbers), key=lambda row: -len(row.name))
    found = next((row for row in rows if text.startswith(row.name + ":")), None)
    return Candidate(text, "probe", _points(found), found.doc) if found else None

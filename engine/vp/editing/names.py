# SPDX-License-Identifier: GPL-2.0-or-later
"""The names that a text defines, for completion and go to definition; the text need not be a valid script."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, pairwise, takewhile
from typing import NamedTuple

from engine.vp.editing.scanning import scan
from engine.vp.editing.tokens import Token, TokenKind
from engine.vp.prelude import Prelude

Place = tuple[int, int]
"""Line and column, from 1."""


class Candidate(NamedTuple):
    """One word that completion offers."""

    name: str
    kind: str
    """form, function, operator, integer, string, aggregate, bag, parameter, variable, probe, symbol, type or member"""
    signature: str
    doc: str
    place: Place | None = None
    """of its definition in the text; None when it is not defined there"""
    shape: int = 0
    """which of `Names.shapes` has the members of what it names, or of what that points to; 0: it has none"""
    symbol: str = ""
    """the guest's symbol that it names; to find the address of each that is offered would take long"""


@dataclass(frozen=True, slots=True)
class Scope:
    """A part of a text with names of its own."""

    start: Place
    end: Place | None
    """None: the part is not closed"""
    names: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Names:
    """The names that a text defines."""

    own: tuple[Candidate, ...] = ()
    """of the whole text"""
    scopes: tuple[Scope, ...] = ()
    tags: tuple[Candidate, ...] = ()
    """structures, unions and enumerations that the text declares"""
    foreign: Mapping[str, Sequence[str]] = field(default_factory=dict, repr=False)
    """types of the guest that the text may name, sorted, by their keyword"""
    shapes: Sequence[Sequence[Candidate]] = field(default=(), repr=False)
    """the members of structures; the first one has number 1"""

    def members(self, one: Candidate) -> Sequence[Candidate]:
        """The members of what a name means, or points to."""
        return self.shapes[one.shape - 1] if 0 < one.shape <= len(self.shapes) else ()

    def local(self, line: int, column: int) -> list[Candidate]:
        """The names that are valid at a place only, those of the innermost scope last."""
        at = line, column
        around = (one for one in self.scopes if one.start <= at and (one.end is None or at <= one.end))
        return [name for scope in around for name in scope.names]


_DEFINES = {
    "definteger": "integer", "defstring": "string", "defaggr": "aggregate", "defbag": "bag", "defun": "function",
}  # fmt: skip


@lru_cache(maxsize=4)
def names_of(source: str, prelude: Prelude | None = None) -> Names:  # noqa: ARG001 - VP has no types of the guest
    """The names that a VP text defines."""
    tokens = [token for token in scan(source) if token.kind is not TokenKind.COMMENT]
    return Names(tuple(_own(tokens)), tuple(_functions(tokens)))


def _own(tokens: Sequence[Token]) -> Iterator[Candidate]:
    for index, (word, name) in enumerate(pairwise(tokens)):
        if word.text in _DEFINES and name.kind is not TokenKind.PAREN:
            kind = _DEFINES[word.text]
            words = [name.text, *(one.text for one in _parameters(tokens, index + 2))]
            signature = f"({' '.join(words)})" if kind == "function" else f"{name.text}: {kind}"
            yield Candidate(name.text, kind, signature, f"Defined on line {name.line}.", (name.line, name.column))


def _functions(tokens: Sequence[Token]) -> Iterator[Scope]:
    """The functions of a text with their parameters."""
    still_open: list[int] = []
    for index, token in enumerate(tokens):
        if token.text == "(":
            still_open.append(index)
        elif token.text == ")" and still_open:
            begun = still_open.pop()
            if tokens[begun + 1].text == "defun":
                yield _function(tokens, begun, (token.end_line, token.end_column))
    for begun in still_open:
        if [token.text for token in tokens[begun + 1 : begun + 2]] == ["defun"]:
            yield _function(tokens, begun, None)


def _function(tokens: Sequence[Token], begun: int, end: Place | None) -> Scope:
    name = tokens[min(begun + 2, len(tokens) - 1)].text
    made = (
        Candidate(one.text, "parameter", one.text, f"Parameter of {name}.", (one.line, one.column))
        for one in _parameters(tokens, begun + 3)
    )
    return Scope((tokens[begun].line, tokens[begun].column), end, tuple(made))


def _parameters(tokens: Sequence[Token], index: int) -> Iterator[Token]:
    """The words of a list that begins at an index; none when no list does."""
    if tokens[index : index + 1] and tokens[index].text == "(":
        yield from takewhile(lambda token: token.kind is not TokenKind.PAREN, islice(tokens, index + 1, None))

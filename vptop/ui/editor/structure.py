# SPDX-License-Identifier: GPL-2.0-or-later
"""The structure of a text by its brackets: partners, enclosing forms, indentation. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from engine.vp.editing.token_list import TokenList
from engine.vp.editing.tokens import PARTNERS, Token, TokenKind

Location = tuple[int, int]
Range = tuple[Location, Location]
"""Two locations; the second is exclusive."""

INDENT = 2
BRACE_INDENT = 3
"""The indentation of the original toolkit's programs."""
MOST_READ = 3000
"""Tokens that are read for the partner of a bracket; a screen shows fewer."""


@dataclass(frozen=True, slots=True)
class Pair:
    """An opening bracket and its partner."""

    opening: Location
    closing: Location

    @property
    def range(self) -> Range:
        """The form with both brackets."""
        return self.opening, (self.closing[0], self.closing[1] + 1)

    @property
    def inside(self) -> Range:
        """What stands between the brackets."""
        return (self.opening[0], self.opening[1] + 1), self.closing


def partner(tokens: TokenList, at: Location) -> Location | None:
    """The location of the bracket that belongs to the one at a location, if it is near."""
    index = tokens.before(at[0] + 1, at[1] + 1)
    if index == len(tokens) or _start(tokens[index]) != at or tokens[index].kind is not TokenKind.PAREN:
        return None
    if tokens[index].text in PARTNERS:
        closing = _closing(tokens, index)
        return None if closing is None else _start(tokens[closing])
    opening = _opening(tokens, index)
    return None if opening is None or _closing(tokens, opening) != index else _start(tokens[opening])


def _closing(tokens: TokenList, index: int) -> int | None:
    """The index of the bracket that closes the one at an index; one of another kind closes nothing."""
    waiting: list[str] = []
    for at, token in enumerate(islice(tokens.onwards(index), MOST_READ), index):
        if token.kind is not TokenKind.PAREN:
            continue
        if token.text in PARTNERS:
            waiting.append(PARTNERS[token.text])
        elif waiting[-1] == token.text:
            waiting.pop()
            if not waiting:
                return at
    return None


def _opening(tokens: TokenList, index: int) -> int | None:
    """The index of the bracket that the one at an index may close."""
    return next((at for at, waiting in _openings(tokens, index + 1) if waiting == 0), None)


def _openings(tokens: TokenList, count: int) -> Iterator[tuple[int, int | None]]:
    """The indices of the opening brackets near before the first `count` tokens end, the last one first.

    With each, how many brackets that close stand behind it and are not closed by it; None where it is left open. One
    closes the nearest of its kind, and those of another kind between the two are closed with it.
    """
    waiting: list[str] = []
    for index, token in zip(range(count - 1, count - 1 - MOST_READ, -1), tokens.backwards(count), strict=False):
        if token.kind is not TokenKind.PAREN:
            continue
        closes = PARTNERS.get(token.text)
        if closes is None:
            waiting.append(token.text)
        elif closes in waiting:
            while waiting.pop() != closes:
                pass
            yield index, len(waiting)
        else:
            yield index, None


def enclosing(tokens: TokenList, start: Location, end: Location) -> Range | None:
    """The smallest unit that contains a range and is larger: a word, what stands in brackets, or a whole form."""
    words = (
        (_start(token), _end(token)) for token in tokens.in_line(start[0] + 1) if token.kind is not TokenKind.PAREN
    )
    forms = (each for pair in around(tokens, start, end) for each in (pair.inside, pair.range))
    larger = [
        (first, last)
        for first, last in (*words, *forms)
        if first <= start and end <= last and (first, last) != (start, end)
    ]
    return max(larger, key=lambda each: (each[0], _reversed(each[1])), default=None)


def _reversed(location: Location) -> Location:
    return -location[0], -location[1]


def around(tokens: TokenList, start: Location, end: Location) -> Iterator[Pair]:
    """The brackets near a range between which it stands or which it begins and ends with, the innermost first."""
    count = tokens.before(start[0] + 1, start[1] + 2)
    for index in _still_open(tokens, count):
        closing = _closing(tokens, index)
        if closing is not None and end <= _end(tokens[closing]):
            yield Pair(_start(tokens[index]), _start(tokens[closing]))


def _still_open(tokens: TokenList, count: int) -> Iterator[int]:
    """The indices of the brackets near that are open behind the first `count` tokens, the last one first."""
    return (index for index, waiting in _openings(tokens, count) if waiting is None)


def outermost(tokens: TokenList, at: Location) -> Range | None:
    """The outermost form near that contains a location."""
    return min((pair.range for pair in around(tokens, at, at)), default=None)


def _inside(token: Token, indent: int, moved: int = 0) -> int:
    """The indentation of lines inside an opening bracket.

    Two more than the column of a parenthesis; for a brace, three more than its line has.

    Args:
        token: the bracket.
        indent: of its line.
        moved: columns by which the words of its line were moved since the text was read.
    """
    return indent + BRACE_INDENT if token.text == "{" else token.column - 1 + moved + INDENT


def indent_after(lines: Sequence[str], tokens: TokenList, count: int) -> int:
    """The number of blanks that a line behind the first `count` tokens begins with: that of the last open bracket."""
    token = tokens.last_open(count)
    return 0 if token is None else _inside(token, _indent(lines[token.line - 1]))


def reindented(lines: Sequence[str], first: int, last: int, tokens: TokenList) -> list[str]:
    """The lines from `first` to `last`, both included, with the indentation that the brackets before them ask for.

    A line that begins inside a string or a comment stays as it is, since its blanks belong to the text.

    Args:
        lines: of the whole text.
        first: index of a line.
        last: index of a line.
        tokens: of the whole text.
    """
    at = tokens.before(first + 1, 1)
    depths = [_inside(tokens[index], _indent(lines[tokens[index].line - 1])) for index in _still_open(tokens, at)][::-1]
    depths = depths or [indent_after(lines, tokens, at)]
    inner = set(range(first, tokens[at - 1].end_line)) if at else set[int]()
    """rows, from 0, that begin inside of a token"""
    ahead = tokens.onwards(at) if at < len(tokens) else iter(())
    token = next(ahead, None)
    made = list[str]()
    for row, line in enumerate(lines[first : last + 1], first):
        words, indent = line.lstrip(), _indent(line)
        if row not in inner:
            depth = (depths[-1] if depths else 0) - (BRACE_INDENT if words.startswith("}") else 0)
            line = " " * max(0, depth) + words if words else ""  # noqa: PLW2901 - as it is written
        moved = _indent(line) - indent
        while token is not None and token.line == row + 1:
            inner.update(range(token.line, token.end_line))
            if token.kind is TokenKind.PAREN and token.text in PARTNERS:
                depths.append(_inside(token, indent + moved, moved))
            elif token.kind is TokenKind.PAREN and depths:
                depths.pop()
            token = next(ahead, None)
        made.append(line)
    return made


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _start(token: Token) -> Location:
    return token.line - 1, token.column - 1


def _end(token: Token) -> Location:
    return token.end_line - 1, token.end_column - 1

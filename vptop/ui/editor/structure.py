# SPDX-License-Identifier: GPL-2.0-or-later
"""The structure of a text by its brackets: partners, enclosing forms, indentation. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.vp.editing.token_list import TokenList
from engine.vp.editing.tokens import Token, TokenKind

Location = tuple[int, int]
Range = tuple[Location, Location]
"""Two locations; the second is exclusive."""

INDENT = 2
BRACE_INDENT = 3
"""The indentation of the original toolkit's programs."""
_PARTNERS = {"(": ")", "[": "]", "{": "}"}


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


def pairs(tokens: Iterable[Token]) -> list[Pair]:
    """The brackets of a text that have a partner, in the order of their closing ones.

    Brackets in comments and strings do not count. A closing bracket of another kind closes nothing.
    """
    found: list[Pair] = []
    waiting: list[Token] = []
    for token in tokens:
        if token.kind is not TokenKind.PAREN:
            continue
        if token.text in _PARTNERS:
            waiting.append(token)
        elif waiting and _PARTNERS[waiting[-1].text] == token.text:
            found.append(Pair(_start(waiting.pop()), _start(token)))
    return found


def partner(tokens: TokenList, at: Location) -> Location | None:
    """The location of the bracket that belongs to the one at a location; only what lies between the two is read."""
    index = tokens.before(at[0] + 1, at[1] + 1)
    if index == len(tokens) or _start(tokens[index]) != at or tokens[index].kind is not TokenKind.PAREN:
        return None
    if tokens[index].text in _PARTNERS:
        closing = _closing(tokens, index)
        return None if closing is None else _start(tokens[closing])
    opening = _opening(tokens, index)
    return None if opening is None or _closing(tokens, opening) != index else _start(tokens[opening])


def _closing(tokens: TokenList, index: int) -> int | None:
    """The index of the bracket that closes the one at an index; one of another kind closes nothing."""
    waiting: list[str] = []
    for at, token in enumerate(tokens.onwards(index), index):
        if token.kind is not TokenKind.PAREN:
            continue
        if token.text in _PARTNERS:
            waiting.append(_PARTNERS[token.text])
        elif waiting[-1] == token.text:
            waiting.pop()
            if not waiting:
                return at
    return None


def _opening(tokens: TokenList, index: int) -> int | None:
    """The index of the bracket that the one at an index may close."""
    waiting: list[str] = []
    for at, token in zip(range(index, -1, -1), tokens.backwards(index + 1), strict=True):
        if token.kind is not TokenKind.PAREN:
            continue
        closes = _PARTNERS.get(token.text)
        if closes is None:
            waiting.append(token.text)
        elif closes in waiting:
            while waiting.pop() != closes:
                pass
            if not waiting:
                return at
    return None


def enclosing(tokens: TokenList, start: Location, end: Location) -> Range | None:
    """The smallest unit that contains a range and is larger: a word, what stands in brackets, or a whole form."""
    words = ((_start(token), _end(token)) for token in tokens if token.kind is not TokenKind.PAREN)
    forms = (each for pair in pairs(tokens) for each in (pair.inside, pair.range))
    larger = [
        (first, last)
        for first, last in (*words, *forms)
        if first <= start and end <= last and (first, last) != (start, end)
    ]
    return max(larger, key=lambda each: (each[0], _reversed(each[1])), default=None)


def _reversed(location: Location) -> Location:
    return -location[0], -location[1]


def outermost(tokens: TokenList, at: Location) -> Range | None:
    """The top-level form that contains a location."""
    around = [pair.range for pair in pairs(tokens) if pair.opening <= at <= pair.range[1]]
    return min(around, default=None)


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
    closed = 0
    for token in tokens.backwards(count):
        if token.kind is not TokenKind.PAREN:
            continue
        if token.text not in _PARTNERS:
            closed += 1
        elif closed:
            closed -= 1
        else:
            return _inside(token, _indent(lines[token.line - 1]))
    return 0


def reindented(lines: Sequence[str], first: int, last: int, tokens: TokenList) -> list[str]:
    """The lines from `first` to `last`, both included, with the indentation that the brackets before them ask for.

    A line that begins inside a string or a comment stays as it is, since its blanks belong to the text.

    Args:
        lines: of the whole text.
        first: index of a line.
        last: index of a line.
        tokens: of the whole text.
    """
    inner = {row for token in tokens for row in range(token.line, token.end_line)}
    """rows, from 0, that begin inside of a token"""
    made, depths, at = list[str](), list[int](), 0
    for row, line in enumerate(lines[: last + 1]):
        words, indent = line.lstrip(), _indent(line)
        if row >= first and row not in inner:
            depth = (depths[-1] if depths else 0) - (BRACE_INDENT if words.startswith("}") else 0)
            line = " " * max(0, depth) + words if words else ""  # noqa: PLW2901 - as it is written
        moved = _indent(line) - indent
        while at < len(tokens) and tokens[at].line == row + 1:
            token = tokens[at]
            if token.kind is TokenKind.PAREN and token.text in _PARTNERS:
                depths.append(_inside(token, indent + moved, moved))
            elif token.kind is TokenKind.PAREN and depths:
                depths.pop()
            at += 1
        made.append(line)
    return made[first:]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _start(token: Token) -> Location:
    return token.line - 1, token.column - 1


def _end(token: Token) -> Location:
    return token.end_line - 1, token.end_column - 1

# SPDX-License-Identifier: GPL-2.0-or-later
"""The structure of a text by its brackets: partners, enclosing forms, indentation. Rows and columns count from 0."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from engine.vp.editing.tokens import Token, TokenKind

Location = tuple[int, int]
Range = tuple[Location, Location]
"""Two locations; the second is exclusive."""
Scanner = Callable[[str], Sequence[Token]]

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


def partner(found: Iterable[Pair], at: Location) -> Location | None:
    """The location of the bracket that belongs to the one at a location."""
    for pair in found:
        if at == pair.opening:
            return pair.closing
        if at == pair.closing:
            return pair.opening
    return None


def enclosing(tokens: Sequence[Token], start: Location, end: Location) -> Range | None:
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


def outermost(tokens: Sequence[Token], at: Location) -> Range | None:
    """The top-level form that contains a location."""
    around = [pair.range for pair in pairs(tokens) if pair.opening <= at <= pair.range[1]]
    return min(around, default=None)


def indent_after(text: str, tokens: Iterable[Token]) -> int:
    """The number of blanks that a line below this text begins with.

    Two more than the column of the innermost open parenthesis; in braces, three more than the line with the brace.
    """
    lines, depths = text.split("\n"), list[int]()
    for token in tokens:
        if token.kind is not TokenKind.PAREN:
            continue
        if token.text == "{":
            line = lines[token.line - 1]
            depths.append(len(line) - len(line.lstrip()) + BRACE_INDENT)
        elif token.text in "([":
            depths.append(token.column - 1 + INDENT)
        elif depths:
            depths.pop()
    return depths[-1] if depths else 0


def reindented(lines: Sequence[str], first: int, last: int, scan: Scanner) -> list[str]:
    """The lines from `first` to `last`, both included, with the indentation that the brackets before them ask for.

    A line that begins inside a string or a comment stays as it is, since its blanks belong to the text.
    """
    inner = {
        row for token in scan("\n".join(lines)) for row in range(token.line, token.end_line)
    }  # rows, from 0, that begin inside of a token
    made = list(lines[: last + 1])
    for row in range(first, last + 1):
        words = made[row].lstrip()
        if row in inner or not words:
            made[row] = made[row] if row in inner else ""
            continue
        above = "\n".join(made[:row])
        depth = indent_after(above, scan(above)) - (BRACE_INDENT if words[0] == "}" else 0)
        made[row] = " " * max(0, depth) + words
    return made[first:]


def _start(token: Token) -> Location:
    return token.line - 1, token.column - 1


def _end(token: Token) -> Location:
    return token.end_line - 1, token.end_column - 1

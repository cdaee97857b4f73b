# SPDX-License-Identifier: GPL-2.0-or-later
"""The tokens of a text in order. After an edit the tokens that only moved are shared with those of the text before."""

from __future__ import annotations

import pickle
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple, overload

from engine.vp.editing.tokens import PARTNERS, Token, TokenKind

CHUNK = 512
"""Tokens that are kept together; an edit copies those of few chunks, whatever the length of the text is."""


class _Block:
    """Tokens that are kept together and the states behind them.

    One that came from another process is unpacked when it is first looked at.
    """

    __slots__ = ("_packed", "_tokens", "_unpaired", "size")

    def __init__(
        self,
        tokens: Sequence[Token] = (),
        states: Sequence[Hashable] = (),
        packed: bytes = b"",
        size: int = 0,
        unpaired: tuple[int, int] | None = None,
    ) -> None:
        self._tokens = None if packed else (tuple(tokens), tuple(states))
        self._packed = packed
        self._unpaired = unpaired
        self.size = size or len(tokens)

    def __reduce__(self) -> tuple[type[_Block], tuple[object, ...]]:
        self._packed = self._packed or pickle.dumps(self._tokens, pickle.HIGHEST_PROTOCOL)
        return _Block, ((), (), self._packed, self.size, self.unpaired)

    @property
    def unpaired(self) -> tuple[int, int]:
        """The number of brackets that close one before it, and of those that are left open in it."""
        if self._unpaired is None:
            closing, opened = 0, 0
            for token in self.all[0]:
                if token.kind is TokenKind.PAREN and token.text in PARTNERS:
                    opened += 1
                elif token.kind is TokenKind.PAREN:
                    closing, opened = (closing, opened - 1) if opened else (closing + 1, 0)
            self._unpaired = closing, opened
        return self._unpaired

    @property
    def all(self) -> tuple[tuple[Token, ...], tuple[Hashable, ...]]:
        """Its tokens, and their states."""
        if self._tokens is None:
            self._tokens = pickle.loads(self._packed)  # noqa: S301 - made by `__reduce__`
        return self._tokens


class _Chunk(NamedTuple):
    """Some tokens, and the number of lines by which they have moved since they were read.

    `end_line` is where the last token ends now.
    """

    block: _Block
    lines: int
    end_line: int

    @property
    def tokens(self) -> tuple[Token, ...]:
        """As they were read."""
        return self.block.all[0]

    @property
    def states(self) -> tuple[Hashable, ...]:
        return self.block.all[1]

    def token(self, index: int) -> Token:
        return moved(self.tokens[index], self.lines) if self.lines else self.tokens[index]

    def all(self) -> Iterable[Token]:
        return (moved(token, self.lines) for token in self.tokens) if self.lines else self.tokens

    def backwards(self) -> Iterable[Token]:
        tokens = reversed(self.tokens)
        return (moved(token, self.lines) for token in tokens) if self.lines else tokens

    def part(self, start: int, end: int) -> _Chunk:
        tokens = self.tokens[start:end]
        return _Chunk(
            _Block(tokens, self.states[start:end]), self.lines, tokens[-1].end_line + self.lines if tokens else 0
        )

    def further(self, lines: int) -> _Chunk:
        return _Chunk(self.block, self.lines + lines, self.end_line + lines)


def moved(token: Token, lines: int, columns: int = 0, end_columns: int = 0) -> Token:
    """A token so many lines further down, and columns further right."""
    kind, text, line, column, end_line, end_column = token
    return Token(kind, text, line + lines, column + columns, end_line + lines, end_column + end_columns)


class TokenList(Sequence[Token]):
    """An immutable sequence of tokens in the order of the text.

    Each has a state: what the tokens behind it depend on, beside the text.
    """

    __slots__ = ("_chunks", "_end_lines", "_ends")

    def __init__(
        self, tokens: Iterable[Token] = (), states: Iterable[Hashable] = (), *, chunks: Sequence[_Chunk] = ()
    ) -> None:
        """Of some tokens, or of parts of other lists.

        Args:
            tokens: in order.
            states: one for each token, or none for each.
            chunks: the parts, in the place of tokens.
        """
        if not chunks:
            tokens, states = tuple(tokens), tuple(states)
            chunks = _cut(tokens, states or (None,) * len(tokens))
        self._chunks = chunks
        self._ends = list(accumulate(chunk.block.size for chunk in chunks))
        """for each chunk the number of tokens up to its end"""
        self._end_lines = [chunk.end_line for chunk in chunks]

    def __reduce__(self) -> tuple[Callable[[Sequence[_Chunk]], TokenList], tuple[Sequence[_Chunk]]]:
        return _of_chunks, (self._chunks,)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, index: int) -> Token: ...
    @overload
    def __getitem__(self, index: slice) -> tuple[Token, ...]: ...
    def __getitem__(self, index: int | slice) -> Token | tuple[Token, ...]:
        if isinstance(index, slice):
            return tuple(self[at] for at in range(*index.indices(len(self))))
        chunk, at = self._find(range(len(self))[index])
        return self._chunks[chunk].token(at)

    def __iter__(self) -> Iterator[Token]:
        for chunk in self._chunks:
            yield from chunk.all()

    def _find(self, index: int) -> tuple[int, int]:
        """The chunk of a token, and the token's index in it."""
        chunk = bisect_right(self._ends, index)
        return chunk, index - (self._ends[chunk - 1] if chunk else 0)

    def onwards(self, index: int) -> Iterator[Token]:
        """Those from an index on."""
        chunk, at = self._find(index)
        for one in self._chunks[chunk:]:
            yield from islice(one.all(), at, None)
            at = 0

    def backwards(self, index: int) -> Iterator[Token]:
        """Those before an index, the last one first."""
        for one in self._chunks_before(index):
            yield from one.backwards()

    def _chunks_before(self, index: int) -> Iterator[_Chunk]:
        """The tokens before an index in parts, the last one first."""
        chunk, at = self._find(index)
        if at:
            yield self._chunks[chunk].part(0, at)
        yield from reversed(self._chunks[:chunk])

    def last_open(self, count: int) -> Token | None:
        """The last bracket that is open behind the first `count` tokens.

        Each that closes is taken to close the last one, of whatever kind that is.
        """
        closed = 0
        for chunk in self._chunks_before(count):
            closing, opened = chunk.block.unpaired
            if opened > closed:
                return _last_open(chunk, closed)
            closed += closing - opened
        return None

    def state(self, index: int) -> Hashable:
        """The state behind a token."""
        chunk, at = self._find(index)
        return self._chunks[chunk].states[at]

    def in_line(self, line: int) -> Iterator[Token]:
        """Those that stand in a line or reach into it; lines count from 1."""
        first = bisect_left(self._end_lines, line)
        for chunk in self._chunks[first:]:
            begin = bisect_left(chunk.tokens, line - chunk.lines, key=_end_line)
            for at in range(begin, len(chunk.tokens)):
                token = chunk.token(at)
                if token.line > line:
                    return
                yield token

    def before(self, line: int, column: int) -> int:
        """The number of tokens that begin before a place; lines and columns count from 1."""
        return bisect_left(self, (line, column), *self._around(line), key=start_of)

    def ended(self, line: int, column: int) -> int:
        """The number of tokens that end before a place."""
        return bisect_left(self, (line, column), *self._around(line), key=end_of)

    def _around(self, line: int) -> tuple[int, int]:
        """Indices between which the tokens of a line are; only that part need be unpacked."""
        first, last = bisect_left(self._end_lines, line), bisect_right(self._end_lines, line)
        return self._ends[first - 1] if first else 0, self._ends[last] if last < len(self._ends) else len(self)

    def spliced(self, count: int, middle: TokenList, rest: int, lines: int) -> TokenList:
        """The first `count` of these, then other ones, then these from `rest` on, moved down by some lines."""
        chunk, at = self._find(count) if count < len(self) else (len(self._chunks), 0)
        head = [*self._chunks[:chunk], *([self._chunks[chunk].part(0, at)] if at else [])]
        chunk, at = self._find(rest) if rest < len(self) else (len(self._chunks), 0)
        tail = list(self._chunks[chunk:])
        if at:
            tail[0] = tail[0].part(at, tail[0].block.size)
        tail = [one.further(lines) for one in tail] if lines else tail
        return TokenList(chunks=[*head[:-1], *_joined([*head[-1:], *middle._chunks, *tail[:1]]), *tail[1:]])


def _last_open(chunk: _Chunk, closed: int) -> Token:
    """The last bracket that is left open in a chunk when so many are closed behind it."""
    for token in chunk.backwards():
        if token.kind is TokenKind.PAREN:
            closed += -1 if token.text in PARTNERS else 1
            if closed < 0:
                return token
    raise AssertionError("no bracket is left open")


def _of_chunks(chunks: Sequence[_Chunk]) -> TokenList:
    return TokenList(chunks=chunks)


def start_of(token: Token) -> tuple[int, int]:
    """Where a token begins."""
    return token.line, token.column


def end_of(token: Token) -> tuple[int, int]:
    """Where a token ends."""
    return token.end_line, token.end_column


def _end_line(token: Token) -> int:
    return token.end_line


def _joined(chunks: Sequence[_Chunk]) -> list[_Chunk]:
    """The same tokens in chunks that are neither many nor large."""
    tokens = tuple(token for chunk in chunks for token in chunk.all())
    return _cut(tokens, tuple(state for chunk in chunks for state in chunk.states))


def _cut(tokens: tuple[Token, ...], states: tuple[Hashable, ...]) -> list[_Chunk]:
    parts = max(1, len(tokens) // CHUNK)
    size = -(-len(tokens) // parts)
    whole = _Chunk(_Block(tokens, states), 0, 0)
    return [whole.part(at, at + size) for at in range(0, len(tokens), max(1, size))]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Keys of aggregates as people read them: vectors, addresses with their symbols, numbers, names."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from engine.guest.stacks import describe_place
from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateId
from engine.text import escape
from vptop.model.hints import KeyHint, ViewHint
from vptop.model.kinds import Kind, is_stack, stack_columns
from vptop.model.moment import Moment
from vptop.model.plain import clean
from vptop.model.rows import Key, RawKey
from vptop.model.session import Session

ADDRESS = 1 << 32
"""Numbers from here on are shown in hexadecimal, and by symbol when one is near."""


def vector(number: int, names: Mapping[int, str]) -> str:
    """An interrupt vector with what the guest uses it for: `0x2e disk`."""
    return f"{number:#04x} {clean(names[number])}" if number in names else f"{number:#04x}"


def integer(number: int, form: str, symbols: Symbols) -> str:
    """An integer key in the form a view hint asks for; without one, whatever says most."""
    if form == "dec":
        return str(number)
    if form == "sym" or (not form and number >= ADDRESS):
        return clean(symbols.describe(number))
    if form == "hex":
        return f"{number:#x}"
    return str(number)


def string(text: str, functions: tuple[str, ...] = ()) -> str:
    """A string key; a stack as the functions on it, innermost first."""
    if is_stack(text) and functions:
        return clean(" < ".join(reversed(functions)))
    return clean(text)


def texts_of(key: RawKey | Key) -> list[str]:
    """The string keys, as they are shown."""
    return [text if isinstance(text, str) else escape(text) for text in key[1]]


def titles(integers: int, strings: int, hint: ViewHint) -> list[KeyHint]:
    """Heading and form of each key column."""
    usual = [KeyHint("KEY" if integers == 1 else f"KEY{i + 1}") for i in range(integers)]
    usual += [KeyHint("NAME" if strings == 1 else f"NAME{i + 1}") for i in range(strings)]
    return [hint.keys[i] if i < len(hint.keys) else default for i, default in enumerate(usual)]


@dataclass(frozen=True, slots=True)
class Shown:
    """How the keys of an aggregate are headed and shown, by key column."""

    titles: Sequence[str]
    integers: Sequence[Callable[[int], str]]
    strings: Sequence[Callable[[str], str] | None]
    """None: as they are"""

    @staticmethod
    def of(moment: Moment, aggregate: AggregateId, form: str = "") -> Shown:
        """As the script hints, or as guessed from what feeds the aggregate; integers in that form, if one is given."""
        data = moment.frame.aggregates[aggregate]
        kind = moment.kind(aggregate)
        hints = titles(data.integer_keys, data.string_keys, moment.hint(aggregate))
        hints = [replace(hint, form=form or hint.form) for hint in hints]
        vectors = [kind is Kind.TOP and at == 0 and not hint.form for at, hint in enumerate(hints[: data.integer_keys])]
        headings = [
            "VECTOR" if vector and hint.label == "KEY" else hint.label.upper()
            for hint, vector in zip(hints, [*vectors, *[False] * data.string_keys], strict=True)
        ]
        integers = [_integer(moment, hint, vector) for hint, vector in zip(hints, vectors, strict=False)]
        return Shown(list(map(clean, headings)), integers, _strings(moment, aggregate, kind))

    def only(self, kept: Sequence[int]) -> Shown:
        """These key columns alone."""
        integers = len(self.integers)
        return Shown(
            [self.titles[key] for key in kept],
            [self.integers[key] for key in kept if key < integers],
            [self.strings[key - integers] for key in kept if key >= integers],
        )


def _integer(moment: Moment, hint: KeyHint, is_vector: bool) -> Callable[[int], str]:
    if is_vector:
        return lambda number: vector(number, moment.session.vectors)
    return lambda number: integer(number, hint.form, moment.session.symbols)


def _strings(moment: Moment, aggregate: AggregateId, kind: Kind) -> Sequence[Callable[[str], str] | None]:
    data, stack, place = moment.frame.aggregates[aggregate], partial(_stack, moment.session), _place(moment.session)
    stacks = range(data.string_keys) if kind is Kind.STACKS else stack_columns(moment.measure(aggregate, data))
    return [stack if column in stacks else place for column in range(data.string_keys)]


def _stack(session: Session, text: str) -> str:
    if is_stack(text):
        return string(text, session.namer.names(text)[0])
    return string(describe_place(text, session.symbols))


def _place(session: Session) -> Callable[[str], str] | None:
    """Shows places in files whose functions are known by these; None where none are known."""
    if not session.symbols.files:
        return None
    return lambda text: string(describe_place(text, session.symbols))

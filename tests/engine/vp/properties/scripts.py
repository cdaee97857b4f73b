# SPDX-License-Identifier: GPL-2.0-or-later
"""Syntax trees and texts for properties of the language."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from hypothesis import strategies as st

from engine.vp.diagnostics.diagnostic import Span
from engine.vp.syntax.ast import (
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
    Script,
    Set,
    String,
    Version,
    Vprobe,
)
from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.forms import SPECIALS

CORPUS = sorted((Path(__file__).parents[1] / "corpus").glob("*.vp"))
NOWHERE = Span(1, 1, 1, 1)
_VOCABULARY = (
    "version definteger defstring defaggr defbag defun vprobe setint setstr aggr logaggr clearaggr baginsert bagremove "
    "cond do printf sprintf logint logstr getguest + - * / == && ! VMM1Hz Guest_IRQ GUEST:0x1000 USEC:5 RAX ARG0 TSC "
    'PROBENAME f g x y 0 1 0xff -1 18446744073709551616 "" "%d" "a\\"b" ( ( ( ( ( ) ) ) ) ) ;'
)
WORDS_OF_THE_LANGUAGE = {*BUILTINS, *SPECIALS, *SYNONYMS}
WORDS = [*_VOCABULARY.split(), "\n"]


def without_places(node: Any) -> Any:
    """A tree as nested tuples, without its spans."""
    if isinstance(node, tuple):
        return tuple(without_places(item) for item in node)
    if isinstance(node, msgspec.Struct):
        parts = (getattr(node, name) for name in node.__struct_fields__ if name != "span")
        return type(node).__name__, *(without_places(part) for part in parts)
    return node


def _is_name(text: str) -> bool:
    return not text.lstrip("+-").isdigit() and text[0] not in "“”" and not text.lower().lstrip("+-").startswith("0x")


NAMES = st.one_of(
    st.sampled_from(["a", "tsc-start", "~plocal0:str", "my-rip", "a%b", "_procName", "nt!Ps", "é", "a+", "a'b", "[x]"]),
    st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"], exclude_characters='()";'), min_size=1)
    .filter(_is_name)
    .filter(lambda text: not any(char.isspace() for char in text) and text not in WORDS_OF_THE_LANGUAGE),
).map(lambda text: Name(text, NOWHERE))
_NOT_SPECIAL = NAMES.filter(lambda name: name.name not in WORDS[:16])
_NUMBERS = st.one_of(
    st.integers(0, (1 << 64) - 1).map(lambda value: (value, str(value))),
    st.integers(0, (1 << 64) - 1).map(lambda value: (value, hex(value))),
    st.integers(1, 1 << 63).map(lambda value: ((1 << 64) - value, str(-value))),
    st.integers(0, (1 << 64) - 1).map(lambda value: (value, f"+{value}")),
)
INTEGERS = _NUMBERS.map(lambda number: Integer(*number, NOWHERE))
STRINGS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20).map(
    lambda text: String(text.encode(), NOWHERE)
)


def _many(strategy: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(strategy, min_size=least, max_size=3).map(tuple)


def _node(kind: Callable[..., Any], *parts: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(kind, *parts, st.just(NOWHERE))


def _compound(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return st.one_of(
        _node(Call, _NOT_SPECIAL, _many(inner)),
        _node(Set, st.booleans(), NAMES, inner),
        _node(Cond, _many(st.tuples(inner, inner), 1)),
        _node(Do, _many(inner, 1)),
        _node(Aggr, NAMES, _many(inner), _many(inner), inner),
        _node(AggregateCommand, st.booleans(), NAMES),
        _node(BagInsert, NAMES, inner, inner),
        _node(BagRemove, NAMES, inner),
    )


EXPRESSIONS: st.SearchStrategy[Expr] = st.recursive(st.one_of(NAMES, INTEGERS, STRINGS), _compound, max_leaves=12)
FORMS: st.SearchStrategy[Form] = st.one_of(
    _node(Version, st.sampled_from(["1.0", "0.2", "x y"])),
    _node(DefInteger, NAMES, st.none() | INTEGERS),
    _node(DefString, NAMES, st.none() | STRINGS),
    _node(DefAggr, NAMES, st.integers(0, 9), st.integers(0, 9)),
    _node(DefBag, NAMES, st.integers(0, 99)),
    _node(Defun, NAMES, _many(NAMES), _many(EXPRESSIONS, 1)),
    _node(Vprobe, NAMES, _many(EXPRESSIONS, 1)),
)
SCRIPTS = _many(FORMS).map(lambda forms: Script("s.vp", forms))


@st.composite
def damaged_scripts(draw: st.DrawFn) -> str:
    """A script of the corpus, cut, with pieces left out, doubled or put in."""
    text = draw(st.sampled_from(CORPUS)).read_text("utf-8")[:4000]
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        end = min(len(text), start + draw(st.integers(0, 40)))
        piece = draw(st.sampled_from(["", text[start:end] * 2, ")", "(", '"', "\n", ";", "\\", "\x00", "“"]))
        text = text[:start] + piece + text[end:]
    return text[: draw(st.integers(0, len(text)))] if draw(st.booleans()) else text


WORD_SALAD = st.lists(st.sampled_from(WORDS), max_size=60).map(" ".join)

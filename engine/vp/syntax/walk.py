# SPDX-License-Identifier: GPL-2.0-or-later
"""Walking the syntax tree."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from engine.vp.diagnostics.diagnostic import Span
from engine.vp.syntax.ast import Expr


def walk(expressions: Iterable[Expr]) -> Iterator[Expr]:
    """Expressions and all expressions within them in source order, among them the names of functions and targets."""
    waiting = [*expressions][::-1]
    while waiting:
        expression = waiting.pop()
        yield expression
        waiting += [*_parts(getattr(expression, name) for name in expression.__struct_fields__)][::-1]


def _parts(values: Iterable[object]) -> Iterator[Expr]:
    for value in values:
        if isinstance(value, tuple):
            yield from _parts(value)
        elif isinstance(value, msgspec.Struct) and not isinstance(value, Span):
            yield value  # type: ignore[misc]

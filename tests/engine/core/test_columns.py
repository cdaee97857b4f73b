# SPDX-License-Identifier: GPL-2.0-or-later
"""Columns in the narrowest width: what goes in comes out, and the core packs as Python does."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.core.binding import Core
from engine.core.columns import CONSTANT, LIKE, Columns, pack
from engine.core.image import AggregateShape, Body, ProgramImage
from engine.core.opcodes import Op
from engine.core.variables import Variable

TOP = (1 << 64) - 1
NUMBERS = st.sampled_from((0, 1, 255, 256, 65535, 65536, (1 << 32) - 1, 1 << 32, TOP))
ROWS = st.lists(st.tuples(NUMBERS, NUMBERS, st.integers(0, 3)), max_size=20)


def numbers_of(columns: Columns, count: int) -> list[tuple[int, ...]]:
    return [tuple(columns.column(column)) for column in range(count)]


@given(ROWS)
def test_what_goes_in_comes_out(rows: list[tuple[int, int, int]]) -> None:
    columns = [tuple(row[at] for row in rows) for at in range(3)]
    packed = pack(len(rows), columns)
    assert numbers_of(packed, 3) == columns
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(packed), type=Columns) == packed


@pytest.mark.parametrize(
    ("numbers", "form"),
    [((7, 7), CONSTANT), ((), CONSTANT), ((0, 255), 1), ((0, 256), 2), ((0, 65536), 4), ((0, 1 << 32), 8)],
)
def test_a_column_has_the_narrowest_width(numbers: Sequence[int], form: int) -> None:
    packed = pack(len(numbers), [numbers, (*numbers,)])
    assert list(packed.forms) == [form, LIKE]
    assert len(packed.numbers) == (8 if form == CONSTANT else -(-form * len(numbers) // 8) * 8)


@given(st.lists(st.tuples(NUMBERS, NUMBERS), max_size=20))
def test_the_core_packs_alike(updates: list[tuple[int, int]]) -> None:
    key, value = (bytes([Op.VARIABLE, variable & 255, variable >> 8]) for variable in (Variable.ARG0, Variable.ARG1))
    code = key + value + bytes([Op.AGGREGATE, 0, 0, Op.DROP, Op.END])
    image = ProgramImage(code, (b"probe", b"a"), probes=(Body(0, 8, 0),), aggregates=(AggregateShape(1, 1, 0),))
    rows: dict[int, list[int]] = {}
    core = Core.detached(1 << 16)
    program = core.program(image)
    for one in updates:
        core.fire(program, 0, args=one)
        rows.setdefault(one[0], []).append(one[1])
    found = program.rows(0).columns
    program.free()
    core.close()
    made = [
        (key, len(kept), sum(kept) & TOP, min(kept), max(kept), kept[-1], sum(kept) >> 64) for key, kept in rows.items()
    ]
    assert found == pack(len(rows), zip(*made, strict=True) if made else [()] * 7)


def test_the_core_widens_a_column_whose_numbers_grow() -> None:
    count = Variable.ARG0
    code = bytes([Op.VARIABLE, count & 255, count >> 8, Op.INT8, 1, Op.AGGREGATE, 0, 0, Op.DROP, Op.END])
    image = ProgramImage(code, (b"probe", b"a"), probes=(Body(0, 8, 0),), aggregates=(AggregateShape(1, 1, 0),))
    core = Core.detached(1 << 16)
    program = core.program(image)
    keys = [*range(3), *range(200, 700), *range(65_000, 65_600), 1 << 40, 5, *range(1 << 20, (1 << 20) + 300)]
    for key in keys:
        core.fire(program, 0, args=[key])
    found = program.rows(0).columns
    program.free()
    core.close()
    ones = [1] * len(keys)
    assert found == pack(len(keys), [keys, ones, ones, ones, ones, ones, [0] * len(keys)])

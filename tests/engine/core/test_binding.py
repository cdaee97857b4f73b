# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines and programs of the core as Python sees them."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import pytest

from engine.core.binding import VMX_CONTEXT, Core, CoreError, CoreProgram
from engine.core.image import AggregateShape, Body, PrintedPart, ProgramImage
from engine.core.opcodes import Op
from engine.core.points import Point
from engine.core.variables import Variable

SLOTS = 8
COUNT = 7


def push(value: int) -> bytes:
    """Bytecode of a small constant."""
    return bytes([Op.INT8, value])


def index(op: Op, number: int) -> bytes:
    """Bytecode of an operation with a 16-bit operand."""
    return struct.pack("<BH", op, number)


COUNTING = ProgramImage(
    index(Op.VARIABLE, Variable.ARG0) + push(COUNT) + index(Op.AGGREGATE, 0) + bytes([Op.DROP, Op.END]),
    (b"probe", b"counts"),
    probes=(Body(0, SLOTS, 0),),
    aggregates=(AggregateShape(1, 1, 0),),
)
"""(aggr counts (ARG0) () 7)"""
DIVIDING = ProgramImage(push(1) + push(0) + bytes([Op.DIV, Op.DROP, Op.END]), (b"probe",), probes=(Body(0, SLOTS, 0),))


@pytest.fixture
def core() -> Iterator[Core]:
    made = Core.detached(1 << 16, cpus=2)
    yield made
    made.close()


def rows(program: CoreProgram) -> list[tuple[int, ...]]:
    """Key, count, sum, minimum, maximum and latest value of each row."""
    packed = program.rows(0)
    return [*zip(*map(packed.columns.column, range(6)), strict=True)]


def test_an_attached_probe_fires_at_its_point_until_it_is_detached(core: Core) -> None:
    program = core.program(COUNTING)
    core.attach(program, 0, Point.GUEST_IRQ)
    assert core.attached(Point.GUEST_IRQ) == 1
    core.fire_point(Point.GUEST_IRQ, args=[3])
    core.fire_point(Point.GUEST_IRQ, args=[3])
    core.fire_point(Point.VMM1HZ)
    core.detach(program)
    core.fire_point(Point.GUEST_IRQ, args=[3])
    assert rows(program) == [(3, 2, 2 * COUNT, COUNT, COUNT, COUNT)]
    program.free()


def test_a_point_that_does_not_exist_is_refused(core: Core) -> None:
    program = core.program(COUNTING)
    with pytest.raises(CoreError, match="no such probe point"):
        core.attach(program, 0, 1000)
    with pytest.raises(CoreError, match="no such probe point"):
        core.attach(program, 0, Point.USEC, where=0)
    program.free()


def test_bytecode_that_leaves_its_bounds_is_refused_with_its_place(core: Core) -> None:
    with pytest.raises(CoreError, match="bytecode at offset 2: operand out of range"):
        core.program(
            ProgramImage(push(1) + index(Op.SET_INTEGER, 5) + bytes([Op.END]), (b"",), probes=(Body(0, 8, 0),))
        )


def test_errors_are_counted_by_their_place(core: Core) -> None:
    program = core.program(DIVIDING)
    for _ in range(3):
        core.fire(program, 0)
    (error,) = program.errors()
    assert (error.probe, error.pc, error.count) == (0, 4, 3)
    stats = program.probe_stats(0)
    assert (stats.hits, stats.errors) == (3, 3)
    program.free()


def test_logged_rows_stay_until_they_are_forgotten(core: Core) -> None:
    image = ProgramImage(
        index(Op.LOG_AGGREGATE, 0) + index(Op.CLEAR_AGGREGATE, 0) + bytes([Op.DROP, Op.DROP, Op.END]) + COUNTING.code,
        COUNTING.literals,
        probes=(Body(0, SLOTS, 0), Body(9, SLOTS, 0)),
        aggregates=COUNTING.aggregates,
    )
    program = core.program(image)
    assert program.logged_rows(0) is None
    core.fire(program, 1, args=[5])
    core.fire(program, 0)
    assert program.rows(0).rows == 0
    logged = program.logged_rows(0)
    assert logged is not None
    assert logged.rows == 1
    program.forget_logged()
    assert program.logged_rows(0) is None
    program.free()


def test_vcpu_state_cannot_be_read_outside_of_a_vcpu(core: Core) -> None:
    assert core.variable(Variable.VCPUID, cpu=1) == 1
    assert core.variable(Variable.NUMVCPUS, cpu=VMX_CONTEXT) == 2
    with pytest.raises(CoreError):
        core.variable(Variable.RIP, cpu=VMX_CONTEXT)
    with pytest.raises(CoreError):
        core.variable(Variable.RIP, cpu=2)


def test_the_log_is_taken_once(core: Core) -> None:
    program = core.program(
        ProgramImage(push(42) + bytes([Op.LOG_INTEGER, Op.DROP, Op.END]), (b"",), probes=(Body(0, SLOTS, 0),))
    )
    core.fire(program, 0)
    core.fire(program, 0)
    assert core.take_log() == b"4242"
    assert core.take_log() == b""
    core.set_log_limit(3)
    core.fire(program, 0)
    core.fire(program, 0)
    assert core.take_log() == b"42"
    assert core.log_dropped() == 2
    program.free()


def test_parts_of_the_log_say_which_firing_wrote_them(core: Core) -> None:
    body = push(42) + bytes([Op.LOG_INTEGER, Op.DROP, Op.END])
    image = ProgramImage(body + body, (b"",), probes=(Body(0, SLOTS, 0), Body(len(body), SLOTS, 0)))
    first, second = core.program(image), core.program(image)
    assert first.serial < second.serial
    core.set_clock(5, 1000)
    core.fire(first, 0, cpu=1)
    core.fire(first, 0, cpu=1)
    core.fire(first, 1, cpu=1)
    core.set_clock(6, 1000)
    core.fire(second, 0, cpu=VMX_CONTEXT)
    text, parts = core.take_printed()
    assert text == b"42424242"
    expected = [(4, 5, first.serial, 0, 1), (2, 5, first.serial, 1, 1), (2, 6, second.serial, 0, 0xFFFF)]
    assert parts == [PrintedPart(*part) for part in expected]
    assert core.take_printed() == (b"", [])
    first.free()
    second.free()

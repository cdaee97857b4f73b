# SPDX-License-Identifier: GPL-2.0-or-later
"""What is bounded in the core: at the bound it works, beyond it what is lost is counted."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from msgspec.structs import replace

from engine.core.binding import Core, CoreError, CoreProgram
from engine.core.points import Point
from engine.core.runtime_errors import RuntimeErrorKind
from engine.probes.image import image_of
from engine.probes.runtime_errors import describe
from engine.vp import Limits, compile_script

PROBES = 32


@contextmanager
def loaded(
    source: str, aggregate_bytes: int = 1 << 20, bag_bytes: int | None = None
) -> Iterator[tuple[Core, CoreProgram]]:
    """A script in a machine without a CPU."""
    compilation = compile_script(source, "limits.vp")
    assert compilation.program is not None, compilation.diagnostics
    core = Core.detached()
    if bag_bytes is not None:
        core.set_bag_limit(bag_bytes)
    program = core.program(replace(image_of(compilation.program), aggregate_bytes=aggregate_bytes))
    try:
        yield core, program
    finally:
        core.detach(program)
        program.free()
        core.close()


COUNTING = "(definteger n)(defaggr a 1 0)(vprobe VMM1Hz (aggr a (n) () 1) (setint n (+ n 1)))"


def test_rows_beyond_an_aggregate_s_memory_are_dropped_and_counted() -> None:
    with loaded(COUNTING, aggregate_bytes=1 << 16) as (core, program):
        core.fire_repeat(program, 0, 5000)
        packed = program.rows(0)
        assert 0 < packed.rows < 5000
        assert packed.rows + packed.dropped == 5000
        keys = tuple(packed.columns.column(0))
        assert keys == tuple(range(packed.rows)), "the first are kept"


def test_known_rows_go_on_being_counted_when_there_is_no_room() -> None:
    source = "(definteger n)(defaggr a 1 0)(vprobe VMM1Hz (aggr a ((& n 1023)) () 1) (setint n (+ n 1)))"
    with loaded(source, aggregate_bytes=1 << 15) as (core, program):
        core.fire_repeat(program, 0, 1024 * 3)
        packed = program.rows(0)
        counts = packed.columns.column(1)
        assert set(counts) == {3}
        assert packed.dropped == 3 * (1024 - packed.rows)


def test_long_keys_count_against_the_memory_too() -> None:
    source = (
        "(definteger n)(defstring s)(defaggr a 0 1)"
        '(vprobe VMM1Hz (sprintf s "%0200d" n) (aggr a () (s) 1) (setint n (+ n 1)))'
    )
    with loaded(source, aggregate_bytes=1 << 16) as (core, program):
        core.fire_repeat(program, 0, 2000)
        packed = program.rows(0)
        assert packed.rows + packed.dropped == 2000
        assert packed.rows * 201 < 1 << 16
        assert packed.arena.count(b"\0") >= packed.rows


def test_clearing_makes_room_again() -> None:
    with loaded(COUNTING, aggregate_bytes=1 << 15) as (core, program):
        core.fire_repeat(program, 0, 5000)
        first = program.rows(0).rows
        program.clear_aggregate(0)
        assert (program.rows(0).rows, program.rows(0).dropped) == (0, 0)
        core.fire_repeat(program, 0, 5000)
        assert program.rows(0).rows == first


def test_bags_share_their_storage() -> None:
    source = (
        "(definteger ok)(defbag a 1000)(defbag b 1000)(vprobe VMM1Hz "
        "(setint ok (+ ok (baginsert a ok 1) (baginsert b ok 2))))"
    )
    with loaded(source, bag_bytes=100 * 16) as (core, program):
        core.fire_repeat(program, 0, 1000)
        fit = program.integer(0, 0)
    with loaded(source, bag_bytes=200 * 16) as (core, program):
        core.fire_repeat(program, 0, 1000)
        assert program.integer(0, 0) == 2 * fit


def test_output_nobody_takes_is_dropped_and_counted() -> None:
    with loaded('(vprobe VMM1Hz (logstr "0123456789"))') as (core, program):
        core.set_log_limit(100)
        core.fire_repeat(program, 0, 15)
        assert core.take_log() == b"0123456789" * 10
        assert core.log_dropped() == 50
        core.fire_repeat(program, 0, 1)
        assert core.take_log() == b"0123456789"


def test_recursion_ends_at_the_stack_and_only_that_firing() -> None:
    source = "(definteger deepest)(defun down (n) (setint deepest n) (+ 1 (down (+ n 1))))(vprobe VMM1Hz (down 1))"
    with loaded(source) as (core, program):
        assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.STACK
        deepest = program.integer(0, 0)
        assert deepest > 50
        assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.STACK
        assert program.integer(0, 0) == deepest, "the stack is empty again for the next firing"


def test_calls_of_one_firing_are_bounded() -> None:
    source = "(defun twice (n) (cond (n (do (twice (- n 1)) (twice (- n 1))))))(vprobe VMM1Hz (twice 60))"
    with loaded(source) as (core, program):
        assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.STEPS


def test_a_machine_takes_32_probes() -> None:
    source = "(vprobe VMM1Hz 1)" * PROBES
    with loaded(source) as (core, program):
        for number in range(PROBES):
            core.attach(program, number, Point.VMM1HZ)
        other = core.program(program.image)
        with pytest.raises(CoreError, match="limited to 32 probes"):
            core.attach(other, 0, Point.VMM1HZ)
        other.free()
        assert core.attached(Point.VMM1HZ) == PROBES


@pytest.mark.parametrize(
    ("fits", "too_much", "code", "words"),
    [
        ("(vprobe VMM1Hz 1)" * 32, "(vprobe VMM1Hz 1)" * 33, "E401", "32"),
        (f"(definteger {'n' * 63})(vprobe VMM1Hz 1)", f"(definteger {'n' * 64})(vprobe VMM1Hz 1)", "E205", "63"),
        (f'(vprobe VMM1Hz (logstr "{"x" * 255}"))', f'(vprobe VMM1Hz (logstr "{"x" * 256}"))', "E403", "255"),
        ("(defbag b 67108864)(vprobe VMM1Hz 1)", "(defbag b 67108865)(vprobe VMM1Hz 1)", "E406", "67108864"),
        ("(defaggr a 255 0)(vprobe VMM1Hz 1)", "(defaggr a 256 0)(vprobe VMM1Hz 1)", "E406", "255"),
    ],
)
def test_limits_of_the_compiler(fits: str, too_much: str, code: str, words: str) -> None:
    assert compile_script(fits).program is not None
    refused = [found for found in compile_script(too_much).diagnostics if found.code.startswith("E")]
    assert [found.code for found in refused] == [code]
    assert words in refused[0].message + refused[0].expected


def test_a_condition_may_span_as_much_as_a_program_may_have() -> None:
    """A jump over more than half of the 64 KiB."""
    body = "(setint x (+ x 0x1122334455667788))" * 3800
    source = f"(definteger x)(vprobe VMM1Hz (cond (x (do {body})) (1 (setint x 7))))"
    compilation = compile_script(source, limits=Limits(code_bytes=65536))
    assert compilation.program is not None, compilation.diagnostics
    assert len(compilation.program.code) > 60000
    core = Core.detached()
    program = core.program(image_of(compilation.program))
    assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.NONE
    assert program.integer(0, 0) == 7
    assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.NONE
    assert program.integer(0, 0) == 7 + 3800 * 0x1122334455667788 & (1 << 64) - 1
    program.free()
    core.close()


def test_recursion_says_which_limit_it_met() -> None:
    narrow = "(defun f () (g))(defun g () (f))(vprobe VMM1Hz (f))"
    wide = "(defun f (a b c d) (+ 1 2 (f a b c d)))(vprobe VMM1Hz (f 1 2 3 4))"
    for source, words in ((narrow, "more than 512 nested calls"), (wide, "of the 16384-byte VP stack")):
        with loaded(source) as (core, program):
            assert RuntimeErrorKind(core.fire(program, 0)) is RuntimeErrorKind.STACK
            (error,) = program.errors()
            assert words in describe(error.kind, error.detail)


def test_the_size_of_bytecode_is_bounded() -> None:
    def script(statements: int) -> str:
        return "(definteger x)(vprobe VMM1Hz " + "(setint x 0x1122334455667788)" * statements + ")"

    small, large = script(100), script(2000)
    assert compile_script(small).program is not None
    refused = compile_script(large).diagnostics
    assert [found.code for found in refused] == ["E402"]
    assert "8192" in refused[0].message + refused[0].expected
    assert compile_script(large, limits=Limits(code_bytes=65536)).program is not None

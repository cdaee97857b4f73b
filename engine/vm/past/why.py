# SPDX-License-Identifier: GPL-2.0-or-later
"""Which firing gave a row its largest value?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from engine.vm.past.checkpoint import scout
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import FiredProbe, Origin, Why
from engine.vm.past.search import Walk, last_before, step_to_next

if TYPE_CHECKING:
    from engine.vm.session import GuestSession

_WINDOWS = 20
"""Looks at the row per guest second."""
_BLOCKWISE = 50_000
"""Part of a guest second that may be run block by block."""


def origin_of(vm: GuestSession, question: Why, until: int) -> Origin:
    """Run to the block in which a row got its largest value up to a tick; its script is loaded.

    Raises:
        PastError: the row was never there.
    """
    value, first, last = json.loads(scout(lambda: _window(vm, question, until)))
    if value < 0:
        raise PastError(f"{question.aggregate} has no such row in these seconds")
    vm.run_to(first)
    end = int(scout(lambda: _end_of_block(vm, question, value, last)))
    blocks = Walk(lambda: vm.ticks, vm.run_to, lambda: vm.blocks, vm.tsc_hz // _BLOCKWISE)
    begin = last_before(blocks, end)
    vm.run_to(begin)
    tick, block, hits = vm.ticks, vm.blocks, [probe.hits for probe in vm.probes(question.name)]
    vm.run_to(end)
    fired = (
        FiredProbe(probe.name, probe.line)
        for probe, before in zip(vm.probes(question.name), hits, strict=True)
        if probe.hits > before
    )
    start = tick - value * question.ticks if question.ticks else tick
    return Origin(tick, block, max(0, start), value, tuple(fired))


def _window(vm: GuestSession, question: Why, until: int) -> bytes:
    """The largest value, and the ticks between two looks in which it came, as JSON; -1 when there is no such row."""
    best, first, last = -1, 0, 0
    width = vm.tsc_hz // _WINDOWS
    while (here := vm.ticks) < until:
        vm.run_to(min((here // width + 1) * width, until))
        value = _largest(vm, question)
        if value > best:
            best, first, last = value, here, vm.ticks
    return json.dumps([best, first, last]).encode()


def _end_of_block(vm: GuestSession, question: Why, value: int, last: int) -> bytes:
    def reached() -> int:
        return int(_largest(vm, question) >= value)

    step_to_next(Walk(lambda: vm.ticks, vm.run_to, reached, vm.tsc_hz // _BLOCKWISE), last)
    return str(vm.ticks).encode()


def _largest(vm: GuestSession, question: Why) -> int:
    """The row's largest value, now or when it was logged since the last look; -1 when it is not there."""
    integers, strings = tuple(question.integers), tuple(question.strings)
    return max(
        (
            row.max
            for rows in vm.rows_now(question.name, question.aggregate)
            for row in rows
            if row.integers == integers and row.strings == strings
        ),
        default=-1,
    )

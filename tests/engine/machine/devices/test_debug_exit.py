# SPDX-License-Identifier: GPL-2.0-or-later
"""The exit port of test suites."""

from __future__ import annotations

import pytest

from engine.machine.devices.debug_exit import PORT, DebugExit
from tests.engine.machine.bench import Bench


@pytest.mark.parametrize("size", [1, 2, 4])
def test_a_write_of_any_width_ends_the_run(bench: Bench, size: int) -> None:
    stops: list[None] = []
    port = DebugExit(bench.ports, lambda: stops.append(None))
    bench.ports.write(PORT, size, 0)
    assert (port.value, len(stops)) == (0, 1)


def test_a_guest_that_has_not_finished_has_no_value(bench: Bench) -> None:
    assert DebugExit(bench.ports, lambda: None).value is None


def test_the_first_value_counts(bench: Bench) -> None:
    port = DebugExit(bench.ports, lambda: None)
    bench.outl(PORT, 77)
    bench.outl(PORT, 1)
    port.reset()
    assert (port.value, port.counts["exits"]) == (77, 1)
    assert bench.inl(PORT) == 0

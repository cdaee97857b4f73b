# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled kernel's tables, read from its memory."""

from __future__ import annotations

import pytest

from engine.core.binding import Core
from engine.guest import bundled
from engine.guest.bundled_tables import guest_counters, process_table
from engine.machine.machine import Machine


def test_ticks_of_all_processes_are_the_timer_s_interrupts() -> None:
    with Machine(bundled.DISK_IMAGE) as machine:
        machine.run_seconds(0.7)
        table = process_table(machine.core, bundled.symbols())
        counters = guest_counters(machine.core, bundled.symbols())
    assert len({process.pid for process in table}) == len(table)
    assert sum(process.counts["ticks"] for process in table) == counters.totals["ticks"] == counters.interrupts[0] > 0
    assert counters.totals["page faults"] == counters.exceptions[14] > 0


def test_before_the_kernel_runs_there_is_nothing() -> None:
    core = Core.detached()
    assert process_table(core, bundled.symbols()) == []
    with pytest.raises(LookupError, match="not there yet"):
        guest_counters(core, bundled.symbols())
    core.close()

# SPDX-License-Identifier: GPL-2.0-or-later
"""What is known of the bundled guest."""

from __future__ import annotations

import pytest

from engine.core.binding import Core
from engine.guest.bundled import BundledGuest, symbols
from engine.guest.guest import PRELUDE_FILE
from engine.machine.machine import Machine
from engine.vm.boot_media import boot_media
from engine.vm.options import PowerOn
from engine.vp import Prelude, compile_script


def test_its_prelude_knows_the_current_process() -> None:
    script = '(vprobe In (printf "%d %s\\n" (curpid) (curprocname)))'
    assert compile_script(script, prelude=Prelude(PRELUDE_FILE, BundledGuest().prelude)).diagnostics == ()


def test_its_processes_and_stack_are_read_from_memory() -> None:
    guest, media = BundledGuest(), boot_media(PowerOn())
    with Machine(media.disk) as machine:
        assert guest.processes(machine.core) == []
        machine.run_seconds(0.5)
        found = {process.name: process for process in guest.processes(machine.core)}
        assert {"sh", "lisp", "cron"} <= found.keys()
        assert sum(process.counts["ticks"] for process in found.values()) > 0
        stack = guest.stack(machine.core)
        assert len(stack.addresses) >= 1
        assert machine.core.variable(0) == stack.addresses[0]
        assert not guest.update(machine.core)


def test_nothing_is_there_in_an_empty_machine() -> None:
    core = Core.detached()
    assert BundledGuest().processes(core) == []
    core.close()


@pytest.mark.parametrize("name", ["start", "process_table", "guest_counters"])
def test_its_kernel_has_these_symbols(name: str) -> None:
    assert symbols()[name] >> 32 == 0xFFFFFFFF

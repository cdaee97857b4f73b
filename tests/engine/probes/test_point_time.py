# SPDX-License-Identifier: GPL-2.0-or-later
"""USEC, VMM1Hz, VMM10Hz and VMX1Hz by guest time; the probes of loading and unloading."""

from __future__ import annotations

import pytest

from engine.core.registers import Register
from tests.engine.probes.small import STOP, covers, guest

BUSY = "1: incq 0x300000\n jmp 1b\n"
HALTED = "1: sti\n hlt\n jmp 1b\n"
BLOCK = 2000
"""ticks by which a block may be late: some 200 bytes of code, or a port access"""
PERIODS = {"VMM1Hz": 1_000_000, "VMM10Hz": 100_000, "VMX1Hz": 1_000_000}


@pytest.mark.parametrize("name", PERIODS)
@pytest.mark.parametrize("source", [BUSY, HALTED, STOP], ids=["busy", "halted", "for good"])
@covers(*PERIODS)
def test_parts_of_a_guest_second_since_power_on(name: str, source: str) -> None:
    """A tick is a nanosecond."""
    with guest(source, f'(vprobe {name} (printf "%d\\n" TSC))') as watched:
        watched.run(2.05)
        period = PERIODS[name] * 1000
        late = [tick - period * (n + 1) for n, (tick,) in enumerate(watched.numbers)]
        assert len(late) == 2_050_000_000 // period
        assert all(0 <= ticks < BLOCK for ticks in late)
        if source == STOP:
            assert set(late) == {0}


@pytest.mark.parametrize("microseconds", [1, 3, 7, 997, 333333])
@covers("USEC")
def test_microseconds_without_drift(microseconds: int) -> None:
    """From the moment it was loaded on, each in its time, however long it runs."""
    with guest(BUSY) as watched:
        watched.run(0.0101)
        begun = watched.machine.ticks
        watched.load(f"(vprobe USEC:{microseconds} 0)")
        watched.run(0.7)
        passed = watched.machine.ticks - begun
        assert watched.hits() == passed // (microseconds * 1000)


@covers("USEC")
def test_each_microsecond_is_at_its_time() -> None:
    with guest(BUSY) as watched:
        watched.run(0.000_1003)
        begun = watched.machine.ticks
        watched.load('(vprobe USEC:10 (printf "%d\\n" TSC))')
        watched.run(0.02)
        late = [tick - begun - 10_000 * (n + 1) for n, (tick,) in enumerate(watched.numbers)]
        assert len(late) == 2000
        assert all(0 <= ticks < BLOCK for ticks in late)


def test_periods_do_not_change_the_guest_s_time() -> None:
    ticks = []
    for script in ("", "(vprobe USEC:1 0) (vprobe USEC:13 0) (vprobe VMM10Hz 0)"):
        with guest(BUSY, script) as watched:
            watched.run(0.3)
            ticks.append((watched.machine.ticks, watched.machine.counters().blocks, watched.result()))
    assert ticks[0] == ticks[1]


@pytest.mark.parametrize(
    ("name", "ticks"), [("TIMER:300usec", 300_000), ("PROFILE:2msec", 2_000_000), ("VMX:TIMER:7msec", 7_000_000)]
)
@covers("TIMER", "PROFILE", "VMX:TIMER")
def test_periods_with_a_unit(name: str, ticks: int) -> None:
    with guest(BUSY, f'(vprobe {name} (printf "%d %d\\n" TSC THREADID))') as watched:
        watched.run(0.05)
        late = [tick - ticks * (n + 1) for n, (tick, _) in enumerate(watched.numbers)]
        assert len(late) == 50_000_000 // ticks
        assert all(0 <= one < BLOCK for one in late)
        assert {thread for _, thread in watched.numbers} == {int(name.startswith("VMX"))}


@covers("VMMLoad", "VMMUnload", "VMXLoad", "VMXUnload")
def test_loading_and_unloading() -> None:
    """Once for each VCPU, and once outside; when another script comes or goes, nothing."""
    script = """
    (vprobe VMMLoad (printf "1 %d 0x%x %d %d\\n" VCPUID RIP TSC THREADID))
    (vprobe VMMUnload (printf "2 %d 0x%x %d %d\\n" VCPUID RIP TSC THREADID))
    (vprobe VMXLoad (printf "3 %d %d\\n" TSC THREADID))
    (vprobe VMXUnload (printf "4 %d %d\\n" TSC THREADID))
    """
    with guest(BUSY) as watched:
        machine = watched.machine
        watched.run()
        loaded, rip = machine.ticks, machine.cpus[0][Register.RIP]
        watched.load(script)
        assert watched.numbers == [(1, 0, rip, loaded, 0), (3, loaded, 1)]
        watched.load("(vprobe VMM1Hz 0)", "other")
        watched.run()
        watched.host.unload("other")
        assert len(watched.lines) == 2
        ended, rip = machine.ticks, machine.cpus[0][Register.RIP]
        watched.host.unload("script.vp")
        assert watched.numbers[2:] == [(2, 0, rip, ended, 0), (4, ended, 1)]
        watched.run()
        assert len(watched.lines) == 4


def test_there_is_no_vcpu_state_when_it_loads_outside() -> None:
    with guest(STOP, "(defun where () RIP) (vprobe VMXLoad (where))") as watched:
        assert watched.errors() == ["RIP is VCPU state: no access to it on non-vcpu vmx threads"]

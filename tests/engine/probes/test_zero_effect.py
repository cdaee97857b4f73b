# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes see everything and change nothing: the guest runs alike with and without them, and twice alike."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pytest
from capstone import CS_ARCH_X86, CS_MODE_64, Cs

from engine import VirtualMachine
from engine.guest import bundled
from engine.vp.tables.probes import POINTS
from tests.guestimg.guest import code, functions

SECONDS = 60
SHORT = 6
BILLION = 10**9
TICKS_PER_BYTE = 8
PORT_TICKS = 1000
ADDRESS = {
    "USEC": "997",
    "TIMER": "1009usec",
    "PROFILE": "3msec",
    "VMX:TIMER": "1013usec",
    "GUEST": "{schedule:#x}",
    "GUEST:ENTER": "{schedule:#x}",
    "GUEST:EXIT": "{schedule:#x}",
    "GUEST:STEP": "{schedule:#x}",
    "GUEST:OFFSET": "{schedule:#x}:0",
    "GUEST_READ": "{guest_counters:#x}",
    "GUEST_WRITE": "{guest_counters:#x}",
}
"""What follows the name of a point that takes an address or a time."""
OUTSIDE = tuple(name for name, row in POINTS.items() if row.vmx)
"""Points that fire outside any VCPU."""


def points() -> list[str]:
    """Each kind of point there is, by a name that a script can use."""
    symbols = bundled.symbols()
    numbers = {
        name: text.format(**{key: symbols[key] for key in ("schedule", "guest_counters")})
        for name, text in ADDRESS.items()
    }
    return [f"{name}:{numbers[name]}" if name in numbers else name for name in POINTS]


def script(names: list[str]) -> str:
    """Probes at these points that read, count and print, and go wrong at times."""
    probes = "\n".join(
        f"(vprobe {name} (aggr fired (TSC) (PROBENAME) 1))"
        if name.startswith(OUTSIDE)
        else f"(vprobe {name} (aggr fired (RIP) (PROBENAME) 1) (gueststack stack) (setint n (+ n (getguest RSP))))"
        for name in names
    )
    return f"(defaggr fired 1 1)\n(defstring stack)\n(definteger n)\n{probes}\n"


HALVES = 2
"""All points do not fit into one machine's 32 probes, so every second one goes into the other half."""


def half(number: int) -> str:
    """The script with one half of all points."""
    return script(points()[number::HALVES])


@dataclass(frozen=True)
class Seen:
    """A run: what can be seen of the guest from outside, what the scripts said of it, how often they fired."""

    guest: tuple[object, ...]
    scripts: tuple[str, ...]
    """of each second, a digest of every byte printed, every row and every run-time error until then"""
    hits: int
    code_bytes: int
    """length of all instructions the guest executed; a tick a nanosecond, a port access a microsecond"""


def observed(source: str, seconds: int = SECONDS, reload_each_second: bool = False) -> Seen:
    """Run the bundled guest with a script, or with none."""
    said = hashlib.sha256()
    digests = []
    with VirtualMachine.bundled(seed=7) as vm:
        if source:
            vm.load(source, "all.vp")
        frames = []
        for second in range(seconds):
            frames += list(vm.frames(1))
            last = frames[-1]
            said.update(repr((last.log, last.aggregates, last.errors)).encode())
            digests.append(said.hexdigest())
            if reload_each_second and second % 2:
                vm.unload("all.vp")
            elif reload_each_second:
                vm.load(source, "all.vp", replace="all.vp" if vm.scripts else "")
        hits = sum(probe.hits for script in last.scripts for probe in script.probes)
        console = "".join(frame.console for frame in frames)
        registers = [vcpu.registers for vcpu in last.vcpus]
        done = vm._machine.counters()
        busy = done.ticks - done.halted_ticks - PORT_TICKS * (done.port_reads + done.port_writes)
        digest = hashlib.sha256(vm._machine.memory.read(0, vm.ram_bytes)).hexdigest()
        guest = (last.tsc, last.blocks, last.interrupts, console, last.devices, last.screen, registers, done, digest)
        return Seen(guest, tuple(digests), hits, busy // TICKS_PER_BYTE)


@pytest.fixture(scope="module")
def alone() -> Seen:
    """The guest without any script."""
    return observed("")


def test_a_billion_instructions_are_executed(alone: Seen) -> None:
    """Those of the kernel and of the programs are shorter than five bytes on average."""
    lengths = []
    decoder = Cs(CS_ARCH_X86, CS_MODE_64)
    for function in functions():
        lengths += [size for _, size, _, _ in decoder.disasm_lite(code(function), 0)]
    assert sum(lengths) < 5 * len(lengths)
    assert alone.code_bytes > 5 * BILLION


@pytest.mark.parametrize("number", range(HALVES))
def test_every_kind_of_probe_leaves_the_guest_alone_and_says_the_same_again(alone: Seen, number: int) -> None:
    """In every byte of RAM, every register, every counter."""
    watched = observed(half(number))
    assert watched.guest == alone.guest
    assert watched.hits > 100_000
    again = observed(half(number), SHORT)
    assert again.scripts == watched.scripts[:SHORT]


def test_loading_and_unloading_while_it_runs_leaves_the_guest_alone() -> None:
    assert observed(half(0), SHORT, reload_each_second=True).guest == observed("", SHORT).guest

# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes see everything and change nothing: the guest runs alike with and without them, and twice alike."""

from __future__ import annotations

import pytest

from engine import VirtualMachine
from engine.guest import bundled
from engine.vp.tables.probes import POINTS

SECONDS = 6
ADDRESS = {
    "USEC": "997",
    "GUEST": "{schedule:#x}",
    "GUEST:ENTER": "{schedule:#x}",
    "GUEST:EXIT": "{schedule:#x}",
    "GUEST:OFFSET": "{schedule:#x}:0",
    "GUEST_READ": "{guest_counters:#x}",
    "GUEST_WRITE": "{guest_counters:#x}",
}
"""What follows the name of a point that takes an address or a time."""


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
        if name in POINTS and POINTS[name].vmx
        else f"(vprobe {name} (aggr fired (RIP) (PROBENAME) 1) (gueststack stack) (setint n (+ n (getguest RSP))))"
        for name in names
    )
    return f"(defaggr fired 1 1)\n(defstring stack)\n(definteger n)\n{probes}\n"


HALVES = 2
"""All points do not fit into one machine's 32 probes, so every second one goes into the other half."""


def half(number: int) -> str:
    """The script with one half of all points."""
    return script(points()[number::HALVES])


def observed(source: str, reload_each_second: bool = False) -> tuple[tuple[object, ...], int]:
    """What can be seen of the guest from outside, and how often probes fired."""
    with VirtualMachine.bundled(seed=7) as vm:
        if source:
            vm.load(source, "all.vp")
        frames = []
        for second in range(SECONDS):
            frames += list(vm.frames(1))
            if reload_each_second and second % 2:
                vm.unload("all.vp")
            elif reload_each_second:
                vm.load(source, "all.vp", replace="all.vp" if vm.scripts else "")
        last = frames[-1]
        hits = sum(probe.hits for script in last.scripts for probe in script.probes)
        console = "".join(frame.console for frame in frames)
        registers = [vcpu.registers for vcpu in last.vcpus]
        return (last.tsc, last.blocks, last.interrupts, console, last.devices, last.screen, registers), hits


@pytest.fixture(scope="module")
def alone() -> tuple[object, ...]:
    """The guest without any script."""
    return observed("")[0]


@pytest.mark.parametrize("number", range(HALVES))
def test_every_kind_of_probe_leaves_the_guest_alone(alone: tuple[object, ...], number: int) -> None:
    watched, hits = observed(half(number))
    assert watched == alone
    assert hits > 1000


def test_loading_and_unloading_while_it_runs_leaves_the_guest_alone(alone: tuple[object, ...]) -> None:
    assert observed(half(0), reload_each_second=True)[0] == alone


def test_two_runs_are_the_same_in_every_byte() -> None:
    def frames() -> list[object]:
        with VirtualMachine.bundled(seed=7) as vm:
            vm.load(half(1), "half.vp")
            return [
                (frame.tsc, frame.blocks, frame.log, frame.aggregates["fired"], frame.errors) for frame in vm.frames(4)
            ]

    assert frames() == frames()

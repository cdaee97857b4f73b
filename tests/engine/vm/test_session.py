# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine with its scripts, in this process."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from engine import VirtualMachine, VptopError
from engine.core.binding import Core
from engine.guest.guest import StaticGuest
from engine.probes import frame_json
from engine.probes.script_host import NotLoadedError
from engine.vm.boot_media import prelude_of
from engine.vm.past.checkpoint import scout
from engine.vm.past.messages import Unit
from engine.vm.past.search import Walk, step_to_next

COUNT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))\n"


EVENTS = (
    "(vprobe Guest_IRQ 1)(vprobe Guest_PF 1)(vprobe Disk_IOStart 1)(vprobe Disk_IOFinish 1)(vprobe HV_Exit 1)"
    "(vprobe TIMER:13msec 1)(vprobe VMX1Hz 1)"
)


@pytest.fixture
def vm() -> Iterator[VirtualMachine]:
    with VirtualMachine.bundled() as made:
        yield made


def test_unload_takes_what_load_returned(vm: VirtualMachine) -> None:
    script = vm.load(COUNT)
    vm.unload(script)
    assert vm.scripts == ()
    with pytest.raises(NotLoadedError, match=r"no script named script\.vp is loaded"):
        script.unload()


def test_unload_of_a_name_that_is_not_there_names_the_nearest(vm: VirtualMachine) -> None:
    vm.load(COUNT, "count.vp")
    with pytest.raises(VptopError, match=r"no script named coun\.vp is loaded; did you mean count\.vp\?"):
        vm.unload("coun.vp")
    assert [script.name for script in vm.scripts] == ["count.vp"]


def test_two_scripts_with_one_aggregate_name_keep_their_own_rows(vm: VirtualMachine) -> None:
    first, second = vm.load(COUNT, "one.vp"), vm.load(COUNT.replace("(ARG0) () 1", "(ARG0) () 5"), "two.vp")
    vm.run(0.1)
    ours, theirs = list(first.aggregates["irqs"]), list(second.aggregates["irqs"])
    assert ours
    assert [(row.integers, row.count) for row in ours] == [(row.integers, row.count) for row in theirs]
    assert {row.latest for row in ours} == {1}
    assert {row.latest for row in theirs} == {5}
    told = json.loads(frame_json.encode(vm.latest))["aggregates"]
    assert [(key, one["script"], one["name"]) for key, one in told.items()] == [
        ("irqs", "one.vp", "irqs"),
        ("irqs (two.vp)", "two.vp", "irqs"),
    ]
    vm.unload(first)
    assert [row.count for row in second.aggregates["irqs"]] == [row.count for row in theirs]


class Learner(StaticGuest):
    """Says after two guest seconds who is running."""

    def __init__(self) -> None:
        super().__init__("unknown", "(defun curpid () 1)")
        self.asked = 0

    def update(self, core: Core) -> bool:
        self.asked += 1
        if self.asked != 2:
            return False
        self.name, self.prelude = "known", "(defun curpid () 2)"
        return True


def test_scripts_are_compiled_anew_when_more_of_the_guest_is_known(vm: VirtualMachine) -> None:
    vm.guest = Learner()
    vm._host.set_prelude(prelude_of(vm.guest))
    script = vm.load("(defaggr pids 1 0) (vprobe Guest_IRQ (aggr pids ((curpid)) () 1))", "pids.vp")
    other = vm.load(COUNT, "other.vp")
    before, after = vm.frames(1), vm.frames(2)
    assert [row.integers for frame in before for row in script.aggregates["pids"]] == [(1,)]
    counted = next(iter(script.aggregates["pids"])).count
    list(after)
    assert {row.integers for row in script.aggregates["pids"]} == {(1,), (2,)}
    assert next(iter(script.aggregates["pids"])).count >= counted
    assert [(loaded.name, loaded.generation) for loaded in vm.scripts] == [("pids.vp", 1), ("other.vp", 1)]
    assert (vm.guest.name, vm.guest_version, other.generation) == ("known", 1, 1)


def test_a_run_ends_with_the_block_of_the_next_event(vm: VirtualMachine) -> None:
    """As a search does that runs block by block."""
    vm.run(1.3)
    vm.load(EVENTS)
    units: tuple[Unit, ...] = ("block", "interrupt", "firing")
    for unit in units:
        walk = _walk(vm, unit)
        searched = _places(vm, lambda walk=walk: step_to_next(walk, vm.ticks + vm.tsc_hz))  # type: ignore[misc]
        assert _places(vm, lambda unit=unit: vm.run_to_next(unit, vm.ticks + vm.tsc_hz)) == searched  # type: ignore[misc]
        assert len({tuple(place[:2]) for place in searched}) == len(searched)


def test_a_run_to_an_event_that_does_not_come_ends_at_its_tick(vm: VirtualMachine) -> None:
    vm.run(1)
    vm.load("(vprobe TIMER:500msec 1)")
    assert not vm.run_to_next("firing", vm.ticks + vm.tsc_hz // 4)
    assert vm.ticks / vm.tsc_hz == pytest.approx(1.25, abs=1e-5)
    assert vm.run_to_next("firing", vm.ticks + vm.tsc_hz)
    assert vm.ticks / vm.tsc_hz == pytest.approx(1.5, abs=1e-5)
    vm.run(1)  # it is not awaited any more
    assert vm.seconds == pytest.approx(2.5, abs=1e-5)


def _walk(vm: VirtualMachine, unit: Unit) -> Walk:
    return Walk(lambda: vm.ticks, vm.run_to, lambda: vm.events(unit), vm.tsc_hz // 50_000)


def _places(vm: VirtualMachine, step: Callable[[], object]) -> list[list[int]]:
    """Ticks, blocks and RIPs after each of 5 steps, which a copy of the machine makes."""

    def measure() -> bytes:
        places = []
        for _ in range(5):
            step()
            places.append([vm.ticks, vm.blocks, *(cpu.rip for cpu in vm.frame().vcpus)])
        return json.dumps(places).encode()

    found: list[list[int]] = json.loads(scout(measure))
    return found

# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever text is loaded into a running machine: it is in as a whole, or nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import HealthCheck, given, settings

from engine import ScriptRefused, VirtualMachine
from engine.core.binding import Core
from engine.probes.script_host import ScriptHost, runtime_faults
from engine.vp import Limits, Prelude
from tests.engine.probes.small import guest
from tests.engine.vp.properties.scripts import damaged_scripts

RUNNING = "(defaggr ticks 0 0)\n(vprobe VMM10Hz (aggr ticks () () 1))\n"


@pytest.fixture(scope="module")
def vm() -> Iterator[VirtualMachine]:
    with VirtualMachine.bundled(seed=2) as vm:
        vm.load(RUNNING, "running.vp")
        vm.run(0.5)
        yield vm


def hits(vm: VirtualMachine) -> int:
    """Firings of the script that runs all the time."""
    return next(script.probes[0].hits for script in vm.frame().scripts if script.name == "running.vp")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(damaged_scripts())
def test_all_or_nothing(vm: VirtualMachine, text: str) -> None:
    before = hits(vm)
    try:
        loaded = vm.load(text, "damaged.vp")
    except ScriptRefused:
        assert [script.name for script in vm.scripts] == ["running.vp"]
    else:
        assert [script.name for script in vm.scripts] == ["running.vp", "damaged.vp"]
        vm.run(0.01)
        loaded.unload()
    assert [script.name for script in vm.frame().scripts] == ["running.vp"]
    vm.run(0.1)
    assert hits(vm) - before in (1, 2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=40)
@given(damaged_scripts())
def test_replacing_in_place_keeps_what_ran_when_it_is_refused(vm: VirtualMachine, text: str) -> None:
    try:
        vm.load(text, "running.vp", replace="running.vp")
    except ScriptRefused:
        before = hits(vm)
        vm.run(0.1)
        assert hits(vm) == before + 1
    else:
        vm.load(RUNNING, "running.vp", replace="running.vp")
    assert [script.name for script in vm.scripts] == ["running.vp"]


# --- with a small guest ---

COUNTER = "(definteger n) (vprobe In (setint n (+ n 1)))"
LIFE = """
(vprobe VMMLoad (printf "vmm load\\n")) (vprobe VMXLoad (printf "vmx load\\n"))
(vprobe VMMUnload (printf "vmm unload\\n")) (vprobe VMXUnload (printf "vmx unload\\n"))
"""
READER = "1: inb $0x60, %al\n jmp 1b"


def test_loading_and_unloading_fire_their_own_probes() -> None:
    with guest(READER, LIFE) as watched:
        watched.host.load("other.vp", COUNTER)
        assert watched.lines == ["vmm load", "vmx load"]
        watched.host.unload("script.vp")
        assert watched.lines[2:] == ["vmm unload", "vmx unload"]
        assert [script.name for script in watched.host.scripts] == ["other.vp"]


def test_names_are_taken_once() -> None:
    with guest(READER, COUNTER) as watched:
        with pytest.raises(ScriptRefused, match=r"script\.vp is already loaded"):
            watched.load(COUNTER)
        with pytest.raises(ScriptRefused, match="nothing to replace"):
            watched.host.load("x.vp", COUNTER, replace="y.vp")
        assert watched.host.reset() == 1
        assert watched.host.reset() == 0


def test_errors_made_in_being_unloaded_are_kept_for_the_next_frame() -> None:
    with guest(READER, "(definteger zero) (vprobe VMMUnload (/ 1 zero))") as watched:
        watched.host.unload("script.vp")
        (fault,) = watched.host.take_last_faults()
        assert (fault.script, fault.probe, fault.count) == ("script.vp", "VMMUnload", 1)
        assert watched.host.take_last_faults() == ()


def test_a_refused_script_names_its_errors_with_their_places() -> None:
    with guest(READER) as watched, pytest.raises(ScriptRefused) as refusal:
        watched.load("(vprobe In (setint n 1))")
    assert refusal.value.message == "script.vp was not loaded: 1 error"
    assert "script.vp:1:20" in str(refusal.value)


def test_more_that_is_known_of_the_guest_does_not_load_a_script_anew() -> None:
    known = Prelude("<prelude>", "", {"read": 4, "write": 8})
    with closing(Core.detached()) as core:
        host = ScriptHost(core, 1, Prelude("<prelude>", "", {"read": 4}), Limits())
        host.load("a.vp", "(vprobe GUEST:ENTER:read 1) (vprobe VMMUnload (/ 1 0))")
        before = host.scripts[0].core
        host.set_prelude(known)
        assert host.scripts[0].core is before
        assert not runtime_faults(host.scripts[0])
        host.reset()


def test_a_script_goes_on_when_the_guest_runs_elsewhere() -> None:
    text = "(definteger zero) (definteger n) (vprobe GUEST:ENTER:read (setint n (+ n 1)) (/ 1 zero))"
    with closing(Core.detached()) as core:
        host = ScriptHost(core, 1, Prelude("<prelude>", "", {"read": 4}), Limits())
        host.load("a.vp", text)
        for address in (4, 8):
            host.set_prelude(Prelude("<prelude>", "", {"read": address}))
            (script,) = host.scripts
            core.fire(script.core, 0)
        assert (script.generation, script.program.probes[0].point.where, script.core.integer(0, 1)) == (1, 8, 2)
        stats = script.core.probe_stats(0)
        assert (stats.hits, stats.errors) == (2, 2)
        assert [(fault.message, fault.count) for fault in runtime_faults(script)] == [("division by zero", 2)]
        host.reset()


def test_what_was_compiled_for_another_prelude_is_compiled_again() -> None:
    old, new = (Prelude("<prelude>", f"(defun answer () {number})") for number in (1, 2))
    with closing(Core.detached()) as core:
        host = ScriptHost(core, 1, old, Limits())
        compiled = host.compile_job("a.vp", "(definteger x)\n(vprobe VMM1Hz (setint x (answer)))").compile()
        host.set_prelude(new)
        loaded = host.load_compiled(compiled)
        core.fire(loaded.core, 0)
        assert loaded.core.integer(0, 0) == 2
        host.reset()

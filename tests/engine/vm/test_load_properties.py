# SPDX-License-Identifier: GPL-2.0-or-later
"""Whatever text is loaded into a running machine: it is in as a whole, or nothing has changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from engine import ScriptRefused, VirtualMachine
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

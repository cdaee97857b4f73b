# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual machine in this very process."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from engine import VirtualMachine, VptopError
from engine.probes import frame_json
from engine.probes.script_host import NotLoadedError

COUNT = "(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))\n"


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

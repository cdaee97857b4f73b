# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment is stepped both ways."""

from __future__ import annotations

import pytest

from engine import VirtualMachine
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Unit
from engine.vm.past.past import VisitedPast
from tests.engine.vm.past.history import HZ

SCRIPT = "(vprobe Disk_IOStart 1)"


@pytest.mark.parametrize("unit", ["block", "interrupt", "firing", "second"])
def test_steps_backward_undo_steps_forward(kept: VirtualMachine, unit: Unit) -> None:
    with kept.past().at(6.62, SCRIPT) as moment:
        forward = [_where(moment.step(unit)) for _ in range(4)]
        backward = [_where(moment.step(unit, backward=True)) for _ in range(3)]
    assert backward == forward[2::-1]
    assert sorted(set(forward)) == forward


def _where(view: object) -> tuple[int, int, int]:
    return view.tick, view.block, view.frame.vcpus[0].rip  # type: ignore[attr-defined]


def test_a_block_is_one_block(kept: VirtualMachine) -> None:
    with kept.past().at(5.2) as moment:
        block = moment.view.block
        assert [moment.step().block for _ in range(3)] == [block + 1, block + 2, block + 3]
        assert [moment.step(backward=True).block for _ in range(4)] == [block + 2, block + 1, block, block - 1]


def test_an_interrupt_is_the_next_that_a_script_sees(kept: VirtualMachine) -> None:
    log = kept.past(0.2, until=5.2).load('(vprobe Guest_IRQ (printf "%d\\n" TSC))').log
    ticks = [int(line) for line in log.split()]
    with kept.past().at_tick(5 * HZ) as moment:
        for tick in ticks[:3]:
            assert moment.step("interrupt").tick == pytest.approx(tick, abs=2000)


def test_there_is_nothing_before_the_checkpoint(kept: VirtualMachine) -> None:
    with kept.past().at(6.001) as moment:
        for second in (6, 5, 4):
            assert moment.step("second", backward=True).frame.guest_seconds == pytest.approx(second, abs=1e-5)
        with pytest.raises(PastError, match="no earlier moment since the checkpoint at 4 s"):
            moment.step("second", backward=True)
        assert moment.step().tick > 4 * HZ  # it goes on


def test_the_end_of_the_known_past_is_said(kept: VirtualMachine) -> None:
    with kept.past().at(11.9) as moment:
        moment.step("second")
        assert moment.step("second").note == "no later second in the past that is known"


def test_a_visit_is_a_moment_of_the_live_machine(kept: VirtualMachine) -> None:
    with kept.past().at(12) as moment:
        assert isinstance(moment, VisitedPast)
        here = kept.frame()
        assert moment.view.block == here.blocks
        assert moment.view.frame.vcpus == here.vcpus
        assert moment.view.frame.screen == here.screen
        assert list(moment.view.stacks[0]) == kept.stack()
        rip = here.vcpus[0].rip
        assert moment.read(rip, 64) == kept.read_memory(rip, 64) != b""
        assert moment.read(0x7FFF_0000_0000, 8) == b""

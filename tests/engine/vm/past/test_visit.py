# SPDX-License-Identifier: GPL-2.0-or-later
"""A visited moment is stepped both ways."""

from __future__ import annotations

import subprocess
import sys

import pytest

from engine import VirtualMachine
from engine.vm.past import past
from engine.vm.past.messages import Progress, Step, Unit, View
from engine.vm.past.past import VisitedPast
from engine.vm.protocol import Reply
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


def test_an_interrupted_step_leaves_the_visit_where_it_was(
    kept: VirtualMachine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    with kept.past().at(6.62, "(vprobe GUEST:0x1 1)") as moment:
        block = moment.view.block
        for backward in (False, True):
            with monkeypatch.context() as interrupted:
                interrupted.setattr(past, "_next", interrupt)
                with pytest.raises(KeyboardInterrupt):
                    moment.step("firing", backward=backward)
            assert moment.view.block == block
            assert moment.step().block == block + 1
            assert moment.step(backward=True).block == block


def test_an_interrupt_is_the_next_that_a_script_sees(kept: VirtualMachine) -> None:
    log = kept.past(0.2, until=5.2).load('(vprobe Guest_IRQ (printf "%d\\n" TSC))').log
    ticks = [int(line) for line in log.split()]
    with kept.past().at_tick(5 * HZ) as moment:
        for tick in ticks[:3]:
            assert moment.step("interrupt").tick == pytest.approx(tick, abs=2000)


@pytest.mark.parametrize(
    ("unit", "probe"), [("block", ""), ("interrupt", "Guest_IRQ"), ("firing", "Disk_IOStart"), ("second", "")]
)
def test_a_step_backward_goes_on_with_the_checkpoint_before(kept: VirtualMachine, unit: Unit, probe: str) -> None:
    *_, earlier, checkpoint = (round(second * HZ) for second in kept.keep_past().state.moments[:5])
    with kept.past().at_tick(checkpoint, SCRIPT) as moment:
        begun = moment.view
        assert (begun.tick, begun.since) == (checkpoint, checkpoint)
        back = moment.step(unit, backward=True)
        assert back.since == earlier <= back.tick < checkpoint
        assert back.note == ""
        assert moment.read(back.frame.vcpus[0].rip, 16) != b""
        again = moment.step(unit)
    if unit == "block":
        assert (back.block, _where(again)) == (begun.block - 1, _where(begun))
    elif unit == "second":
        assert (back.tick // HZ, again.tick // HZ) == (checkpoint // HZ - 1, checkpoint // HZ)
    else:
        log = kept.past(0.5, until=checkpoint / HZ).load(f'(vprobe {probe} (printf "%d\\n" TSC))').log
        assert back.tick == pytest.approx(int(log.split()[-1]), abs=2000)
        assert again.tick > checkpoint


def test_steps_backward_go_over_several_checkpoints_to_the_oldest(kept: VirtualMachine) -> None:
    with kept.past().at(6.001) as moment:
        views = [moment.step("second", backward=True) for _ in range(6)]
        assert [round(view.frame.guest_seconds) for view in views] == [6, 5, 4, 3, 2, 1]
        assert len({view.since for view in views}) == 3
        while not (view := moment.step("second", backward=True)).note:
            pass
        begin = kept.keep_past().state.moments[0]
        assert view.note == f"no earlier second: the past that is kept begins at {begin:g} s"
        assert moment.step("block", backward=True).note == view.note.replace("second", "block")
        assert moment.step().block == view.block + 1  # it goes on


def test_an_event_at_which_a_copy_sleeps_is_not_missed(kept: VirtualMachine) -> None:
    """The copy is 20 ms before the moment, so where the event was, and has counted it."""
    with kept.past().at(4.02, "(vprobe TIMER:500msec 1)") as moment:
        assert moment.step("firing", backward=True).tick == pytest.approx(4 * HZ, abs=2000)


def test_the_end_of_the_known_past_is_said(kept: VirtualMachine) -> None:
    with kept.past().at(11.9) as moment:
        moment.step("second")
        assert moment.step("second").note == "no later second in the past that is known"


def test_a_long_step_says_how_far_it_has_come(kept: VirtualMachine) -> None:
    with kept.past().at(3, "(vprobe TIMER:1500msec 1)") as moment:
        begin, reached = moment.view.tick / HZ, []
        moment._wire.send(Step(1, 1, "firing"))
        for event in moment._wire.messages():
            if isinstance(event, Reply):
                break
            assert isinstance(event, Progress)
            assert (event.begin, event.until) == pytest.approx((begin, 12))
            reached.append(event.at)
    assert isinstance(event, Reply)
    assert isinstance(event.past, View)
    assert event.past.tick / HZ == pytest.approx(3.5, abs=1e-5)  # loaded at 2, where the checkpoint is
    assert reached == pytest.approx([3.1, 3.2, 3.3, 3.4], abs=1e-5)


def test_a_visit_is_a_moment_of_the_live_machine(kept: VirtualMachine) -> None:
    with kept.past().at(12) as moment:
        assert isinstance(moment, VisitedPast)
        here = kept.frame()
        assert moment.view.block == here.blocks
        assert moment.view.frame.vcpus == here.vcpus
        assert moment.view.frame.screen == here.screen
        assert list(zip(moment.view.stacks[0], moment.view.places[0], strict=True)) == kept.stack()
        rip = here.vcpus[0].rip
        assert moment.read(rip, 64) == kept.read_memory(rip, 64) != b""
        assert moment.read(0x7FFF_0000_0000, 8) == b""


def test_no_process_of_a_visit_leaves_a_connection_open() -> None:
    program = (
        "from engine import VirtualMachine\n"
        "with VirtualMachine.bundled() as vm:\n"
        "    vm.keep_past()\n"
        "    vm.run(0.5)\n"
        "    with vm.past().at_tick(vm.ticks, '(vprobe TIMER:100msec 1)') as moment:\n"
        "        for back in (True, True, False):\n"
        "            print(moment.step('firing', backward=back).tick * 10 // vm.tsc_hz)\n"
    )
    command = [sys.executable, "-W", "error", "-c", program]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    assert done.stdout.split() == ["4", "3", "4"]
    assert done.stderr == ""  # where a copy reports what it has not closed

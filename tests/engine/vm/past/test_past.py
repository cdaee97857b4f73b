# SPDX-License-Identifier: GPL-2.0-or-later
"""Questions to the past of a machine in this process."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from engine import ScriptRefused, VirtualMachine
from engine.errors import MachineStoppedError
from engine.vm.options import PowerOn
from engine.vm.past.keeper import PastError
from engine.vm.past.messages import Ask, AskedFrame
from engine.vm.past.past import wake
from engine.vm.past.task import answers
from engine.vm.past.wire import Wire
from tests.engine.machine.real_mode_guest import boot_sector
from tests.engine.machine.small_guest import LOAD, assemble
from tests.engine.machine.two_cpus import SECOND, START
from tests.engine.vm.past.history import HZ, PAST_MIB, SECONDS

WAIT = "    movl $100000, %ecx\n1:  decl %ecx\n    jnz 1b\n"
COUNT = '(defaggr irqs 1 0)\n(vprobe Guest_IRQ (aggr irqs (ARG0) () 1))\n(vprobe VMM1Hz (printf "%d\\n" TSC))'


def test_the_frames_are_those_of_the_seconds_that_were_asked(kept: VirtualMachine) -> None:
    reached: list[float] = []
    asked = kept.past(3.5, until=7.5).load(COUNT, "count.vp", reached.append)
    assert [round(frame.guest_seconds, 3) for frame in asked.frames] == [5, 6, 7, 7.5]
    assert all(frame.asked for frame in asked.frames)
    assert [line[:4] for line in asked.log.split()] == ["5000", "6000", "7000"]
    assert sum(row.count for row in asked.aggregates["irqs"]) == asked.frames[-1].scripts[0].probes[0].hits > 100
    assert reached == sorted(reached)
    assert reached[-1] == pytest.approx(7.5, abs=0.001)


def test_a_frame_is_made_at_each_moment_that_is_named(kept: VirtualMachine) -> None:
    """As those that a machine made within a second."""
    moments = tuple(round(second * HZ) for second in (5.0, 5.25, 6.5, 9))
    wire = Wire(wake(kept.keep_past(), Ask(1, "count.vp", COUNT, moments=moments), 5 * HZ, 7 * HZ), answers)
    with closing(wire):
        frames = [event.frame for event in wire.messages() if isinstance(event, AskedFrame)]
    assert [round(frame.guest_seconds, 3) for frame in frames] == [5.25, 6, 6.5, 7]
    whole = kept.past(2, until=7).load(COUNT, "count.vp")
    assert "".join(frame.log for frame in frames) == whole.log
    assert frames[-1].aggregates == whole.frames[-1].aggregates


def test_the_live_machine_does_not_notice(kept: VirtualMachine) -> None:
    before = (kept.ticks, kept.blocks, kept.scripts)
    kept.past(1).load(COUNT)
    assert (kept.ticks, kept.blocks, kept.scripts) == before


def test_a_script_that_does_not_compile_is_refused(kept: VirtualMachine) -> None:
    with pytest.raises(ScriptRefused, match="unknown probe Guest_IRK"):
        kept.past().load("(vprobe Guest_IRK 1)")


def test_when_finds_every_event_at_which_a_condition_held(kept: VirtualMachine) -> None:
    script = '(vprobe Guest_IRQ (cond ((== ARG0 46) (printf "%d\\n" TSC))))'
    expected = [int(line) for line in kept.past().load(script).log.split()]
    found = kept.when("(== ARG0 46)", "Guest_IRQ")
    assert [moment.tick for moment in found.moments] == expected
    assert len(expected) > 20


def test_when_finds_states_with_their_end(kept: VirtualMachine) -> None:
    found = kept.when(f"(&& (>= TSC {5 * HZ}) (< TSC {8 * HZ}))")
    (state,) = found.moments
    assert state.tick == pytest.approx(5 * HZ, abs=HZ / 500)
    assert state.until == pytest.approx(8 * HZ, abs=HZ / 500)


def test_a_condition_that_does_not_compile_is_refused_at_its_place(kept: VirtualMachine) -> None:
    with pytest.raises(ScriptRefused) as refused:
        kept.when("(== RIPP 3)")
    assert str(refused.value).splitlines()[0] == "condition cannot be evaluated: 1 error"
    assert refused.value.diagnostics[0].span.column == 5


def test_a_moment_outside_of_what_is_kept_is_refused(kept: VirtualMachine) -> None:
    with pytest.raises(PastError, match=f"99.000000 s is not in the past that is kept, which goes from 0 to {SECONDS}"):
        kept.past().at(99)


def test_both_cpus_of_a_machine_have_a_past(tmp_path: Path) -> None:
    """Copies of the machine go on with both, at the same places: an answer is what the script finds live."""
    script = "(defaggr at 2 0) (vprobe USEC:997 (aggr at (VCPUID RIP) () (+ TSC RCX)))"
    turns = """
    movl $1, %esi
    start_second
    xorl %edi, %edi
    jmp turn
turn:                           # wait for the turn of the CPU, count, and hand it over
    movl $1000, %ecx
1:  pause
    cmpl %edi, 0x300010
    jne 1b
    incl 0x300014
2:  loop 2b
    movl %edi, %eax
    xorl $1, %eax
    movl %eax, 0x300010
    jmp turn
    """
    image = tmp_path / "empty.img"
    image.write_bytes(boot_sector("hlt"))
    power = PowerOn(boot=str(image), cpus=2, past_every=1, past_mib=PAST_MIB)
    found = []
    for live in (True, False):
        with VirtualMachine.power_on(power) as vm:
            vm._machine.memory.write(LOAD, assemble(START + turns + SECOND + "    movl $1, %edi\n    jmp turn\n"))
            if live:
                loaded = vm.load(script)
                vm.run(0.05)
                found.append(list(loaded.aggregates["at"]))
            else:
                vm.keep_past()
                vm.run(0.05)
                found.append(list(vm.past().load(script).aggregates["at"]))
                (state,) = vm.when("(== VCPUID 1)").moments
                assert (state.tick // 1_000_000, state.until) == (1, 0)  # from the first millisecond on
    assert found[0] == found[1]
    assert {row.integers[0] for row in found[0]} == {0, 1}


def test_a_machine_that_cannot_continue_has_a_past_up_to_there(tmp_path: Path) -> None:
    """That is when people ask. Each time it was told to go on, some guest time has passed."""
    image = tmp_path / "fault.img"
    image.write_bytes(boot_sector(f"{WAIT}    cli\n    lidtl %cs:empty\n    ud2\nempty: .word 0\n    .long 0"))
    script = '(vprobe USEC:100 (printf "%d\\n" TSC)) (vprobe Guest_UD (printf "fault\\n"))'
    with VirtualMachine.power_on(PowerOn(boot=str(image), reboot=False, past_mib=PAST_MIB)) as vm:
        vm.keep_past()
        vm.load(script)
        for _ in range(3):
            with pytest.raises(MachineStoppedError, match="triple fault"):
                vm.run(1)
        assert vm.past().load(script).log == vm.frame().log
        assert vm.past().why_printed(script, "fault").probes[0].name == "Guest_UD"
        assert vm.when("1").moments[0].until == 0
        with vm.past().at_tick(vm.ticks) as moment:
            assert moment.view.frame.vcpus == vm.latest.vcpus
            moment.step("block", backward=True)
            assert moment.step("block").block == vm.blocks
            assert moment.step("block").note == "no later block in the past that is known"


def test_a_machine_that_keeps_no_past_says_so() -> None:
    with VirtualMachine.bundled() as vm, pytest.raises(PastError, match="call keep_past"):
        vm.past()


def test_the_past_of_a_machine_that_goes_on_from_a_snapshot_begins_there(tmp_path: Path) -> None:
    path = tmp_path / "vm.vmss"
    with VirtualMachine.bundled() as vm:
        vm.run(0.5)
        vm.save(path)
    with VirtualMachine.power_on(PowerOn(resume=str(path), past_every=1, past_mib=PAST_MIB)) as vm:
        begin = vm.seconds
        vm.keep_past()
        vm.load(COUNT)
        vm.type("ls\n")
        vm.run(1.5)
        asked = vm.past().load(COUNT)
        assert asked.aggregates == {name: data for (_, name), data in vm.latest.aggregates.items()}
        with vm.past().at_tick(vm.ticks) as moment:
            assert moment.view.block == vm.blocks
            assert moment.view.frame.vcpus == vm.frame().vcpus
            while not (view := moment.step("second", backward=True)).note:
                pass
            assert view.frame.guest_seconds == pytest.approx(begin)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Recording what comes in, and repeating it."""

from __future__ import annotations

from math import inf
from pathlib import Path

import msgspec
import pytest

from engine import VirtualMachine
from engine.machine.inputs import ReplayDivergedError, ReplayInputError
from engine.vm import recording
from engine.vm.options import PowerOn, RecordingError

WATCH = """
(defaggr reads 2 0)
(vprobe In (aggr reads (RIP ARG0) () 1))
(vprobe VMM1Hz (logaggr reads) (clearaggr reads))
"""


def recorded(power: PowerOn) -> list[object]:
    """A run in which somebody types, at moments that no other run would choose."""
    with VirtualMachine.power_on(power) as vm:
        vm.load(WATCH, "watch.vp")
        frames = []
        for step, text in enumerate(("", "ps\r", "", "coun", "ters\r", "")):
            frames += list(vm.frames(0.123 + 0.01 * step))
            if text:
                vm.type(text)
        frames += list(vm.frames(1))
        return ["".join(f.log for f in frames), "".join(f.console for f in frames), frames[-1].blocks, frames[-1].tsc]


@pytest.mark.parametrize("cold", [True, False])
def test_a_replay_gives_the_same_bytes(tmp_path: Path, cold: bool) -> None:
    path = str(tmp_path / "run.inputs")
    original = recorded(PowerOn(seed=4, disk_model="ssd", cold=cold, record=path))
    with VirtualMachine.power_on(PowerOn(replay=path)) as vm:
        vm.load(WATCH, "watch.vp")
        start = vm.latest.tsc
        frames = list(vm.frames((original[3] - start) / vm.tsc_hz))  # type: ignore[operator]
        assert ["".join(f.log for f in frames), "".join(f.console for f in frames), frames[-1].blocks] == original[:3]
    assert "cruncher" in str(original[1]), "the shell answered ps"


def test_a_replay_takes_no_other_input(tmp_path: Path) -> None:
    path = str(tmp_path / "run.inputs")
    with VirtualMachine.power_on(PowerOn(record=path)) as vm:
        vm.run(0.1)
    with VirtualMachine.power_on(PowerOn(replay=path)) as vm:
        with pytest.raises(ReplayInputError, match="takes no input"):
            vm.type("x")
        with pytest.raises(ReplayInputError):
            vm.reboot()


def test_the_end_of_a_recording_is_known_unless_the_process_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "run.inputs"
    with VirtualMachine.power_on(PowerOn(record=str(path))) as vm:
        vm.run(0.1)
        vm.type("x")
        vm.run(0.1)
        end = vm.ticks
    assert recording.read(path).end == end
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm:
        assert vm.recorded_until == end
        vm.run(vm.left_to_repeat / 2)
        assert not vm.has_repeated
        vm.run(vm.left_to_repeat)
        assert (vm.has_repeated, vm.left_to_repeat, vm.ticks) == (True, inf, end)
        vm.type("y")  # from here on it is a machine as any other
    whole = path.read_bytes()
    for cut in range(1, len(whole.splitlines(keepends=True)[-1]) + 1):
        path.write_bytes(whole[:-cut])
        found = recording.read(path)
        assert (found.end, len(found.inputs)) == (end if cut == 1 else None, 1)  # all but the end of the line is there
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm:
        assert vm.recorded_until is None
        last = found.inputs[0].tick / vm.tsc_hz
        told = f"its last input is at {last:.1f} s, and the machine goes on by itself after that"
        assert vm.take_notices() == [f"the recording breaks off: {told}"]
        with pytest.raises(ReplayInputError):
            vm.type("y")
        vm.run(0.15)
        vm.type("y")
    path.write_bytes(path.read_bytes().splitlines(keepends=True)[0])
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm:
        assert "breaks off: it has no input" in vm.take_notices()[0]


def test_a_run_that_goes_another_way_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.inputs"
    with VirtualMachine.power_on(PowerOn(record=str(path))) as vm:
        vm.run(0.1)
        vm.type("x")
    recorded = recording.read(path)
    (one,) = recorded.inputs
    changed = msgspec.structs.replace(one, block=one.block + 1)
    path.write_bytes(msgspec.json.encode(recorded.header) + b"\n" + msgspec.json.encode(changed) + b"\n")
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm, pytest.raises(ReplayDivergedError, match="diverged"):
        vm.run(0.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "", ":1: not a vptop recording"),
        (lambda text: "hello\n", ":1: not a vptop recording"),
        (lambda text: text.replace('"version":"', '"version":"x'), ":1: recorded by another version"),
        (lambda text: text.splitlines()[0] + '\n{"block":1}\n', ":2: not an input event"),
        (lambda text: text.splitlines()[0] + '\n{"block":1,"tick":1,"kind":"explosion"}\n', ":2: not an input event"),
    ],
)
def test_a_file_that_is_no_recording_is_told_by_its_line(tmp_path: Path, change: object, words: str) -> None:
    path = tmp_path / "run.inputs"
    with VirtualMachine.power_on(PowerOn(record=str(path))):
        pass
    assert callable(change)
    path.write_text(change(path.read_text()))
    with pytest.raises(RecordingError, match=words):
        VirtualMachine.power_on(PowerOn(replay=str(path)))


def test_a_full_disk_is_named_not_raised_as_it_comes() -> None:
    with pytest.raises(RecordingError, match="/dev/full: No space left on device"):
        VirtualMachine.power_on(PowerOn(record="/dev/full"))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Starting warm, recording what comes in, repeating it, and configuring limits."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine import ScriptRefused, VirtualMachine
from engine.machine.inputs import ReplayDivergedError, ReplayInputError
from engine.machine.machine import MachineConfig
from engine.vm import boot_snapshot, recording
from engine.vm.boot_media import BUNDLED_BOOT_SECONDS, boot_media
from engine.vm.options import PowerOn, RecordingError, host_vendor

WATCH = """
(defaggr reads 2 0)
(vprobe In (aggr reads (RIP ARG0) () 1))
(vprobe VMM1Hz (logaggr reads) (clearaggr reads))
"""


def seen(vm: VirtualMachine, seconds: float = 2) -> list[object]:
    """What a run shows, byte for byte."""
    vm.load(WATCH, "watch.vp")
    frames = list(vm.frames(seconds))
    return [(f.tsc, f.blocks, f.interrupts, f.log, f.console, f.devices, f.screen) for f in frames]


# --- warm starts ---


def warm_start(cache: Path) -> list[object]:
    with boot_snapshot.machine(boot_media(PowerOn()), MachineConfig(disk_model="hdd", seed=0), cache) as machine:
        machine.take_console()
        machine.run_seconds(1.5)
        return [machine.ticks, machine.counters(), machine.take_console(), machine.screen(), bytes(machine.core.ram)]


def test_the_first_start_and_later_ones_are_the_same(tmp_path: Path) -> None:
    first = warm_start(tmp_path)
    assert len(list(tmp_path.iterdir())) == 1
    assert warm_start(tmp_path) == first


def test_a_damaged_snapshot_is_made_again(tmp_path: Path) -> None:
    first = warm_start(tmp_path)
    (path,) = tmp_path.iterdir()
    whole = path.read_bytes()
    path.write_bytes(whole[:1000])
    assert warm_start(tmp_path) == first
    assert len(path.read_bytes()) == len(whole)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path) -> None:
    nowhere = tmp_path / "file"
    nowhere.write_text("in the way")
    assert warm_start(nowhere) == warm_start(tmp_path / "cache")


def test_the_cache_is_bounded(tmp_path: Path) -> None:
    for number in range(boot_snapshot.KEPT + 3):
        (tmp_path / f"{number}.snapshot").touch()
    warm_start(tmp_path)
    assert len(list(tmp_path.glob("*.snapshot"))) == boot_snapshot.KEPT


def test_a_warm_machine_begins_one_second_after_power_on() -> None:
    with VirtualMachine.power_on(PowerOn(cold=False)) as vm:
        assert vm.seconds == pytest.approx(BUNDLED_BOOT_SECONDS, abs=1e-5)


# --- recording and repeating ---


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


def test_a_run_that_goes_another_way_is_told(tmp_path: Path) -> None:
    path = tmp_path / "run.inputs"
    with VirtualMachine.power_on(PowerOn(record=str(path))) as vm:
        vm.run(0.1)
        vm.type("x")
    header, inputs = recording.read(path)
    changed = msgspec.structs.replace(inputs[0], block=inputs[0].block + 1)
    path.write_bytes(msgspec.json.encode(header) + b"\n" + msgspec.json.encode(changed) + b"\n")
    with VirtualMachine.power_on(PowerOn(replay=str(path))) as vm, pytest.raises(ReplayDivergedError, match="diverged"):
        vm.run(0.5)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: "", ":1: not a recording"),
        (lambda text: "hello\n", ":1: not a recording"),
        (lambda text: text.replace('"version":"', '"version":"x'), ":1: recorded by another version"),
        (lambda text: text + '{"block":1}\n', ":2: no input of a recording"),
        (lambda text: text + '{"block":1,"tick":1,"kind":"explosion"}\n', ":2: no input of a recording"),
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


# --- limits ---


def test_the_code_limit_is_the_configured_one() -> None:
    large = "(definteger x)(vprobe VMM1Hz " + "(setint x 0x1122334455667788)" * 2000 + ")"
    with VirtualMachine.power_on(PowerOn()) as vm, pytest.raises(ScriptRefused):
        vm.load(large)
    with VirtualMachine.power_on(PowerOn(code_bytes=65536)) as vm:
        vm.load(large)


@pytest.mark.parametrize("size", [64, 8192, 1 << 20])
def test_bags_have_the_configured_storage(size: int) -> None:
    """Sixteen bytes a pair, shared by all bags (manual, p. 14)."""
    filling = """
    (defbag b 1000000) (definteger n)
    (defun fill (left) (cond (left (do (setint n (+ n (baginsert b left 1))) (fill (- left 1))))))
    (vprobe Guest_IRQ (fill 50))
    (vprobe VMM1Hz (printf "%d" n))
    """
    with VirtualMachine.power_on(PowerOn(bag_bytes=size, cold=False)) as vm:
        script = vm.load(filling)
        assert [warning.code for warning in script.warnings] == ["W305"]
        (frame,) = vm.frames(1)
    tried = 50 * frame.scripts[0].probes[0].hits
    assert int(frame.log) == min(size // 16, tried)
    assert tried > 8192 // 16


def test_the_vendor_decides_which_exit_state_there_is() -> None:
    intel, amd = "(vprobe HV_Exit (logint VMCS_EXIT_REASON))", "(vprobe HV_Exit (logint VMCB_EXITCODE))"
    for vendor, there, other in (("intel", intel, amd), ("amd", amd, intel)):
        with VirtualMachine.power_on(msgspec.convert({"vendor": vendor}, PowerOn)) as vm:
            vm.load(there)
            with pytest.raises(ScriptRefused, match=r"other\.vp:1:.*error E"):
                vm.load(other, "other.vp")


def test_the_vendor_of_the_host(tmp_path: Path) -> None:
    info = tmp_path / "cpuinfo"
    info.write_text("vendor_id\t: AuthenticAMD\n")
    assert host_vendor(info) == "amd"
    info.write_text("vendor_id\t: GenuineIntel\n")
    assert host_vendor(info) == "intel"
    assert host_vendor(tmp_path / "none") == "intel"


def test_what_the_guest_wrote_before_a_warm_start_is_seen() -> None:
    with VirtualMachine.power_on(PowerOn(cold=False)) as vm:
        assert vm.latest.console == ""
        (frame,) = vm.frames(0.1)
        assert "netd: address" in frame.console

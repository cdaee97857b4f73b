# SPDX-License-Identifier: GPL-2.0-or-later
"""The virtual machine in this process: how its configuration gets there, and what keeps its past."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.vm.options import PowerOn
from engine.vm.past.keeper import PastSettings
from engine.vm.typist import KeysError


def test_settings_of_the_past_come_from_the_configuration() -> None:
    with VirtualMachine.power_on(PowerOn(past_every=3, past_seconds=30, past_mib=7)) as vm:
        assert vm.past_settings == PastSettings(every=3, seconds=30, mib=7)


def test_the_past_ends_with_the_machine() -> None:
    with VirtualMachine.bundled() as vm:
        keeper = vm.keep_past()
        assert vm.keep_past() is keeper
        vm.run(5)
        assert [round(moment) for moment in keeper.state.moments] == [0, 5]
        pids = [keeper.before(second * vm.tsc_hz).checkpoint.pid for second in (0, 6)]
    assert keeper.state.moments == ()
    for pid in pids:
        assert pid is not None
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)


def test_no_copy_writes_to_files_of_the_machine(tmp_path: Path) -> None:
    record = tmp_path / "input"
    printed: list[bytes] = []
    with VirtualMachine.power_on(PowerOn(record=str(record)), printed.append) as vm:
        vm.keep_past()
        vm.run(1)
        vm.type("x")
        vm.run(1)
        written = record.read_bytes()
        assert written.count(b"\n") == 2
        assert vm.past().load('(vprobe VMM1Hz (printf "copy\\n"))').log == "copy\ncopy\n"
        assert record.read_bytes() == written
        assert printed == []


def test_keys_and_text_reach_the_shell() -> None:
    """Text is typed as it stands, keys by their names."""
    with VirtualMachine.power_on(PowerOn(cold=False)) as vm:
        vm.type("<lt>\n")
        vm.press("<lt><enter>")
        vm.press_slowly("<wait 0.1>#<enter>")
        console = "".join(frame.console for frame in vm.frames(0.5))
        with pytest.raises(KeysError, match="did you mean `<enter>`"):
            vm.press("<ente>")
    assert console.index("<lt>") < console.index("<\r") < console.index("#\r")

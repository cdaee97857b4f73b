# SPDX-License-Identifier: GPL-2.0-or-later
"""What a machine is powered on with."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from engine import ScriptRefused, VirtualMachine
from engine.vm.options import PowerOn, host_vendor


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

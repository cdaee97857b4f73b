# SPDX-License-Identifier: GPL-2.0-or-later
"""A kernel from power-on to its end: the same each time, moved by KASLR, ended in every way, and its demonstration."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.machine import Machine
from engine.vm import boot_snapshot
from engine.vm.boot_media import boot_media
from engine.vm.boot_snapshot import BootSnapshot
from engine.vm.machine_config import config_of
from engine.vm.options import LINUX_MEMORY_MIB, PowerOn
from engine.vp.tables.probes import POINTS
from tests.linux import kernels
from tests.linux.conftest import Boot, run_until

WORK = (
    "$B ls -lR /proc/sys >/dev/null; $B ping -c 1 -W 1 127.0.0.1; $B cat /proc/interrupts; echo DONE; $B sleep 1000\n"
)
STATIC = [name for name, row in POINTS.items() if not row.numbers]
MOST_PROBES = 31
AT_ONCE = 0.01
"""Guest seconds in which a shell answers that does not wait for its terminal."""
LINKED = 0xFFFFFFFF81000000
"""Where kernels of Debian run without KASLR."""


def probes(names: list[str]) -> str:
    """A script with a probe at each of these points."""
    return "(defaggr seen 1 0)\n" + "".join(
        f"(vprobe {name} (aggr seen ({number}) () 1))\n" for number, name in enumerate(names)
    )


def test_boots_are_the_same_with_and_without_all_probes(boot: Boot) -> None:
    ends = []
    for names in ([], STATIC[:MOST_PROBES], STATIC[MOST_PROBES:]):
        with boot(WORK) as vm:
            if names:
                vm.load(probes([*names, "GUEST:ENTER:handle_mm_fault"]))
            console = run_until(vm, "DONE")
            ends.append((console, vm.latest.blocks, vm.latest.interrupts, vm.latest.tsc))
    assert ends[1] == ends[0]
    assert ends[2] == ends[0]


def test_kaslr_moves_the_kernel(boot: Boot) -> None:
    places = []
    for options in ({"kaslr": True}, {"kaslr": True, "seed": 2}):
        with boot("$B grep -m1 ' _text$' /proc/kallsyms; echo DONE; $B sleep 1000\n", append="quiet", **options) as vm:
            places.append(int(re.findall(r"([0-9a-f]{16}) T _text", run_until(vm, "DONE"))[0], 16))
    assert len({*places, LINKED}) == 3


ENDS = {
    "poweroff": ("$B sync; $B poweroff -f", r"the guest switched the machine off at \d+\.\d s"),
    "reboot": ("$B reboot -f", "the machine was reset"),
    "panic": ("exit 3", r"the guest's kernel panicked: Attempted to kill init! exitcode=0x00000300"),
}


@pytest.mark.parametrize("way", ENDS)
def test_each_end_is_told(boot: Boot, way: str) -> None:
    script, message = ENDS[way]
    with boot(script, append="quiet") as vm:
        for _ in vm.frames(12):
            notices = vm.take_notices()
            if notices:
                break
        assert len(notices) == 1
        assert re.match(message, notices[0])
        vm.reboot()
        vm.run(0.5)


def test_the_demonstration_begins_at_its_prompt_and_answers(
    kernel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(boot_snapshot, "user_cache_path", lambda _: tmp_path)
    power = PowerOn(
        kernel=str(kernel), busybox=str(kernels.busybox()), words="quiet", memory_mib=LINUX_MEMORY_MIB, cold=False
    )
    seen = []
    for _ in range(2):
        with VirtualMachine.power_on(power) as vm:
            begun = vm.seconds
            vm.type("echo $((6 * 7)); ifconfig eth0; mount; pidof writer pinger\n")
            answered = "".join(frame.console for frame in vm.frames(AT_ONCE))
            assert "\n42\r\n" in answered
            seen.append((begun, answered + "".join(frame.console for frame in vm.frames(3))))
    first, second = seen
    assert first == second
    assert "Type a command, or poweroff." in first[1]
    assert "inet addr:10.0.2.15" in first[1]
    assert "/dev/nvme0n1 on /disk" in first[1] or "cloud" not in kernel.name
    kept = BootSnapshot(boot_media(power), config_of(power), tmp_path / "snapshots")
    restored = kept.restored()
    assert isinstance(restored, Machine)
    restored.close()

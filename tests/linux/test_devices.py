# SPDX-License-Identifier: GPL-2.0-or-later
"""Every disk and network card with the kernels' own drivers: contents, and counts as the kernel has them."""

from __future__ import annotations

import hashlib
import os
import random
import re
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.machine.choices import DiskBus, NetworkCard
from engine.vm.linux.drivers import drivers, state_of
from engine.vm.linux.modules import ModuleTree
from tests.linux import kernels
from tests.linux.conftest import run_until

NAMES = {"nvme": "nvme0n1", "virtio": "vda", "ide": "sda"}
MIB = 1 << 20
CONTENT = random.Random(1).randbytes(2 * MIB)
WORK = """
for n in 1 2 3 4 5 6 7 8 9; do [ -b /dev/DISK ] && break; $B sleep 0.2; done
$B sha256sum /dev/DISK
$B dd if=/dev/urandom of=/tmp bs=64k count=4 2>/dev/null
$B sha256sum </tmp
$B dd if=/tmp of=/dev/DISK bs=64k seek=8 oflag=direct 2>/dev/null
for n in 1 2 3; do $B dd if=/dev/DISK of=/dev/null bs=64k count=8 skip=$((n * 8)) iflag=direct 2>/dev/null & done
wait
echo 3 >/proc/sys/vm/drop_caches
$B dd if=/dev/DISK bs=64k skip=8 count=4 2>/dev/null | $B sha256sum
$B ifconfig eth0 10.0.2.15
$B ping -c 3 -A 10.0.2.2 | $B grep received
$B sleep 0.3
$B cat /proc/diskstats
$B cat /proc/net/dev
$B dd if=/dev/DISK of=/dev/null bs=4k count=REQUESTS iflag=direct 2>/dev/null
$B cat /proc/diskstats
echo DONE
$B sleep 1
echo 3 >/proc/sys/vm/drop_caches
$B dd if=/dev/DISK of=/dev/null bs=64k skip=31 iflag=direct
$B dd if=/dev/DISK bs=64k skip=8 count=4 iflag=direct 2>/dev/null | $B sha256sum
echo GONE
$B sleep 1000
"""
"""Its end, from DONE on, is for an image that has become shorter by then."""
REQUESTS = 200
"""that are made one after the other"""
OVERHEAD_US = {"nvme": 40, "virtio": 40, "ide": 200}
"""What a kernel takes for a request beside the device: from its making to the start, from the interrupt to its end. IDE
moves the last data of a read after the interrupt, by programmed input or through a bounce buffer."""
FAILURES = ("Input/output error", "No data available")
"""EIO, or what NVMe's unrecovered read error becomes"""
COUNT = """
(definteger read_ns) (definteger ticks)
(defbag begun 64)
(vprobe Disk_IOStart (baginsert begun ARG4 TSC))
(vprobe Disk_IOFinish
  (setint ticks (bagremove begun ARG4))
  (cond (ARG3 (setint read_ns (+ read_ns (- TSC ticks))))))
(vprobe GUEST:ENTER:diskstats_show (printf "read in %d us\\n" (/ (* 1000000 read_ns) TSC_HZ)))
(definteger reads) (definteger read) (definteger writes) (definteger written)
(definteger most) (definteger flying)
(vprobe Disk_IOStart (setint flying (+ flying 1)) (cond ((> flying most) (setint most flying))))
(vprobe Disk_IOFinish
  (setint flying (- flying 1))
  (cond (ARG3 (do (setint reads (+ reads 1)) (setint read (+ read ARG6))))
        (1 (do (setint writes (+ writes 1)) (setint written (+ written ARG6))))))
(vprobe MAC_SendPacket (printf "sent\\n"))
(vprobe MAC_ReceivePacket (printf "received\\n"))
(vprobe GUEST:ENTER:diskstats_show (printf "disk %d %d %d %d %d\\n" reads read writes written most))
(vprobe GUEST:ENTER:dev_seq_show (printf "net\\n"))
"""
CASES: list[tuple[DiskBus, NetworkCard]] = [("nvme", "virtio"), ("virtio", "rtl8139"), ("ide", "virtio")]


@pytest.mark.parametrize(("bus", "net"), CASES)
def test_contents_and_counts(kernel: Path, tmp_path: Path, bus: DiskBus, net: NetworkCard) -> None:
    tree = ModuleTree.beside(kernel, kernel.name.removeprefix("vmlinuz-"))
    assert tree is not None
    needed = drivers(bus, net)
    has_card = bool(state_of(needed[2], tree))  # the cloud kernel has no driver for the RTL8139
    modules = tree.with_dependencies(name for driver in needed for name in driver.modules)
    disk, ram = tmp_path / "disk.img", tmp_path / "initrd.img"
    disk.write_bytes(CONTENT)
    load = "".join(f"$B insmod /{module.name}.ko\n" for module in modules)
    work = WORK.replace("DISK", NAMES[bus]).replace("REQUESTS", str(REQUESTS))
    files = {f"{module.name}.ko": module.data for module in modules}
    ram.write_bytes(kernels.userland(load + work, files))
    printed: list[bytes] = []
    with VirtualMachine.linux(
        kernel, ram, disk=disk, disk_bus=bus, net=net, append="quiet", output=printed.append
    ) as vm:
        vm.load(COUNT)
        console = run_until(vm, "DONE")
        os.truncate(disk, len(CONTENT) // 2)
        later = run_until(vm, "GONE")
        vm.run(1)  # what has happened is told at whole seconds
        assert not vm.latest.errors
        told = vm.take_notices()
    counted = b"".join(printed).decode()
    whole, new, again = re.findall(r"^([0-9a-f]{64}) ", console, re.MULTILINE)
    assert whole == hashlib.sha256(CONTENT).hexdigest()
    assert new == again != whole
    line = re.search(rf" {NAMES[bus]} (\d+) \d+ (\d+) \d+ (\d+) \d+ (\d+)", console)
    ours = re.search(r"disk (\d+) (\d+) (\d+) (\d+) (\d+)", counted)
    assert line is not None
    assert ours is not None
    assert line.groups() == ours.groups()[:4]
    assert int(ours[5]) == 1 if bus == "ide" else int(ours[5]) > 1, "requests under way at once"
    agree_on_latency(console, counted, bus)
    assert re.search(rf"dd: /dev/{NAMES[bus]}: ({'|'.join(FAILURES)})", later)
    assert re.findall(r"^([0-9a-f]{64}) ", later, re.MULTILINE) == [new], "what was written is not lost"
    assert any(f"cut off from {2 * MIB} to {MIB} bytes while in use" in notice for notice in told)
    assert any("the guest got an I/O error" in notice for notice in told)
    if has_card:
        assert "3 packets received" in console
        received, sent = re.findall(r"^ *eth0: *\d+ +(\d+)(?: +\d+){6} +\d+ +(\d+)", console, re.MULTILINE)[0]
        before = counted.split("net\n")[0].split("\n")
        assert (int(received), int(sent)) == (before.count("received"), before.count("sent"))


def agree_on_latency(console: str, counted: str, bus: DiskBus) -> None:
    """What probes and the guest (/proc/diskstats, milliseconds that reads took) have for the last requests is alike."""
    first, last = (int(text) for text in re.findall(rf" {NAMES[bus]} \d+ \d+ \d+ (\d+)", console))
    ours, *_, until = dict.fromkeys(int(text) for text in re.findall(r"read in (\d+) us", counted))
    by_probes, by_guest = (until - ours) / 1000, last - first
    rounded = 1  # both of the guest's figures are cut to milliseconds
    assert by_probes - rounded <= by_guest <= by_probes + REQUESTS * OVERHEAD_US[bus] / 1000 + rounded
    assert by_probes > 10, "enough to compare"

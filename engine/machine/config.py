# SPDX-License-Identifier: GPL-2.0-or-later
"""What kind of PC a machine is."""

from __future__ import annotations

from dataclasses import dataclass

from engine.machine.choices import DiskBus, Latency, NetworkCard, Vendor
from engine.machine.cpu_models import DEFAULT

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class MachineConfig:
    """What kind of PC it is."""

    ram_bytes: int = 64 * MIB
    cpus: int = 1
    cpu: str = DEFAULT
    """model of the CPUs; engine.machine.cpu_models lists them"""
    vendor: Vendor = "intel"
    tsc_hz: int = 1_000_000_000
    ticks_per_byte: int = 8
    """guest time of a byte of executed code: with 1 GHz, some 31 million four-byte instructions a guest second"""
    epoch_us: int = 1_767_225_600_000_000
    """the real-time clock at power-on, microseconds since 1970: 2026-01-01"""
    disk_bus: DiskBus = "ide"
    net: NetworkCard = "rtl8139"
    virtio: bool = False
    """whether there are a virtio source of random numbers and a virtio console"""
    disk_model: Latency = "hdd"
    scratch_sectors: int = 0
    """size of an empty second disk on a channel of its own; 0: there is none"""
    suite_devices: bool = False
    """whether there are the devices that suites of test kernels expect"""
    seed: int = 1
    reboot: bool = True
    """whether a triple fault resets the machine; otherwise it stops there"""

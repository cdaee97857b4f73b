# SPDX-License-Identifier: GPL-2.0-or-later
"""Which machine a configuration asks for: what was chosen, and what suits the guest for everything else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.machine.choices import DiskBus, Latency, NetworkCard
from engine.machine.config import MachineConfig
from engine.vm import images
from engine.vm.options import (
    CPU_MODELS,
    LINUX_DISK_MEMORY_MIB,
    LINUX_DISK_MIPS,
    LINUX_MEMORY_MIB,
    MEMORY_MIB,
    MOST_MIPS,
    USUAL_MIPS,
    PowerOn,
)
from engine.vm.settings import ConfigurationError
from engine.vp.diagnostics.nearest import nearest

_LATENCIES: dict[DiskBus, Latency] = {"ide": "hdd", "nvme": "nvme", "virtio": "ssd"}
"""What disks on a bus usually are."""


@dataclass(frozen=True, slots=True)
class _Suitable:
    """What a kind of guest gets where nothing is chosen."""

    disk_bus: DiskBus
    net: NetworkCard
    virtio: bool
    mips: int
    memory_mib: int


_ANY = _Suitable("ide", "rtl8139", virtio=False, mips=USUAL_MIPS, memory_mib=MEMORY_MIB)
_KERNEL = _Suitable("nvme", "virtio", virtio=True, mips=MOST_MIPS, memory_mib=LINUX_MEMORY_MIB)
_LINUX_DISK = _Suitable("virtio", "virtio", virtio=True, mips=LINUX_DISK_MIPS, memory_mib=LINUX_DISK_MEMORY_MIB)
"""virtio, since the initial RAM disk of every distribution's cloud image has its driver."""


def _suitable(power: PowerOn) -> _Suitable:
    if power.kernel:
        return _KERNEL
    return _LINUX_DISK if power.boot and images.holds_linux(Path(power.boot)) else _ANY


def memory_mib(power: PowerOn) -> int:
    """The size of RAM in MiB."""
    return power.memory_mib or _suitable(power).memory_mib


def config_of(power: PowerOn) -> MachineConfig:
    """The machine. Linux gets devices that its stock kernels drive; other guests those of an old PC.

    Raises:
        ConfigurationError: there is no such model of a CPU.
    """
    if power.cpu not in CPU_MODELS:
        close = nearest(power.cpu, CPU_MODELS)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(CPU_MODELS)}"
        raise ConfigurationError(f"no CPU model {power.cpu!r}; {hint}")
    suitable = _suitable(power)
    bus = power.disk_bus or suitable.disk_bus
    return MachineConfig(
        ram_bytes=memory_mib(power) << 20,
        cpus=power.cpus,
        cpu=power.cpu,
        vendor=power.vendor,
        ticks_per_byte=round(MOST_MIPS / (power.mips or suitable.mips)),
        disk_bus=bus,
        disk_model=power.disk_model or _LATENCIES[bus],
        net=power.net or suitable.net,
        virtio=suitable.virtio,
        seed=power.seed,
        reboot=power.reboot,
    )

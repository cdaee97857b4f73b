# SPDX-License-Identifier: GPL-2.0-or-later
"""Which machine a configuration asks for: what was chosen, and what suits the guest for everything else."""

from __future__ import annotations

from engine.machine.choices import DiskBus, Latency
from engine.machine.config import MachineConfig
from engine.vm.options import PowerOn

_LINUX_TICKS_PER_BYTE = 1
"""Linux has so much more to do than the bundled guest that it gets a CPU eight times as fast."""
_LATENCIES: dict[DiskBus, Latency] = {"ide": "hdd", "nvme": "nvme", "virtio": "ssd"}
"""What disks on a bus usually are."""


def config_of(power: PowerOn) -> MachineConfig:
    """The machine. Linux gets devices that its stock kernels drive; other guests those of an old PC."""
    linux = bool(power.kernel)
    bus = power.disk_bus or ("nvme" if linux else "ide")
    return MachineConfig(
        ram_bytes=power.memory_mib << 20,
        ticks_per_byte=_LINUX_TICKS_PER_BYTE if linux else MachineConfig().ticks_per_byte,
        disk_bus=bus,
        disk_model=power.disk_model or _LATENCIES[bus],
        net=power.net or ("virtio" if linux else "rtl8139"),
        virtio=linux,
        seed=power.seed,
        reboot=power.reboot,
    )

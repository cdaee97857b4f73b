# SPDX-License-Identifier: GPL-2.0-or-later
"""Which machine a configuration asks for: what was chosen, and what suits the guest for everything else."""

from __future__ import annotations

from engine.machine.choices import DiskBus, Latency
from engine.machine.config import MachineConfig
from engine.vm.options import CPU_MODELS, MOST_MIPS, USUAL_MIPS, PowerOn
from engine.vm.settings import ConfigurationError
from engine.vp.diagnostics.nearest import nearest

_LATENCIES: dict[DiskBus, Latency] = {"ide": "hdd", "nvme": "nvme", "virtio": "ssd"}
"""What disks on a bus usually are."""


def config_of(power: PowerOn) -> MachineConfig:
    """The machine. Linux gets devices that its stock kernels drive; other guests those of an old PC.

    Raises:
        ConfigurationError: there is no such model of a CPU.
    """
    if power.cpu not in CPU_MODELS:
        close = nearest(power.cpu, CPU_MODELS)
        hint = f"did you mean {close[0]}?" if close else f"there are {', '.join(CPU_MODELS)}"
        raise ConfigurationError(f"no CPU model {power.cpu!r}; {hint}")
    linux = bool(power.kernel)
    bus = power.disk_bus or ("nvme" if linux else "ide")
    return MachineConfig(
        ram_bytes=power.memory_mib << 20,
        cpu=power.cpu,
        vendor=power.vendor,
        ticks_per_byte=round(MOST_MIPS / (power.mips or (MOST_MIPS if linux else USUAL_MIPS))),
        disk_bus=bus,
        disk_model=power.disk_model or _LATENCIES[bus],
        net=power.net or ("virtio" if linux else "rtl8139"),
        virtio=linux,
        seed=power.seed,
        reboot=power.reboot,
    )

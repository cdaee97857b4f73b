# SPDX-License-Identifier: GPL-2.0-or-later
"""How a virtual machine is powered on: the configuration of its process."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import msgspec

from engine.errors import InputError
from engine.machine.choices import DiskBus, Latency, NetworkCard, TypingDevice, Vendor
from engine.machine.cpu_models import DEFAULT, MODELS
from engine.vp import Limits

__all__ = [
    "RECORDING_BEGINS",
    "BootError",
    "DiskBus",
    "Latency",
    "NetworkCard",
    "PowerOn",
    "RecordingError",
    "TypingDevice",
    "Vendor",
    "host_vendor",
]

LEAST_MEMORY_MIB, MOST_MEMORY_MIB = 1, 3072
"""below the devices of a PC, which begin at 0xfeb00000"""
MEMORY_MIB, LINUX_MEMORY_MIB, LINUX_DISK_MEMORY_MIB = 64, 256, 512
"""Default size of RAM: of a Linux kernel, and of a distribution on a disk, where systemd alone takes 100."""
LEAST_MIPS, MOST_MIPS = 1, 250
"""Million instructions a guest second, four bytes each. The most, one tick a byte, is near what hosts reach."""
USUAL_MIPS = 31
"""Of most guests; a Linux kernel, which has much more to do, gets the most."""
LINUX_DISK_MIPS = 125
"""Of a distribution on a disk: its many programs run each a little, about half as fast on the host."""
MOST_CPUS = 16
"""as many as the core has places for"""
MOST_PAST_MIB = 1 << 20
CPU_MODELS, DEFAULT_CPU = MODELS, DEFAULT
"""What `cpu` names."""


RECORDING_BEGINS = b'{"vptop_recording":'
"""How a recording begins, of every format."""


class RecordingError(InputError):
    """A recording that cannot be read or written, or belongs to another version or machine. Record the run again."""


class BootError(InputError):
    """A file that is missing or cannot be booted. Name another, or convert it as the message says."""


class PowerOn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The configuration of a VM process."""

    disk_bus: DiskBus | None = None
    """what the disk is attached to; None: what suits the guest"""
    disk_model: Latency | None = None
    """latency model of the disk; None: what suits its bus"""
    net: NetworkCard | None = None
    """the network card; None: what suits the guest"""
    seed: int = 0
    """of everything random in the devices; the same seed, scripts and inputs give the same run, byte for byte"""
    memory_mib: Annotated[int, msgspec.Meta(ge=LEAST_MEMORY_MIB, le=MOST_MEMORY_MIB)] | None = None
    """size of RAM; None: what suits the guest"""
    cpus: Annotated[int, msgspec.Meta(ge=1, le=MOST_CPUS)] = 1
    """number of virtual CPUs"""
    mips: Annotated[int, msgspec.Meta(ge=LEAST_MIPS, le=MOST_MIPS)] | None = None
    """speed of the CPU in guest time, million instructions a second; None: what suits the guest. It is never measured,
    so that runs are equal"""
    cpu: str = DEFAULT_CPU
    """model of the CPU; engine.machine.cpu_models lists them"""
    boot: str = ""
    """disk image or Multiboot kernel to boot; empty: the bundled guest"""
    words: str = ""
    """command line of a Multiboot or Linux kernel"""
    modules: tuple[str, ...] = ()
    """its modules, each a file and, behind a blank, words for it"""
    kernel: str = ""
    """Linux kernel to boot: a bzImage or vmlinux, whose command line is `words`"""
    symbols: str = ""
    """symbols of what is booted, System.map, /proc/kallsyms or ELF; empty: those in the kernel itself"""
    user_symbols: tuple[str, ...] = ()
    """programs of a Linux guest and files with their symbols, or folders of such; a file may be given as NAME=FILE"""
    initrd: str = ""
    """its initial RAM disk; empty: the demonstration, unless the command line names a root file system"""
    busybox: str = ""
    """the static busybox of the demonstration; empty: one that is installed"""
    kaslr: bool = False
    """let it run at a virtual address that the seed chooses"""
    disk: str = ""
    """image on the disk of a machine that boots a Linux kernel"""
    reboot: bool = True
    """reset the machine after a triple fault; otherwise it stops there"""
    cold: bool = True
    """begin at power-on; otherwise from a snapshot, the bundled guest one guest second later, Linux at its prompt"""
    watch_boot: bool = False
    """where there is no snapshot of a Linux guest yet, show its boot and keep one at its prompt"""
    resume: str = ""
    """snapshot to resume from instead of booting"""
    record: str = ""
    """file to log outside input to"""
    replay: str = ""
    """such a file, whose inputs come in again"""
    past_every: int = 5
    """vptop.past.every: guest seconds from a checkpoint to the next"""
    past_seconds: int = 600
    """vptop.past.seconds: guest seconds of the past that a VM process keeps; 0: none"""
    past_mib: int = 512
    """vptop.past.MiB: memory that its checkpoints may take, 1 to MOST_PAST_MIB"""
    code_bytes: int = Limits().code_bytes
    """vprobe.maxCodeBytes"""
    bag_bytes: int = Limits().bag_bytes
    """vprobe.bagBytes"""
    vendor: Vendor = "intel"
    """vhv.vendor: whose CPU it is, and whose exit state scripts may name"""
    refusal: str = ""
    """why scripts may not be loaded; empty when they may (vprobe.allow, vprobe.enable)"""

    @property
    def limits(self) -> Limits:
        """Of the scripts."""
        return Limits(code_bytes=self.code_bytes, bag_bytes=self.bag_bytes, hv_vendor=self.vendor)


def host_vendor(cpuinfo: Path = Path("/proc/cpuinfo")) -> Vendor:
    """The vendor of this host's processor; intel where it is unknown."""
    try:
        return "amd" if "AuthenticAMD" in cpuinfo.read_text("ascii", "replace") else "intel"
    except OSError:
        return "intel"

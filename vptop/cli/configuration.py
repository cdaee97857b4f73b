# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's configuration, from the command line and from files such as a .vmx."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from engine.vm import typist
from engine.vm.configuration import read_vmx
from engine.vm.files import read
from engine.vm.options import (
    CPU_MODELS,
    DEFAULT_CPU,
    LEAST_MEMORY_MIB,
    LEAST_MIPS,
    LINUX_DISK_MEMORY_MIB,
    LINUX_DISK_MIPS,
    LINUX_MEMORY_MIB,
    MEMORY_MIB,
    MOST_CPUS,
    MOST_MEMORY_MIB,
    MOST_MIPS,
    USUAL_MIPS,
    DiskBus,
    Latency,
    NetworkCard,
    PowerOn,
    TypingDevice,
)
from engine.vm.settings import ConfigurationError, Line, Value, fields, read_lines
from vptop.cli.cpu_list import chosen

MOST_SEED = (1 << 63) - 1


@Parameter(name="*")
@dataclass(frozen=True)
class MachineOptions:
    """Options of every command that runs a machine."""

    kernel: Annotated[Path | None, Parameter(help="Linux kernel to boot: a bzImage or vmlinux.")] = None
    initrd: Annotated[
        Path | None, Parameter(help="Its initial RAM disk; without, a demonstration userland around a busybox.")
    ] = None
    symbols: Annotated[
        Path | None,
        Parameter(
            help="Symbols of what --kernel or --boot names: System.map, /proc/kallsyms or an ELF file (default: those "
            "in the kernel itself)."
        ),
    ] = None
    user_symbols: Annotated[
        tuple[str, ...],
        Parameter(
            negative="",
            consume_multiple=False,
            show_default=False,
            help="A program of a Linux guest, its debug file, or a folder of such, whose functions stacks name; "
            "NAME=FILE if the guest's file has another name. Repeatable.",
        ),
    ] = ()
    busybox: Annotated[Path | None, Parameter(help="Static busybox of that (default: one that is installed).")] = None
    kaslr: Annotated[
        bool | None, Parameter(negative="", help="Let it run at a virtual address that the seed chooses.")
    ] = None
    disk: Annotated[Path | None, Parameter(help="Image on the disk of a machine that boots a Linux kernel.")] = None
    disk_bus: Annotated[
        DiskBus | None,
        Parameter(
            help="What it is attached to (default: nvme for a Linux kernel, virtio for a disk with Linux, or ide)."
        ),
    ] = None
    disk_model: Annotated[
        Latency | None, Parameter(help="Its latency model (default: hdd on ide, nvme on nvme, ssd on virtio).")
    ] = None
    net: Annotated[NetworkCard | None, Parameter(help="Network card (default: virtio for Linux, or rtl8139).")] = None
    seed: Annotated[
        int, Parameter(help="Seed of everything random in the devices.", validator=Number(gte=0, lte=MOST_SEED))
    ] = 0
    cold: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, help="Begin at the boot sector, not one second later from a snapshot."
        ),
    ] = False
    no_reboot: Annotated[
        bool, Parameter(negative="", show_default=False, help="Stop at a triple fault, with the registers.")
    ] = False
    record: Annotated[Path | None, Parameter(help="Log what is typed to the guest to this file.")] = None
    boot: Annotated[Path | None, Parameter(help="Disk image or Multiboot kernel to boot.")] = None
    append: Annotated[str | None, Parameter(help="Command line of a Linux or Multiboot kernel.")] = None
    module: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", consume_multiple=False, show_default=False, help='A module of it: "FILE WORDS". Repeatable.'
        ),
    ] = ()
    memory: Annotated[
        int | None,
        Parameter(
            help=f"Size of RAM in MiB (default: {MEMORY_MIB}; {LINUX_MEMORY_MIB} for --kernel, "
            f"{LINUX_DISK_MEMORY_MIB} for --boot with Linux).",
            validator=Number(gte=LEAST_MEMORY_MIB, lte=MOST_MEMORY_MIB),
        ),
    ] = None
    cpus: Annotated[
        int | None, Parameter(help="Number of virtual CPUs (default: 1).", validator=Number(gte=1, lte=MOST_CPUS))
    ] = None
    mips: Annotated[
        int | None,
        Parameter(
            help="Speed of the CPU: million instructions a guest second (default: "
            f"{USUAL_MIPS}; {MOST_MIPS} for --kernel, {LINUX_DISK_MIPS} for --boot with Linux).",
            validator=Number(gte=LEAST_MIPS, lte=MOST_MIPS),
        ),
    ] = None
    cpu: Annotated[
        str | None,
        Parameter(help=f"Model of the CPU: {', '.join(CPU_MODELS)} (default: {DEFAULT_CPU}); list prints them."),
    ] = None
    replay: Annotated[Path | None, Parameter(help="Repeat the run such a file was recorded in.")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class TypingOptions:
    """Options of a command that types to the guest."""

    type: Annotated[
        str,
        Parameter(
            show_default=False,
            help="Type this to the guest, a key every 10 guest milliseconds; in angle brackets keys by name, such as "
            "`<enter>`, `<esc>`, `<f2>`, `<c-a-del>`, and `<wait 2.5>` for guest seconds.",
        ),
    ] = ""
    type_file: Annotated[Path | None, Parameter(help="Type the text of this file, after that of --type.")] = None
    type_to: Annotated[
        TypingDevice, Parameter(help="Where it is typed; auto is where the guest listens when a key is pressed.")
    ] = "auto"

    def keys(self) -> str:
        """All that is to be typed.

        Raises:
            KeysError: a key is unknown, or the device has none for a character.
            BootError: the file cannot be read.
        """
        texts = {"--type": self.type}
        if self.type_file is not None:
            texts[str(self.type_file)] = read(self.type_file).decode("utf-8", "replace")
        for place, text in texts.items():
            try:
                typist.plan(text, self.type_to, 0, 1)
            except typist.KeysError as error:
                raise typist.KeysError(f"{place}: {error}") from error
        return "".join(texts.values())


@Parameter(name="*")
@dataclass(frozen=True)
class SettingOptions:
    """Options of every command that reads scripts."""

    set: Annotated[
        tuple[str, ...],
        Parameter(negative="", consume_multiple=False, show_default=False, help="A setting of the engine: KEY=VALUE."),
    ] = ()
    config: Annotated[Path | None, Parameter(help="File of settings, a line each, as in a .vmx.")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class LookOptions:
    """Options of every command that opens the dashboard."""

    ascii: Annotated[
        bool, Parameter(negative="", show_default=False, help="Draw the dashboard with ASCII characters alone.")
    ] = False


def power_on(machine: MachineOptions, settings: SettingOptions, vmx: Path | None = None) -> PowerOn:
    """All settings together; those of the command line win over those of files.

    Args:
        machine: options of the machine.
        settings: options of the engine.
        vmx: file that describes a virtual machine.

    Raises:
        ConfigurationError: a setting is wrong, or a file cannot be read.
        SystemExit: the models of CPUs were asked for, and printed.
    """
    known: dict[str, Value] = {}
    if vmx is not None:
        found = read_vmx(vmx)
        known |= _set_in(found.power) | {"refusal": found.refusal}
    if settings.config is not None:
        for line in read_lines(settings.config):
            known |= fields(line, settings.config.parent)
    for words in settings.set:
        key, equals, value = words.partition("=")
        if not equals:
            raise ConfigurationError(f"--set {words}: no value; expected KEY=VALUE, as in vprobe.bagBytes=65536")
        known |= fields(Line(f"--set {words}", key.strip(), value.strip().strip('"')), strict=True)
    known |= _given(machine)
    if machine.cpu is not None:
        known |= chosen(machine.cpu)
    return PowerOn(
        seed=machine.seed,
        modules=machine.module,
        cold=machine.cold,
        reboot=not machine.no_reboot,
        record=str(machine.record or ""),
        replay=str(machine.replay or ""),
        **known,  # type: ignore[arg-type] # by the table of settings
    )


def _set_in(power: PowerOn) -> dict[str, Value]:
    """The fields that are not as they are by default."""
    default = msgspec.structs.asdict(PowerOn())
    return {name: value for name, value in msgspec.structs.asdict(power).items() if value != default[name]}


def _given(machine: MachineOptions) -> dict[str, Value]:
    """Options of the command line that files can set too, as fields of PowerOn; only those that were given."""
    paths = {
        "boot": machine.boot,
        "kernel": machine.kernel,
        "initrd": machine.initrd,
        "symbols": machine.symbols,
        "busybox": machine.busybox,
        "disk": machine.disk,
    }
    given: dict[str, Value | None] = {name: None if path is None else str(path) for name, path in paths.items()}
    given |= {
        "kaslr": machine.kaslr,
        "disk_bus": machine.disk_bus,
        "disk_model": machine.disk_model,
        "net": machine.net,
    }
    given |= {"user_symbols": machine.user_symbols or None}
    given |= {"words": machine.append, "memory_mib": machine.memory, "cpus": machine.cpus, "mips": machine.mips}
    return {name: value for name, value in given.items() if value is not None}

# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's configuration, from the command line and from files such as a .vmx."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, TypeAlias, get_args

from cyclopts import Parameter
from cyclopts.validators import Number

from engine.errors import InputError
from engine.vm.options import (
    LEAST_MEMORY_MIB,
    LINUX_MEMORY_MIB,
    MEMORY_MIB,
    MOST_MEMORY_MIB,
    DiskBus,
    Latency,
    NetworkCard,
    PowerOn,
    host_vendor,
)
from engine.vp.diagnostics.nearest import nearest
from engine.vp.limits import MAX_BAG_BYTES, MAX_CODE_BYTES

MOST_SEED = (1 << 63) - 1
OURS = ("vprobe.", "vhv.", "vptop.")
_LINE = re.compile(r'\s*([\w.:-]+)\s*=\s*(?:"([^"]*)"|([^"#]*?))\s*(?:#.*)?')
Value: TypeAlias = int | str
Reader: TypeAlias = Callable[[str, Path], Value]
"""Reads the value of a setting; the folder is that of the file where it stands. Its docstring says what it expects."""
_BLANK = re.compile(r"\s*(?:#.*)?")


class ConfigurationError(InputError):
    """A wrong setting. The message says where it is, what was found and what was expected: correct it there."""


@Parameter(name="*")
@dataclass(frozen=True)
class MachineOptions:
    """Options of every command that runs a machine."""

    kernel: Annotated[Path | None, Parameter(help="Linux kernel to boot: a bzImage or vmlinux.")] = None
    initrd: Annotated[
        Path | None, Parameter(help="Its initial RAM disk; without, a demonstration userland around a busybox.")
    ] = None
    busybox: Annotated[Path | None, Parameter(help="Static busybox of that (default: one that is installed).")] = None
    kaslr: Annotated[
        bool | None, Parameter(negative="", help="Let it run at a virtual address that the seed chooses.")
    ] = None
    disk: Annotated[Path | None, Parameter(help="Image on the disk of a machine that boots a Linux kernel.")] = None
    disk_bus: Annotated[DiskBus | None, Parameter(help="What it is attached to (default: ide, of Linux nvme).")] = None
    disk_model: Annotated[
        Latency | None, Parameter(help="Its latency model (default: hdd on ide, nvme on nvme, ssd on virtio).")
    ] = None
    net: Annotated[NetworkCard | None, Parameter(help="Network card (default: rtl8139, of Linux virtio).")] = None
    seed: Annotated[
        int, Parameter(help="Seed of everything random in the devices.", validator=Number(gte=0, lte=MOST_SEED))
    ] = 0
    cold: Annotated[
        bool,
        Parameter(
            negative="", show_default=False, help="Begin at the boot sector, not one second later from a snapshot."
        ),
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
            help=f"Size of RAM in MiB (default: {MEMORY_MIB}, with a Linux kernel {LINUX_MEMORY_MIB}).",
            validator=Number(gte=LEAST_MEMORY_MIB, lte=MOST_MEMORY_MIB),
        ),
    ] = None
    replay: Annotated[Path | None, Parameter(help="Repeat the run such a file was recorded in.")] = None


@Parameter(name="*")
@dataclass(frozen=True)
class SettingOptions:
    """Options of every command that reads scripts."""

    set: Annotated[
        tuple[str, ...],
        Parameter(negative="", consume_multiple=False, show_default=False, help="A setting of the engine: KEY=VALUE."),
    ] = ()
    config: Annotated[Path | None, Parameter(help="File of settings, a line each, as in a .vmx.")] = None


def power_on(machine: MachineOptions, settings: SettingOptions) -> PowerOn:
    """All settings together; those of the command line win over those of the file.

    Raises:
        ConfigurationError: a setting is wrong, or a file cannot be read.
    """
    known: dict[str, Value] = {"vendor": host_vendor()}
    if settings.config is not None:
        for place, key, value in _lines(settings.config):
            known |= _setting(place, key, value, settings.config.parent)
    for words in settings.set:
        key, equals, value = words.partition("=")
        if not equals:
            raise ConfigurationError(f"--set {words}: no value; expected KEY=VALUE, as in vprobe.bagBytes=65536")
        known |= _setting(f"--set {words}", key.strip(), value.strip().strip('"'), strict=True)
    known |= _given(machine)
    if known.get("kernel"):
        known.setdefault("memory_mib", LINUX_MEMORY_MIB)
    return PowerOn(
        seed=machine.seed,
        boot=str(machine.boot or ""),
        modules=machine.module,
        cold=machine.cold,
        record=str(machine.record or ""),
        replay=str(machine.replay or ""),
        **known,  # type: ignore[arg-type] # by the table of settings
    )


def _given(machine: MachineOptions) -> dict[str, Value]:
    """Options of the command line that files can set too, as fields of PowerOn; only those that were given."""
    paths = {
        "kernel": machine.kernel, "initrd": machine.initrd, "busybox": machine.busybox, "disk": machine.disk,
    }  # fmt: skip
    fields: dict[str, Value | None] = {name: None if path is None else str(path) for name, path in paths.items()}
    fields |= {
        "kaslr": machine.kaslr,
        "disk_bus": machine.disk_bus,
        "disk_model": machine.disk_model,
        "net": machine.net,
    }
    fields |= {"words": machine.append, "memory_mib": machine.memory}
    return {name: value for name, value in fields.items() if value is not None}


def _lines(path: Path) -> Sequence[tuple[str, str, str]]:
    found = []
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is not None:
            found.append((f"{path}:{number}", match[1], match[2] if match[2] is not None else match[3]))
        elif not _BLANK.fullmatch(line):
            raise ConfigurationError(f'{path}:{number}: found {line.strip()!r}; expected KEY = "VALUE"')
    return found


def _number(least: int, most: int) -> Reader:
    def read(text: str, folder: Path) -> int:
        del folder
        value = int(text, 0)
        if not least <= value <= most:
            raise ValueError
        return value

    read.__doc__ = f"a number from {least} to {most}"
    return read


def _vendor(text: str, folder: Path) -> Value:
    """intel, amd or host"""
    return host_vendor() if text.lower() == "host" else _word("intel", "amd")(text, folder)


def _word(*words: str) -> Reader:
    def read(text: str, folder: Path) -> str:
        del folder
        if text.lower() not in words:
            raise ValueError
        return text.lower()

    read.__doc__ = f"{', '.join(words[:-1])} or {words[-1]}"
    return read


def _flag(text: str, folder: Path) -> bool:
    """TRUE or FALSE"""
    return _word("true", "false")(text, folder) == "true"


def _text(text: str, folder: Path) -> str:
    """Any text"""
    del folder
    return text


def _path(text: str, folder: Path) -> str:
    """The name of a file"""
    return str(folder / text) if text else ""


_SETTINGS: dict[str, tuple[str, Reader]] = {
    "vprobe.maxCodeBytes": ("code_bytes", _number(256, MAX_CODE_BYTES)),
    "vprobe.bagBytes": ("bag_bytes", _number(64, MAX_BAG_BYTES)),
    "vhv.vendor": ("vendor", _vendor),
    "memsize": ("memory_mib", _number(LEAST_MEMORY_MIB, MOST_MEMORY_MIB)),
    "vptop.kernel": ("kernel", _path),
    "vptop.initrd": ("initrd", _path),
    "vptop.append": ("words", _text),
    "vptop.kaslr": ("kaslr", _flag),
    "vptop.disk": ("disk", _path),
    "vptop.busybox": ("busybox", _path),
    "vptop.diskBus": ("disk_bus", _word(*get_args(DiskBus))),
    "vptop.diskModel": ("disk_model", _word(*get_args(Latency))),
    "vptop.net": ("net", _word(*get_args(NetworkCard))),
}
"""Settings by name: field of PowerOn, and how the value is read (manual p. 29 and 30). File names in a file are
relative to its folder."""
_WITHOUT_EFFECT = {"vprobe.enable", "vprobe.allow", "vprobe.guestSyms", "vprobe.vpFile", "vprobe.outFile"}
"""Settings of VMware's that ask for nothing here: probes are always allowed, scripts are named on the command line."""


def _setting(place: str, key: str, text: str, folder: Path = Path(), *, strict: bool = False) -> dict[str, Value]:
    names = {name.lower(): name for name in (*_SETTINGS, *_WITHOUT_EFFECT)}
    name = names.get(key.lower(), key)
    if name in _WITHOUT_EFFECT or (name not in _SETTINGS and not strict and not key.startswith(OURS)):
        return {}  # a .vmx says much about hardware that is not ours
    if name not in _SETTINGS:
        close = nearest(key, tuple(_SETTINGS))
        hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(_SETTINGS)}"
        raise ConfigurationError(f"{place}: no setting {key}{hint}")
    field, read = _SETTINGS[name]
    try:
        return {field: read(text, folder)}
    except ValueError:
        raise ConfigurationError(f"{place}: found {text!r}; expected {read.__doc__}") from None

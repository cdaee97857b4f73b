# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine's configuration, from the command line and from files such as a .vmx."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter
from cyclopts.validators import Number

from engine.errors import InputError
from engine.vm.options import LEAST_MEMORY_MIB, MOST_MEMORY_MIB, PowerOn, host_vendor
from engine.vp.diagnostics.nearest import nearest
from engine.vp.limits import MAX_BAG_BYTES, MAX_CODE_BYTES

MOST_SEED = (1 << 63) - 1
OURS = ("vprobe.", "vhv.", "vptop.")
_LINE = re.compile(r'\s*([\w.:-]+)\s*=\s*(?:"([^"]*)"|([^"#]*?))\s*(?:#.*)?')
_BLANK = re.compile(r"\s*(?:#.*)?")


class ConfigurationError(InputError):
    """A wrong setting. The message says where it is, what was found and what was expected: correct it there."""


@Parameter(name="*")
@dataclass(frozen=True)
class MachineOptions:
    """Options of every command that runs a machine."""

    disk: Annotated[Literal["hdd", "ssd"], Parameter(help="Latency model of the guest's disk.")] = "hdd"
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
    append: Annotated[str, Parameter(show_default=False, help="Command line of a Multiboot kernel.")] = ""
    module: Annotated[
        tuple[str, ...],
        Parameter(
            negative="", consume_multiple=False, show_default=False, help='A module of it: "FILE WORDS". Repeatable.'
        ),
    ] = ()
    memory: Annotated[
        int, Parameter(help="Size of RAM in MiB.", validator=Number(gte=LEAST_MEMORY_MIB, lte=MOST_MEMORY_MIB))
    ] = 64
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
    known: dict[str, int | str] = {"vendor": host_vendor()}
    if settings.config is not None:
        for place, key, value in _lines(settings.config):
            known |= _setting(place, key, value)
    for words in settings.set:
        key, equals, value = words.partition("=")
        if not equals:
            raise ConfigurationError(f"--set {words}: no value; expected KEY=VALUE, as in vprobe.bagBytes=65536")
        known |= _setting(f"--set {words}", key.strip(), value.strip().strip('"'), strict=True)
    return PowerOn(
        disk=machine.disk,
        seed=machine.seed,
        memory_mib=machine.memory,
        boot=str(machine.boot or ""),
        words=machine.append,
        modules=machine.module,
        cold=machine.cold,
        record=str(machine.record or ""),
        replay=str(machine.replay or ""),
        **known,  # type: ignore[arg-type] # by the table of settings
    )


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


def _number(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        value = int(text, 0)
        if not least <= value <= most:
            raise ValueError
        return value

    read.__doc__ = f"a number from {least} to {most}"
    return read


def _vendor(text: str) -> str:
    """intel, amd or host"""
    if text.lower() == "host":
        return host_vendor()
    if text.lower() not in ("intel", "amd"):
        raise ValueError
    return text.lower()


_SETTINGS: dict[str, tuple[str, Callable[[str], int | str]]] = {
    "vprobe.maxCodeBytes": ("code_bytes", _number(256, MAX_CODE_BYTES)),
    "vprobe.bagBytes": ("bag_bytes", _number(64, MAX_BAG_BYTES)),
    "vhv.vendor": ("vendor", _vendor),
}
"""Settings by name: field of PowerOn, and how the value is read (manual p. 29 and 30)."""
_WITHOUT_EFFECT = {"vprobe.enable", "vprobe.allow", "vprobe.guestSyms", "vprobe.vpFile", "vprobe.outFile"}
"""Settings of VMware's that ask for nothing here: probes are always allowed, scripts are named on the command line."""


def _setting(place: str, key: str, text: str, *, strict: bool = False) -> dict[str, int | str]:
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
        return {field: read(text)}
    except ValueError:
        raise ConfigurationError(f"{place}: found {text!r}; expected {read.__doc__}") from None

# SPDX-License-Identifier: GPL-2.0-or-later
"""A .vmx file, as VMware writes them: which machine it describes, and whether scripts may be loaded into it.

Keys are compared without regard to case; the last of equal ones counts. Keys about hardware that this machine does not
have are ignored, those that a person may rely on with a warning.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.vm import site
from engine.vm.options import PowerOn
from engine.vm.settings import ConfigurationError, Line, Value, fields, is_true, read_lines

OUTPUT = "vprobe.out"
_BUSSES = ("nvme0:0", "scsi0:0", "sata0:0", "ide0:0")
_NO_DISKS = ("cdrom-image", "cdrom-raw", "atapi-cdrom")
_UNSUPPORTED = {
    "firmware": ("bios", "the machine has a BIOS"),
    "ethernet0.present": ("true", "the machine has a network card"),
    "ethernet0.virtualDev": ("", 'the network card is chosen by guest.net = "rtl8139" or "virtio"'),
    "serial0.fileType": ("file", 'what the guest writes to its serial port goes to a file if this is "file"'),
}
"""Settings that cannot be followed: the value that is there anyway, and what the machine has."""
_SECOND = re.compile(r"(serial|ethernet)[1-9]\d*\.present")


class NotFoundError(ConfigurationError):
    """There is no such .vmx file. Name another, or make one with `vptop new DIR`."""


@dataclass(frozen=True, slots=True)
class Configuration:
    """What a .vmx file says.

    Attributes:
        path: of the file, absolute.
        name: display name.
        power: the machine.
        output: where script output goes (vprobe.outFile).
        serial: the file that gets what the guest writes to its serial port (serial0.fileName); None: no file does.
        script: a script to load at power-on (vprobe.vpFile); None when there is none.
        refusal: why no script may be loaded; empty when scripts may.
        warnings: what was ignored that a person may rely on.
    """

    path: Path
    name: str
    power: PowerOn
    output: Path
    serial: Path | None
    script: Path | None
    refusal: str
    warnings: tuple[str, ...]


def read_vmx(path: Path) -> Configuration:
    """Read a .vmx file.

    Raises:
        NotFoundError: there is no such file.
        ConfigurationError: it cannot be read, or a setting in it is wrong.
    """
    path = path.absolute()
    if not path.exists():
        raise NotFoundError(f"{path}: no such file")
    lines = read_lines(path)
    known = {line.key.lower(): line for line in lines}
    machine: dict[str, Value] = {}
    for line in lines:
        machine |= fields(line, path.parent)
    machine |= _disk(known, path.parent, machine)
    script = _value(known, "vprobe.vpFile")
    return Configuration(
        path=path,
        name=_value(known, "displayName") or path.stem,
        power=PowerOn(**machine),  # type: ignore[arg-type] # by the table of settings
        output=path.parent / (_value(known, "vprobe.outFile") or OUTPUT),
        serial=_serial(known, path.parent),
        script=path.parent / script if script else None,
        refusal=_refusal(known, path),
        warnings=tuple(_warnings(known)),
    )


def _value(known: Mapping[str, Line], key: str) -> str:
    line = known.get(key.lower())
    return line.value if line else ""


def _is_true(known: Mapping[str, Line], key: str) -> bool:
    line = known.get(key.lower())
    return line is not None and is_true(line)


def _disk(known: Mapping[str, Line], folder: Path, machine: Mapping[str, Value]) -> dict[str, Value]:
    """The first disk that VMware's keys name, unless `guest.disk` names one."""
    if machine.get("disk"):
        return {}
    for bus in _BUSSES:
        image = _value(known, f"{bus}.fileName")
        absent = _value(known, f"{bus}.present").lower() == "false"
        if image and not absent and _value(known, f"{bus}.deviceType").lower() not in _NO_DISKS:
            return {"disk" if machine.get("kernel") else "boot": str(folder / image)}
    return {}


def _serial(known: Mapping[str, Line], folder: Path) -> Path | None:
    """The file of the serial port; its other kinds of back end are reported as ignored."""
    name, kind = _value(known, "serial0.fileName"), _value(known, "serial0.fileType").lower()
    is_file = kind in ("", "file") and _value(known, "serial0.present").lower() != "false"
    return folder / name if name and is_file else None


def _refusal(known: Mapping[str, Line], path: Path) -> str:
    """Why scripts may not be loaded (manual p. 7), with the line that lets them."""
    if not _is_true(known, "vprobe.allow") and not site.allows_vprobes():
        return f'VProbes are not allowed on this host: add the line vprobe.allow = "TRUE" to {site.FILES[-1]} or {path}'
    if not _is_true(known, "vprobe.enable"):
        return f'VProbes are not enabled: power the VM off and add the line vprobe.enable = "TRUE" to {path}'
    return ""


def _warnings(known: Mapping[str, Line]) -> Sequence[str]:
    found = []
    if _value(known, "vprobe.guestSyms"):
        found.append(
            f"{known['vprobe.guestsyms'].place}: vprobe.guestSyms is ignored: symbols in VP scripts are deprecated; "
            "scripts name addresses, or are written in Emmett (`emmett -s FILE`)"
        )
    for key, (same, has) in _UNSUPPORTED.items():
        value = _value(known, key)
        if value and value.lower() != same:
            found.append(f'{known[key.lower()].place}: {key} = "{value}" is ignored: {has}')
    for key, line in known.items():
        if _SECOND.fullmatch(key) and line.value.lower() == "true":
            found.append(f"{line.place}: {line.key} is ignored: the machine has one serial port and one network card")
    return found

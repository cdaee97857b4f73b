# SPDX-License-Identifier: GPL-2.0-or-later
"""Settings of a virtual machine by the names they have in a .vmx file and in `--set KEY=VALUE`."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias, get_args

from engine.errors import InputError
from engine.vm.options import (
    CPU_MODELS,
    LEAST_MEMORY_MIB,
    LEAST_MIPS,
    MOST_CPUS,
    MOST_MEMORY_MIB,
    MOST_MIPS,
    MOST_PAST_MIB,
    DiskBus,
    Latency,
    NetworkCard,
    host_vendor,
)
from engine.vp.diagnostics.nearest import nearest
from engine.vp.limits import MAX_BAG_BYTES, MAX_CODE_BYTES

_LINE = re.compile(r'\s*([\w.:-]+)\s*=\s*(?:"([^"]*)"|([^"#]*?))\s*(?:#.*)?')
_BLANK = re.compile(r"\s*(?:#.*)?")
STRICT = ("vprobe.", "vhv.", "vptop.")
"""An unknown setting whose name begins like this is an error; a .vmx holds many others, about hardware of VMware's."""
Value: TypeAlias = int | str | tuple[str, ...]
Reader: TypeAlias = Callable[[str, Path], Value]
"""Reads the value of a setting; the folder is that of the file that holds it. Its docstring says what it expects."""


class ConfigurationError(InputError):
    """A wrong setting. The message says where it is, what was found and what was expected: correct it there."""


@dataclass(frozen=True, slots=True)
class Line:
    """One `KEY = "VALUE"` of a file."""

    place: str
    """file and line"""
    key: str
    value: str


def read_lines(path: Path) -> list[Line]:
    """The settings in a file, in order. Comments begin with `#`; quotes around a value may be left out.

    Raises:
        ConfigurationError: the file cannot be read, or a line is not a setting.
    """
    try:
        text = path.read_text("utf-8", "replace")
    except OSError as error:
        raise ConfigurationError(f"{path}: {error.strerror or error}") from error
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        match = _LINE.fullmatch(line)
        if match is not None:
            found.append(Line(f"{path}:{number}", match[1], match[2] if match[2] is not None else match[3]))
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


class _WordError(ValueError):
    """None of the words of a setting."""

    def __init__(self, text: str, words: tuple[str, ...]) -> None:
        super().__init__(text)
        close = nearest(text, words)
        self.hint = f"; did you mean {close[0]}?" if close else ""


def _word(*words: str) -> Reader:
    def read(text: str, folder: Path) -> str:
        del folder
        if text.lower() not in words:
            raise _WordError(text, words)
        return text.lower()

    read.__doc__ = f"{', '.join(words[:-1])} or {words[-1]}"
    return read


def _flag(text: str, folder: Path) -> bool:
    """TRUE or FALSE"""
    return _word("true", "false")(text, folder) == "true"


def is_true(line: Line) -> bool:
    """The value of a setting that is TRUE or FALSE.

    Raises:
        ConfigurationError: it is neither.
    """
    try:
        return _flag(line.value, Path())
    except ValueError:
        raise ConfigurationError(f"{line.place}: found {line.value!r}; expected {_flag.__doc__}") from None


def _text(text: str, folder: Path) -> str:
    """Any text"""
    del folder
    return text


def _path(text: str, folder: Path) -> str:
    """The name of a file"""
    return str(folder / text) if text else ""


def _programs(text: str, folder: Path) -> tuple[str, ...]:
    """Names of files, colons between them, NAME= before each that needs another name"""
    return tuple(_program(word, folder) for word in text.split(":") if word)


def _program(word: str, folder: Path) -> str:
    name, equals, file = word.partition("=")
    return f"{name}={folder / file}" if equals and "/" not in name else str(folder / word)


SETTINGS: dict[str, tuple[str, Reader]] = {
    "vprobe.maxCodeBytes": ("code_bytes", _number(256, MAX_CODE_BYTES)),
    "vprobe.bagBytes": ("bag_bytes", _number(64, MAX_BAG_BYTES)),
    "vhv.vendor": ("vendor", _vendor),
    "vptop.past.every": ("past_every", _number(1, 3600)),
    "vptop.past.seconds": ("past_seconds", _number(0, 86_400)),
    "vptop.past.MiB": ("past_mib", _number(1, MOST_PAST_MIB)),
    "memsize": ("memory_mib", _number(LEAST_MEMORY_MIB, MOST_MEMORY_MIB)),
    "numvcpus": ("cpus", _number(1, MOST_CPUS)),
    "guest.cpu": ("cpu", _word(*CPU_MODELS)),
    "guest.mips": ("mips", _number(LEAST_MIPS, MOST_MIPS)),
    "guest.kernel": ("kernel", _path),
    "guest.initrd": ("initrd", _path),
    "guest.symbols": ("symbols", _path),
    "guest.userSymbols": ("user_symbols", _programs),
    "guest.append": ("words", _text),
    "guest.kaslr": ("kaslr", _flag),
    "guest.disk": ("disk", _path),
    "guest.busybox": ("busybox", _path),
    "guest.diskBus": ("disk_bus", _word(*get_args(DiskBus))),
    "guest.diskModel": ("disk_model", _word(*get_args(Latency))),
    "guest.net": ("net", _word(*get_args(NetworkCard))),
}
"""Settings by name: field of PowerOn, and how the value is read (manual p. 29 and 30). File names in a file are
relative to its folder."""
OF_THE_VM = ("vprobe.enable", "vprobe.allow", "vprobe.guestSyms", "vprobe.vpFile", "vprobe.outFile")
"""Settings that belong to a VM as a whole, not to its machine: engine.vm.configuration reads them."""


def fields(line: Line, folder: Path = Path(), *, strict: bool = False) -> dict[str, Value]:
    """A setting as fields of PowerOn; none when it is not about the machine.

    Args:
        line: the setting; letters of its name may be of either case.
        folder: where file names begin.
        strict: refuse every unknown name, not only those that begin like ours.

    Raises:
        ConfigurationError: there is no such setting, or it has a wrong value.
    """
    names = {name.lower(): name for name in (*SETTINGS, *OF_THE_VM)}
    name = names.get(line.key.lower(), line.key)
    if name in OF_THE_VM or (name not in SETTINGS and not strict and not line.key.lower().startswith(STRICT)):
        return {}
    if name not in SETTINGS:
        close = nearest(line.key, tuple(SETTINGS))
        hint = f"; did you mean {close[0]}?" if close else f"; there are {', '.join(SETTINGS)}"
        raise ConfigurationError(f"{line.place}: no setting {line.key}{hint}")
    field, read = SETTINGS[name]
    try:
        return {field: read(line.value, folder)}
    except ValueError as error:
        hint = error.hint if isinstance(error, _WordError) else ""
        raise ConfigurationError(f"{line.place}: found {line.value!r}; expected {read.__doc__}{hint}") from None

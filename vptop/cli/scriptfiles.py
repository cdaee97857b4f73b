# SPDX-License-Identifier: GPL-2.0-or-later
"""Read VP scripts from files, standard input and the bundled set."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from engine.errors import InputError

FILE_BYTES = 1 << 20
"""Longest script read; compiled, a script of this size is far above every vprobe.maxCodeBytes."""
BUNDLED = Path(__file__).parents[1] / "scripts"
STDIN = "<stdin>"
"""The path that stands for standard input (`-` on a command line)."""


class ScriptFileError(InputError):
    """A script file that cannot be read. Name another, or correct what the message says."""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script's text, the name it goes by, and where it came from."""

    name: str
    source: str
    path: Path


def read(path: Path, name: str = "") -> ScriptFile:
    """Read one script; the path STDIN is standard input.

    Raises:
        ScriptFileError: missing, a directory, too large, not UTF-8.
    """
    if str(path) == STDIN:
        return ScriptFile(STDIN, decode(sys.stdin.buffer.read(FILE_BYTES + 1), STDIN), path)
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise ScriptFileError(f"{path}: {error.strerror}") from error
    return ScriptFile(name or str(path), decode(data, str(path)), path)


def decode(data: bytes, label: str) -> str:
    """The text of a script.

    Raises:
        ScriptFileError: too large, or not UTF-8; says at which line.
    """
    if len(data) > FILE_BYTES:
        raise ScriptFileError(f"{label}: a script has at most {FILE_BYTES} bytes; is this one?")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8", "replace")) + 1
        found = f"{label}:{line}:{column}: found byte {data[error.start]:#04x}, expected UTF-8"
        raise ScriptFileError(f"{found}: save the script in that encoding (iconv -f latin1 -t utf-8)") from error
    return text.replace("\r\n", "\n")


def read_all(paths: Iterable[Path]) -> list[ScriptFile]:
    """Read scripts to load together, named by file name, or by path where file names are equal.

    Raises:
        ScriptFileError: one cannot be read, or one is given twice.
    """
    paths = list(paths)
    names = Counter(path.name for path in paths)
    for path, times in Counter(paths).items():
        if times > 1:
            raise ScriptFileError(f"{path}: given {times} times")
    return [read(path, path.name if names[path.name] == 1 else "") for path in paths]


def bundled() -> list[ScriptFile]:
    """The bundled set, vptop.vp first: the dashboard starts with these."""
    paths = sorted(BUNDLED.glob("*.vp"), key=lambda path: (path.name != "vptop.vp", path.name))
    return [read(path, path.name) for path in paths]

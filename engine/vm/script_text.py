# SPDX-License-Identifier: GPL-2.0-or-later
"""The text of a script from its bytes: UTF-8, or Latin-1 where it is not."""

from __future__ import annotations

import codecs
from contextlib import suppress
from pathlib import Path

from engine.errors import InputError
from engine.probes.languages import language_of

FILE_BYTES = 1 << 20
"""Longest script read; compiled, a script of this size is far above every vprobe.maxCodeBytes."""
_HEAD_BYTES = 4096
"""Enough of a file to know that it is no text."""
_OTHERS = {
    (0x202, b"HdrS"): "a Linux kernel, which --kernel boots",
    (0, b"\x7fELF"): "an ELF file, which --kernel boots if it is a Linux kernel, and --boot another one",
    (510, b"\x55\xaa"): "a disk image, which --boot boots",
}
"""Files that people name without the option for them, by offset and magic bytes."""


class ScriptFileError(InputError):
    """A script file that cannot be read. Name another, or correct what the message says."""


def decode(data: bytes, label: str) -> str:
    """The text of a script. Line ends of other systems become newlines.

    Raises:
        ScriptFileError: it is too large.
    """
    if len(data) > FILE_BYTES:
        raise ScriptFileError(f"{label}: larger than {FILE_BYTES} bytes, the most a script may have")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text.replace("\r\n", "\n")


def encode(text: str, before: bytes) -> bytes:
    """The bytes of a script's file: with the line ends, byte order mark and encoding that it had before.

    Args:
        text: of the script.
        before: what the file holds; empty: it is a new one.
    """
    if 2 * before.count(b"\r\n") > before.count(b"\n"):
        text = text.replace("\n", "\r\n")
    if before.startswith(codecs.BOM_UTF8):
        return text.encode("utf-8-sig")
    with suppress(UnicodeDecodeError):
        before.decode()
        return text.encode()
    with suppress(UnicodeEncodeError):
        return text.encode("latin-1")
    return text.encode()


def read_script(path: Path) -> str:
    """The text of a script file.

    Raises:
        ScriptFileError: missing, a directory, unreadable, or too large.
    """
    try:
        with path.open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except OSError as error:
        raise ScriptFileError(f"{path}: {error.strerror}") from error
    if b"\0" in data[:_HEAD_BYTES]:
        what = (told for (at, magic), told in _OTHERS.items() if data[at : at + len(magic)] == magic)
        raise ScriptFileError(f"{path}: {next(what, 'not text')}; expected a script in VP or Emmett")
    return decode(data, str(path))


def includes(name: str, source: str) -> bool:
    """Whether a script includes files, which are named from its folder."""
    if '#include "' not in source:
        return False
    from engine.vp import VP

    return language_of(name) is not VP


def script_name(path: Path, source: str) -> str:
    """The name that a script from a file goes by: its file name, or its whole path if it includes files.

    The VM process compiles it and finds the files from the folder of that path, whatever its own folder is.
    """
    return str(path.absolute()) if includes(path.name, source) else path.name

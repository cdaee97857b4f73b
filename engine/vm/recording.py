# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of outside input: a header that says which machine it was, then one input a line, and the end (JSON)."""

from __future__ import annotations

from pathlib import Path
from typing import BinaryIO

import msgspec

from engine.machine import device_state
from engine.machine.inputs import Input
from engine.vm.options import PowerOn, RecordingError

FORMAT = 3


class Header(msgspec.Struct, frozen=True):
    """The first line."""

    vptop_recording: int
    version: str
    """of device models and core: only the same version can repeat a run"""
    power: PowerOn
    media: str
    """digest of what was booted"""
    start: int
    """tick at which the recording began"""


class End(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The last line."""

    end: int
    """tick at which the machine was powered off"""


class Recording(msgspec.Struct, frozen=True):
    """What a file has."""

    header: Header
    inputs: list[Input]
    end: int | None
    """tick; None where the process that recorded did not come to it"""

    @property
    def known_until(self) -> int:
        """Tick of its end, or of its last input where it breaks off."""
        if self.end is not None:
            return self.end
        return self.inputs[-1].tick if self.inputs else self.header.start

    def broken_off(self, tsc_hz: int) -> str:
        """What to tell people about a recording without an end; empty when it has one."""
        if self.end is not None:
            return ""
        last = f"its last input is at {self.known_until / tsc_hz:.1f} s" if self.inputs else "it has no input"
        return f"the recording breaks off: {last}, and the machine goes on by itself after that"


class Recorder:
    """Writes a recording, each input as it comes in."""

    def __init__(self, path: Path, power: PowerOn, media: str, start: int) -> None:
        """Begin a new file.

        Raises:
            RecordingError: it cannot be written.
        """
        self._path = path
        try:
            self._file: BinaryIO = path.open("wb", buffering=0)
        except OSError as error:
            raise RecordingError(f"{path}: {error.strerror or error}") from error
        self._write(Header(FORMAT, device_state.version(), power, media, start))

    def _write(self, line: Header | Input | End) -> None:
        try:
            self._file.write(msgspec.json.encode(line) + b"\n")
        except OSError as error:
            self._file.close()
            raise RecordingError(f"{self._path}: {error.strerror or error}") from error

    def __call__(self, coming: Input) -> None:
        """Log an input.

        Raises:
            RecordingError: it could not be written.
        """
        self._write(coming)

    def close(self, tick: int) -> None:
        """The machine is powered off at that tick.

        Raises:
            RecordingError: that could not be written.
        """
        if not self._file.closed:
            self._write(End(tick))
            self._file.close()


def read(path: Path) -> Recording:
    """A whole recording; a last line that was cut off is no input.

    Raises:
        RecordingError: the file cannot be read; or naming file, line and what is wrong there.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise RecordingError(f"{path}: {error.strerror or error}") from error
    lines = data.splitlines()
    try:
        header = msgspec.json.decode(lines[0] if lines else b"", type=Header)
    except msgspec.DecodeError as error:
        raise RecordingError(f"{path}:1: not a vptop recording ({error})") from error
    if header.vptop_recording != FORMAT or header.version != device_state.version():
        raise RecordingError(f"{path}:1: recorded by another version of vptop; this version cannot replay it")
    end = _end_in(lines[-1])
    inputs = []
    for number, line in enumerate(lines[1:] if end is None else lines[1:-1], 2):
        try:
            inputs.append(msgspec.json.decode(line, type=Input))
        except msgspec.DecodeError as error:
            if number == len(lines) and not data.endswith(b"\n"):
                break
            raise RecordingError(f"{path}:{number}: not an input event ({error})") from error
    return Recording(header, inputs, end)


def _end_in(line: bytes) -> int | None:
    try:
        return msgspec.json.decode(line, type=End).end
    except msgspec.DecodeError:
        return None


def repeated(power: PowerOn, header: Header) -> PowerOn:
    """A configuration with the machine of a recording in the place of its own."""
    machine = (
        "disk_model", "seed", "memory_mib", "cpus", "mips", "boot", "words", "modules", "kernel", "initrd", "busybox",
        "kaslr", "cpu", "vendor", "disk", "disk_bus", "net",
    )  # fmt: skip
    same = {field: getattr(header.power, field) for field in machine}
    return msgspec.structs.replace(power, **same, cold=not header.start)

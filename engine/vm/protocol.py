# SPDX-License-Identifier: GPL-2.0-or-later
"""What a VM process and its clients say to each other over the Unix socket in the VM's directory.

Each message is a msgpack array tagged by its type, preceded by its length as a big-endian u32. A client sends
Requests and gets exactly one Reply for each, in order; Frames and Notices arrive whenever there are any.
"""

from __future__ import annotations

import msgspec

from engine.probes.frame import Frame

PROTOCOL = 1


class Load(msgspec.Struct, tag="load", frozen=True):
    """Load a script; with `replace`, swap it for the loaded script of that name, all or nothing."""

    id: int
    name: str
    source: str
    replace: str = ""


class Unload(msgspec.Struct, tag="unload", frozen=True):
    """Unload one script by name."""

    id: int
    name: str


class Reset(msgspec.Struct, tag="reset", frozen=True):
    """Unload every script (vmrun vprobeReset)."""

    id: int


class ClearAggregates(msgspec.Struct, tag="clear", frozen=True):
    """Delete the rows of every aggregate of every script."""

    id: int


class Pause(msgspec.Struct, tag="pause", frozen=True):
    """Stop guest time."""

    id: int


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """Let guest time go on."""

    id: int


class Reboot(msgspec.Struct, tag="reboot", frozen=True):
    """Press the reset button of the machine; scripts stay loaded."""

    id: int


class Keys(msgspec.Struct, tag="keys", frozen=True):
    """Characters typed at the guest's serial console."""

    id: int
    text: str


class Quit(msgspec.Struct, tag="quit", frozen=True):
    """Power the machine off and end the process."""

    id: int


Request = Load | Unload | Reset | ClearAggregates | Pause | Resume | Reboot | Keys | Quit


class Place(msgspec.Struct, frozen=True):
    """A diagnostic as it crosses the socket: the fields of engine.vp.diagnostics.Diagnostic, flattened."""

    code: str
    severity: str
    message: str
    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    source_line: str
    expected: str = ""
    suggestions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class Reply(msgspec.Struct, tag="reply", frozen=True):
    """The answer to one Request: done or not, in words, with diagnostics when a script was refused or warned about."""

    id: int
    ok: bool
    message: str = ""
    diagnostics: tuple[Place, ...] = ()
    generation: int = 0
    milliseconds: float = 0.0


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """First message of a VM process: what runs in it."""

    protocol: int
    guest: str
    vcpus: int
    ram_bytes: int
    tsc_hz: int
    symbols: str
    """path of the symbol file in /proc/kallsyms format, or empty"""
    scripts: dict[str, str]
    """name and source of the scripts already loaded"""
    directory: str = ""


class Notice(msgspec.Struct, tag="notice", frozen=True):
    """Something the person should know: the guest rebooted, the machine stopped, an emulator error."""

    severity: str
    message: str


class FrameMessage(msgspec.Struct, tag="frame", frozen=True):
    """A Frame, once per guest second while the machine runs."""

    frame: Frame


Event = Hello | Reply | Notice | FrameMessage

# SPDX-License-Identifier: GPL-2.0-or-later
"""The protocol between a VM process and its clients, over a Unix socket.

Each message is a msgpack array tagged by its type, preceded by its length as a big-endian u32. A client sends
Requests and gets exactly one Reply for each, in order, save those about the past (engine.vm.past.messages), whose
Replies come when they are ready. Frames and Notices arrive whenever there are any.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

import msgspec

from engine.errors import VptopError
from engine.machine.choices import TypingDevice
from engine.probes.frame import Frame
from engine.vm.past.messages import PastAnswer, PastEvent, PastRequest

PROTOCOL = 9
REQUEST_BYTES = 4 << 20
"""Longest Request a VM process reads; a script is far shorter."""
PEEK_BYTES = 1 << 16
"""Guest memory that one Peek reads at most: the code of any function that a person looks at."""
EVENT_BYTES = 1 << 30
"""Longest Event a client reads: a Frame of some ten million rows."""


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


class SwitchProbe(msgspec.Struct, tag="switch", frozen=True):
    """Switch a probe of a loaded script, by its number there, off or on."""

    id: int
    script: str
    probe: int
    on: bool


class ClearAggregates(msgspec.Struct, tag="clear", frozen=True):
    """Delete the rows of every aggregate of every script."""

    id: int


class Pause(msgspec.Struct, tag="pause", frozen=True):
    """Stop guest time."""

    id: int


class Resume(msgspec.Struct, tag="resume", frozen=True):
    """Resume guest time."""

    id: int


class Reboot(msgspec.Struct, tag="reboot", frozen=True):
    """Press the reset button of the machine; scripts stay loaded."""

    id: int


class Keys(msgspec.Struct, tag="keys", frozen=True):
    """Keys pressed in the guest."""

    id: int
    text: str
    """as engine.machine.keystrokes writes keys"""
    to: TypingDevice = "auto"


class Peek(msgspec.Struct, tag="peek", frozen=True):
    """Read guest memory by linear address as a virtual CPU sees it now; the Reply's `data` has it.

    It ends before the first byte that is not mapped. At most PEEK_BYTES are read.
    """

    id: int
    address: int
    size: int
    cpu: int = 0


class PressPower(msgspec.Struct, tag="power", frozen=True):
    """Press the power button of the machine: the guest shuts down, if it handles that."""

    id: int


class Save(msgspec.Struct, tag="save", frozen=True):
    """Write a snapshot of the machine to a file; its scripts are not in it."""

    id: int
    path: str


class Quit(msgspec.Struct, tag="quit", frozen=True):
    """Power the machine off and end the process."""

    id: int


Request = (
    Load
    | Unload
    | Reset
    | SwitchProbe
    | ClearAggregates
    | Pause
    | Resume
    | Reboot
    | Keys
    | Peek
    | PressPower
    | Save
    | Quit
    | PastRequest
)


class Replacement(msgspec.Struct, frozen=True):
    """Text that, put in the place of another, mends an error: engine.vp.diagnostics.diagnostic.Fix, flattened."""

    line: int
    column: int
    end_line: int
    end_column: int
    text: str
    title: str


class Place(msgspec.Struct, frozen=True):
    """A diagnostic as it crosses the socket: the fields of engine.vp.diagnostics.diagnostic.Diagnostic, flattened."""

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
    fix: Replacement | None = None


class Reply(msgspec.Struct, tag="reply", frozen=True):
    """The answer to one Request: done or not, in words, with diagnostics when a script was refused or warned about."""

    id: int
    ok: bool
    message: str = ""
    diagnostics: tuple[Place, ...] = ()
    generation: int = 0
    milliseconds: float = 0.0
    past: PastAnswer | None = None
    """of a request about the past"""
    data: bytes = b""
    """guest memory, of `Peek`"""


class Hello(msgspec.Struct, tag="hello", frozen=True):
    """First message of a VM process: what runs in it."""

    protocol: int
    guest: str
    vcpus: int
    ram_bytes: int
    tsc_hz: int
    symbols: str
    """path of the symbol file, in /proc/kallsyms format or ELF; empty when no symbols are known"""
    scripts: dict[str, str]
    """name and source of the scripts already loaded"""
    directory: str = ""
    prelude: str = ""
    """VP source of the functions that belong to the guest"""
    vectors: Mapping[int, str] = {}
    """what interrupt vectors are for"""
    types: str = ""
    """path of the types of the guest's kernel (BTF); empty when they are not known"""


class GuestChanged(msgspec.Struct, tag="guest", frozen=True):
    """More of the guest has become known: an operating system was recognised, a module was loaded.

    Fields as in Hello.
    """

    guest: str
    symbols: str
    prelude: str
    vectors: Mapping[int, str] = {}
    types: str = ""


class Notice(msgspec.Struct, tag="notice", frozen=True):
    """Something the user should know: the guest rebooted, the machine stopped, an emulator error."""

    severity: str
    message: str


class Written(msgspec.Struct, tag="written", frozen=True):
    """What the guest has written to its console since a Frame; the console text of the next one begins with it."""

    since: int
    """tick of that Frame"""
    at: int
    """characters of which clients were told before"""
    text: str


class FrameMessage(msgspec.Struct, tag="frame", frozen=True):
    """A Frame, once per guest second while the machine runs.

    A client that reads too slowly gets several Frames folded into the newest (with the log and console text of
    all of them); `folded` says how many it did not get.
    """

    frame: Frame
    folded: int = 0


Event = Hello | Reply | Notice | FrameMessage | Written | GuestChanged | PastEvent


class ProtocolError(VptopError):
    """The other side does not speak this protocol. Use the same version of vptop on both sides."""


_encoder = msgspec.msgpack.Encoder()
requests: msgspec.msgpack.Decoder[Request] = msgspec.msgpack.Decoder(Request)
events: msgspec.msgpack.Decoder[Event] = msgspec.msgpack.Decoder(Event)


def encode(message: msgspec.Struct) -> bytes:
    """A message as it travels: length and msgpack."""
    body = _encoder.encode(message)
    return len(body).to_bytes(4, "big") + body


M = TypeVar("M")


class Inbox(Generic[M]):
    """Cuts a stream of bytes into messages."""

    def __init__(self, decoder: msgspec.msgpack.Decoder[M], limit: int) -> None:
        self._decoder = decoder
        self._limit = limit
        self._bytes = bytearray()

    def feed(self, data: bytes) -> Iterator[M]:
        """The messages completed by these bytes.

        Raises:
            ProtocolError: a message is too long or does not decode.
        """
        self._bytes += data
        while len(self._bytes) >= 4:
            size = int.from_bytes(self._bytes[:4], "big")
            if size > self._limit:
                raise ProtocolError(f"message of {size} bytes; the limit is {self._limit}")
            if len(self._bytes) < 4 + size:
                return
            try:
                with memoryview(self._bytes) as waiting, waiting[4 : 4 + size] as body:  # large ones are not copied
                    message = self._decoder.decode(body)
            except msgspec.DecodeError as error:
                raise ProtocolError(f"not a message: {error}") from error
            del self._bytes[: 4 + size]
            yield message

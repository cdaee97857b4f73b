# SPDX-License-Identifier: GPL-2.0-or-later
"""Requests about the past and their answers, as they travel between a client and a VM process.

Each Request gets one Reply (engine.vm.protocol), whose `past` holds the answer. A question that takes long (`Ask`,
`When`, `Why`) sends `AskedFrame` and `Progress` events first; its Reply comes when it is over, and `Cancel` ends it
early.
Times are guest seconds since power-on; ticks are counts of the time stamp counter since power-on.
"""

from __future__ import annotations

from typing import Literal

import msgspec

from engine.probes.frame import Frame

Unit = Literal["block", "interrupt", "firing", "second"]
"""How far a step goes: to the next block, interrupt, firing of the script's probes, or whole guest second."""
MOST_MOMENTS = 10_000
"""Moments that one answer lists; further ones are only counted."""
MOST_BYTES = 1 << 20
"""Guest memory that one `ReadMemory` reads."""


class Ask(msgspec.Struct, tag="ask", frozen=True):
    """Load a script at `begin`, as if it had been there, and send the Frames from then to `until`."""

    id: int
    name: str
    source: str
    begin: float = 0.0
    """the oldest moment that is kept, where it is earlier than that"""
    until: float = 0.0
    """0: now"""
    moments: tuple[int, ...] = ()
    """ticks at which a Frame is made as well, in order"""


class When(msgspec.Struct, tag="when", frozen=True):
    """Find the moments at which a VP expression held. The answer is `Moments`."""

    id: int
    condition: str
    at: str = ""
    """probe point at which it is evaluated; empty: every guest millisecond"""
    begin: float = 0.0
    until: float = 0.0


class Why(msgspec.Struct, tag="why", frozen=True):
    """Find the firing that gave a row of a script's aggregate its largest value, or that printed a line.

    The script is loaded at `begin`. `Progress` comes before the answer, which is an `Origin`.
    """

    id: int
    name: str
    source: str
    aggregate: str = ""
    integers: tuple[int, ...] = ()
    """the row's integer keys"""
    strings: tuple[str, ...] = ()
    """its string keys, as a Row has them"""
    ticks: int = 0
    """of a unit of the value where it is a duration, so that its start can be found; 0: it is none"""
    printed: str = ""
    """the line, where one is asked about instead of a row"""
    occurrence: int = 1
    """which of equal lines"""
    begin: float = 0.0
    since: float = 0.0
    """what was counted and printed before is left out; 0: nothing is"""
    until: float = 0.0


class Visit(msgspec.Struct, tag="visit", frozen=True):
    """Bring a copy of the machine back to a tick and keep it there, until `Cancel`. The answer is a `View`.

    Its id names the visit in `Step` and `ReadMemory`. With a script, its firings can be stepped to.
    """

    id: int
    tick: int
    name: str = ""
    source: str = ""


class Step(msgspec.Struct, tag="step", frozen=True):
    """Move a visit to the next event of a kind, or to the one before.

    The answer is a `View`; where the past that is kept has no such event, its note says so.
    """

    id: int
    visit: int
    unit: Unit
    backward: bool = False


class ReadMemory(msgspec.Struct, tag="read", frozen=True):
    """Read guest memory at a visit by linear address, as a VCPU sees it. The answer is `Memory`."""

    id: int
    visit: int
    address: int
    size: int
    cpu: int = 0


class Cancel(msgspec.Struct, tag="cancel", frozen=True):
    """End a question, a visit or a step, by the id of its request. A visit stays where it was before the step."""

    id: int
    question: int


class Keep(msgspec.Struct, tag="keep", frozen=True):
    """Set the memory that all checkpoints together may take. Where they take more, some are dropped at once."""

    id: int
    mib: int
    """1 to `engine.vm.options.MOST_PAST_MIB`"""


Question = Ask | When | Why | Visit
"""Requests that are answered by a process of their own."""
PastRequest = Question | Step | ReadMemory | Cancel | Keep


class Moment(msgspec.Struct, frozen=True):
    """A moment at which a condition began to hold, or held at an event."""

    tick: int
    block: int
    until: int = 0
    """the tick at which it was found to hold no more; 0: it still held at the end, or it was evaluated at an event"""


class Moments(msgspec.Struct, tag="moments", frozen=True):
    """Every moment that was found, in order."""

    moments: tuple[Moment, ...]
    begin: float
    until: float
    more: int = 0
    """further moments that are not listed"""


class FiredProbe(msgspec.Struct, frozen=True):
    """A probe that fired in a block."""

    name: str
    line: int
    """in its file"""
    file: str = ""
    """of the script, where it consists of several"""


class Origin(msgspec.Struct, tag="origin", frozen=True):
    """Where a row's value or a line came from. Visit `tick` to see the moment, or `start`, where a duration began."""

    tick: int
    """before the block in which it was counted or printed"""
    block: int
    start: int
    """tick at which the duration began, or the disk request whose end was counted; `tick` where there is none such"""
    value: int
    """of the row; of a line, how often it was printed by then"""
    probes: tuple[FiredProbe, ...]
    """that fired in that block"""


class View(msgspec.Struct, tag="view", frozen=True):
    """A moment: everything that can be seen of it. The Frame's console and log are those from `since` on."""

    tick: int
    block: int
    frame: Frame
    stacks: tuple[tuple[int, ...], ...] = ()
    """of each VCPU: RIP and return addresses, the innermost first"""
    process: str = ""
    """name of the current process, where the guest's prelude knows it"""
    pid: int = 0
    since: int = 0
    """tick of the checkpoint that the visit began at"""
    note: str = ""
    """why a step went less far than it was asked to"""
    places: tuple[tuple[str, ...], ...] = ()
    """of each address in `stacks` what a process has mapped there, as `busybox+0x1a2b`; the address if none is known"""


class Memory(msgspec.Struct, tag="memory", frozen=True):
    """Bytes from an address on, up to the first that is not mapped."""

    address: int
    data: bytes


PastAnswer = Moments | Origin | View | Memory


class AskedFrame(msgspec.Struct, tag="asked", frozen=True):
    """A Frame of a second that was run again; its `asked` is true."""

    question: int
    frame: Frame


class Progress(msgspec.Struct, tag="progress", frozen=True):
    """How far a question or a visit has come, in guest seconds."""

    question: int
    at: float
    """before `begin` while the machine runs from a checkpoint to there"""
    begin: float
    until: float
    found: tuple[Moment, ...] = ()
    """of a `When`: the moments that began since the Progress before; the Reply has all of them, with their ends"""

    def in_words(self) -> str:
        """Such as `1.5 of 4.0 s`."""
        if self.at < self.begin:
            return f"going back, {self.begin - self.at:.1f} s left"
        return f"{self.at - self.begin:.1f} of {self.until - self.begin:.1f} s"


class PastKept(msgspec.Struct, tag="past", frozen=True):
    """Which past is kept; sent after Hello, and whenever it changes."""

    moments: tuple[float, ...]
    """guest seconds of the checkpoints, the oldest first"""
    bytes: int
    """memory that the checkpoints needed when the latest was taken"""
    limit: int
    """memory that they may need"""
    failure: str = ""
    """why no past is kept; empty when it is"""


PastEvent = AskedFrame | Progress | PastKept

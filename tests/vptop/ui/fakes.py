# SPDX-License-Identifier: GPL-2.0-or-later
"""Hand-made Frames and a source that gives them when told to."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from typing import Any

import msgspec

from engine.core.columns import pack
from engine.probes.frame import (
    VALUES,
    AggregateData,
    AggregateId,
    DeviceCount,
    Frame,
    ProbeState,
    Row,
    RuntimeFault,
    ScriptState,
    VcpuState,
)
from engine.probes.languages import language_of
from engine.vm.client import Gone, Question
from engine.vm.options import TypingDevice
from engine.vm.past.messages import Unit, Why
from engine.vm.protocol import FrameMessage, Hello, Notice, Place, Reply
from vptop.source.checking import Finding, TakeFinding
from vptop.source.source import SourceEvent, Take
from vptop.ui.render.palette import from_theme

PALETTE = from_theme({"foreground": "#ffffff", "primary": "#56B4E9", "vptop-muted": "#888888"})

IRQ_SCRIPT = """; vptop.vp
(defaggr running 1 1)
(vprobe Guest_IRQ
  (aggr running (ARG0) ((curprocname)) 1))
(vprobe VMM1Hz
  (logaggr running)
  (clearaggr running))
"""
DISK_SCRIPT = """; @view latency_us as=hist unit=us
(defaggr latencies 0 1)
(defaggr latency_us 1 1)
(vprobe Disk_IOFinish
  (aggr latencies () ("uSec") 5)
  (aggr latency_us (64) ("read") 1))
(vprobe VMM1Hz
  (logaggr latency_us)
  (clearaggr latency_us))
"""
STACK_SCRIPT = """(defaggr stacks 0 2)
(defstring stack)
(vprobe USEC:9973
  (gueststack stack)
  (aggr stacks () ((curprocname) stack) 1))
(vprobe VMM1Hz (logaggr stacks) (clearaggr stacks))
"""
SCRIPTS = {"vptop.vp": IRQ_SCRIPT, "disk-latency.vp": DISK_SCRIPT, "stacks.vp": STACK_SCRIPT}

MASK = (1 << 64) - 1
VECTORS = {32: "timer", 33: "keyboard", 36: "serial", 40: "clock", 41: "acpi", 43: "network", 46: "disk", 47: "disk 2"}


def aggregate(rows: Sequence[Row], *, logged: bool = True, dropped: int = 0) -> AggregateData:
    """Pack rows as the core does: each string once. Without rows it has a key of either type."""
    arena = bytearray(1)
    places: dict[str, int] = {}
    numbers: list[list[int]] = []
    for row in rows:
        for text in row.strings:
            if text not in places:
                places[text] = len(arena)
                arena += text.encode() + b"\0"
        total = row.avg * row.count
        values = row.count, total & MASK, row.min, row.max, row.latest, total >> 64
        numbers.append([*row.integers, *map(places.__getitem__, row.strings), *values])
    first = rows[0] if rows else ones((0,), ("",), 0)
    keys = len(first.integers), len(first.strings)
    columns = pack(len(rows), zip(*numbers, strict=True) if rows else [()] * (sum(keys) + VALUES))
    return AggregateData(*keys, columns, bytes(arena), dropped, logged)


def ones(integers: tuple[int, ...], strings: tuple[str, ...], count: int) -> Row:
    """A row that counts: every value is 1."""
    return Row(integers, strings, count, 1, 1, 1, 1)


def irq_rows(second: int) -> list[Row]:
    """Interrupts of eight processes; which one leads changes with the second."""
    return [
        ones((32,), ("idle",), 90 - second % 7),
        ones((32,), ("cruncher",), 80 + second % 11),
        ones((46,), ("reader",), 41),
        ones((32,), ("reader",), 12),
        ones((46,), ("writer",), 20 + second % 5),
        ones((32,), ("faulter",), 25),
        ones((32,), ("hanoi",), 18),
        ones((46,), ("kdisk",), 3),
    ]


HEIGHTS = ((64, 12), (128, 64), (256, 287), (512, 479), (1024, 244), (2048, 109), (4096, 57), (8192, 105), (16384, 19))


def frame(second: int = 1, **changes: object) -> Frame:
    """The Frame of some second: three scripts, all they count, a console, a screen, registers, devices."""
    stacks = [
        ones((), ("cruncher", "GUEST_0xffffffff80001010_0xffffffff80002020_0xffffffff80003030"), 40),
        ones((), ("reader", "GUEST_0xffffffff80004040_0xffffffff80002020_0xffffffff80003030"), 25),
        ones((), ("idle", "GUEST_0xffffffff80005050"), 30),
        ones((), ("hanoi", "GUEST_0x401000_0x401020_0x401020_0x401040_..."), 5),
    ]
    fields: dict[str, Any] = {
        "frame": second,
        "guest_seconds": float(second),
        "wall_seconds": second + 0.1,
        "blocks": 12_400_000 * second,
        "interrupts": 290 * second,
        "tsc": 10**9 * second,
        "tsc_hz": 10**9,
        "began": 10**9 * (second - 1),
        "scripts": (
            ScriptState(
                "vptop.vp",
                1,
                (ProbeState("Guest_IRQ", 3, 290 * second, 0, 210), ProbeState("VMM1Hz", 5, second, 0, 900)),
                120,
            ),
            ScriptState(
                "disk-latency.vp",
                1,
                (ProbeState("Disk_IOFinish", 4, 1376 * second, 2, 340), ProbeState("VMM1Hz", 7, second, 0, 800)),
                200,
            ),
            ScriptState(
                "stacks.vp",
                1,
                (ProbeState("USEC:9973", 3, 100 * second, 0, 1900), ProbeState("GUEST:0x1", 6, 0, 0, 0)),
                90,
            ),
        ),
        "aggregates": {
            "running": aggregate(irq_rows(second)),
            "latencies": aggregate([Row((), ("uSec",), 1376 * second, 740, 66, 18044, 512)], logged=False),
            "latency_us": aggregate([ones((low,), ("read",), count) for low, count in HEIGHTS]),
            "stacks": aggregate(stacks),
        },
        "errors": (
            RuntimeFault("disk-latency.vp", "Disk_IOFinish", "disk-latency.vp", 5, 4, "division by zero", 2 * second),
        ),
        "log": f"slow io {18000 + second} us reader\n",
        "console": "vptop guest booting\r\n$ " if second == 1 else f"tick {second}\r\n",
        "vcpus": (
            VcpuState(0, 0xFFFFFFFF80001010, 0xFFFFFFFF80FF0000, 0x202, 0x1000, 0, halted=False, registers={"RAX": 1}),
        ),
        "devices": (DeviceCount("disk", {"sectors read": 812 * second, "interrupts": 61 * second}),),
        "screen": ("vptop guest", "ready", *[""] * 23),
        "paced": True,
        "busy": 0.71,
    }
    fields |= changes
    fields["aggregates"] = {which(name): counted(second, data) for name, data in fields["aggregates"].items()}
    return Frame(**fields)


def again(second: int, **changes: object) -> Frame:
    """Another Frame of a second, of a machine that stands there."""
    return frame(second, began=10**9 * second, **changes)


def counted(second: int, data: AggregateData) -> AggregateData:
    """The aggregate in the Frame of a second: counted in that second, if its script has logged it, else since 0."""
    return msgspec.structs.replace(data, since=(second - 1) * 10**9 if data.logged else 0, until=second * 10**9)


SCRIPT_OF = {"latencies": "disk-latency.vp", "latency_us": "disk-latency.vp", "stacks": "stacks.vp"}


def which(name: str | AggregateId) -> AggregateId:
    """An aggregate of these scripts by its name alone; others belong to vptop.vp."""
    return AggregateId(SCRIPT_OF.get(name, "vptop.vp"), name) if isinstance(name, str) else name


class FakeSource:
    """Gives the events that a test hands it; remembers what is asked and answers at once."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ...]] = []
        self.answer = Reply(1, ok=True)
        self.places: tuple[Place, ...] = ()
        self.closed = False
        self.question: Question | None = None
        self.stepping: Question | None = None
        self.steps_take_long = False
        """a test answers `stepping`"""
        self.take: Take = lambda _: None

    def start(self, take: Take) -> None:
        """Say hello."""
        self.take = take
        self.send(Hello(1, "bundled", 1, 1 << 27, 10**9, "", dict(SCRIPTS), vectors=VECTORS))

    def restart(self, sources: dict[str, str]) -> None:
        """Say hello again."""
        self.asked.append(("restart", *sources))
        self.send(Hello(1, "bundled", 1, 1 << 27, 10**9, "", sources, vectors=VECTORS))

    def send(self, event: SourceEvent) -> None:
        """An event of the VM."""
        self.take(event)

    def frames(self, *seconds: int) -> None:
        """The Frames of these seconds."""
        for second in seconds:
            self.send(FrameMessage(frame(second)))

    def die(self) -> None:
        """The VM process ends."""
        self.send(Gone("the VM process was ended by SIGKILL", "last words"))

    def notice(self, severity: str, message: str) -> None:
        """Something worth saying."""
        self.send(Notice(severity, message))

    def _answered(self, *request: str) -> Future[Reply]:
        self.asked.append(request)
        future: Future[Reply] = Future()
        future.set_result(self.answer)
        return future

    def load(self, name: str, source: str, replace: str) -> Future[Reply]:
        return self._answered("load", name, source, replace)

    def ask(self, name: str, source: str, begin: float, until: float, moments: Iterable[int]) -> Question:
        self.asked.append(("ask", name, str(begin), str(until), *map(str, moments)))
        self.question = Question(1, Future())
        return self.question

    def when(self, condition: str, at: str) -> Question:
        self.asked.append(("when", condition, at))
        self.question = Question(1, Future())
        return self.question

    def why(self, question: Why) -> Question:
        self.asked.append(("why", question.name, question.aggregate or question.printed))
        self.question = Question(1, Future())
        return self.question

    def visit(self, tick: int, name: str, source: str) -> Question:
        self.asked.append(("visit", str(tick), name))
        self.question = Question(1, Future())
        return self.question

    def keep(self, mib: int) -> Future[Reply]:
        return self._answered("keep", str(mib))

    def step(self, visit: Question, unit: Unit, *, backward: bool) -> Question:
        self.asked.append(("step", unit, str(backward)))
        self.stepping = Question(2, Future())
        if not self.steps_take_long:
            self.stepping.reply.set_result(self.answer)
        return self.stepping

    def read_memory(self, visit: Question, address: int, size: int, cpu: int) -> Future[Reply]:
        return self._answered("read", f"{address:#x}", str(size), str(cpu))

    def cancel(self, question: Question) -> Future[Reply]:
        return self._answered("cancel", str(question.id))

    def reply(self, reply: Reply) -> None:
        """The answer to the question."""
        assert self.question is not None
        self.question.reply.set_result(reply)

    def reboot(self) -> Future[Reply]:
        return self._answered("reboot")

    def pause(self) -> Future[Reply]:
        return self._answered("pause")

    def resume(self) -> Future[Reply]:
        return self._answered("resume")

    def switch_probe(self, script: str, probe: int, *, on: bool) -> Future[Reply]:
        return self._answered("switch", script, str(probe), "on" if on else "off")

    def clear_aggregates(self) -> Future[Reply]:
        return self._answered("clear")

    def keys(self, text: str, to: TypingDevice) -> Future[Reply]:
        return self._answered("keys", text, to)

    def peek(self, address: int, size: int) -> Future[Reply]:
        return self._answered("peek", f"{address:#x}", str(size))

    def check(self, name: str, source: str, take: TakeFinding) -> None:
        def find() -> None:
            language = language_of(name)
            take(Finding(tokens=language.tokens(source)))
            take(Finding(names=language.names(source, None)))
            take(Finding(places=self.places, is_last=True))

        threading.Thread(target=find, daemon=True).start()

    def close(self) -> None:
        self.closed = True

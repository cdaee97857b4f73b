# SPDX-License-Identifier: GPL-2.0-or-later
"""Probe points (manual, table 3-3 and p. 17 to 18)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.core.points import Point


@dataclass(frozen=True, slots=True)
class PointRow:
    """One probe point, or one kind of dynamic ones. `kinds` are numbers of engine.core.points."""

    name: str
    kinds: tuple[int, ...]
    doc: str
    page: int
    arguments: tuple[str, ...] = ()
    vmx: bool = False
    """fires outside any VCPU: VCPU state cannot be read"""
    numbers: tuple[str, ...] = ()
    """dynamic points: what follows each colon"""


_FAULTS = {
    "DE": (0, "divide error"), "DB": (1, "debug exception"), "NMI": (2, "non-maskable interrupt"),
    "BP": (3, "breakpoint"), "OF": (4, "overflow"), "BR": (5, "bound range exceeded"), "UD": (6, "invalid opcode"),
    "NM": (7, "device not available"), "DF": (8, "double fault"), "TS": (10, "invalid TSS"),
    "NP": (11, "segment not present"), "SS": (12, "stack fault"), "GP": (13, "general protection fault"),
    "PF": (14, "page fault"), "MF": (16, "x87 floating-point error"), "AC": (17, "alignment check"),
    "MC": (18, "machine check"), "XF": (19, "SIMD floating-point exception"),
}  # fmt: skip
_RESERVED = tuple(sorted(set(range(32)) - {vector for vector, _ in _FAULTS.values()}))
_DISK = (
    "adapter type", "controller ID", "drive ID", "1 for read, 0 for write", "unique I/O identifier", "start sector",
    "number of sectors", "number of scatter/gather entries",
)  # fmt: skip
_PORT = ("port", "operand size in bytes", "REP count")
_ADAPTER = ("network adapter",)
ADDRESS = "guest linear address"
"""Where a name may have a symbol of the guest, too."""
_ADDRESS = (ADDRESS,)


def _rows() -> list[PointRow]:
    rows = [
        PointRow("VMM1Hz", (Point.VMM1HZ,), "Once a guest second.", 28),
        PointRow("VMM10Hz", (Point.VMM10HZ,), "Ten times a guest second.", 28),
    ]
    for name, (vector, words) in _FAULTS.items():
        has_code = vector in (8, 10, 11, 12, 13, 14, 17)
        code = ("error code",) if has_code else ()
        rows.append(
            PointRow(
                f"Guest_{name}",
                (Point.FAULT0 + vector,),
                f"Before {'an' if words[0] in 'aeiou' else 'a'} {words} is delivered.",
                28,
                code,
            )
        )
    reserved = tuple(Point.FAULT0 + vector for vector in _RESERVED)
    rows += [
        PointRow("Guest_RESERVED_FAULT", reserved, "Before an exception with a reserved vector is delivered.", 28),
        PointRow("Guest_CR3Write", (Point.GUEST_CR3_WRITE,), "Before the guest writes CR3.", 28),
        PointRow("Guest_IRQ", (Point.GUEST_IRQ,), "Before a hardware interrupt is delivered.", 28, ("vector",)),
        PointRow("Guest_TripleFault", (Point.GUEST_TRIPLE_FAULT,), "Triple fault.", 28),
        PointRow("HV_Exit", (Point.HV_EXIT,), "Exit from hardware-assisted execution.", 28),
        PointRow("HV_Resume", (Point.HV_RESUME,), "Return to hardware-assisted execution.", 28),
        PointRow("HV_NPF", (Point.HV_NPF,), "Before a nested page fault is handled.", 28),
        PointRow("In", (Point.IN,), "When the guest reads a port.", 28, _PORT),
        PointRow("Out", (Point.OUT,), "When the guest writes a port.", 28, _PORT),
        PointRow("SMM_SMIPre", (Point.SMM_SMI_PRE,), "Before an SMI is delivered.", 28),
        PointRow("SMM_SMIPost", (Point.SMM_SMI_POST,), "After an SMI was delivered.", 28),
        PointRow("SMM_RSMPre", (Point.SMM_RSM_PRE,), "Before RSM.", 28),
        PointRow("SMM_RSMPost", (Point.SMM_RSM_POST,), "After RSM.", 28),
        PointRow("Disk_IOStart", (Point.DISK_IO_START,), "At the start of disk I/O.", 28, _DISK),
        PointRow("Disk_IOFinish", (Point.DISK_IO_FINISH,), "At the end of disk I/O.", 28, _DISK),
        PointRow("MAC_SendPacket", (Point.MAC_SEND_PACKET,), "When a packet is sent.", 28, _ADAPTER, vmx=True),
        PointRow("MAC_ReceivePacket", (Point.MAC_RECEIVE_PACKET,), "When one is received.", 28, _ADAPTER, vmx=True),
        PointRow("VMMLoad", (Point.VMM_LOAD,), "Once for each VCPU when the script is loaded.", 28),
        PointRow("VMMUnload", (Point.VMM_UNLOAD,), "Once for each VCPU when the script is unloaded.", 28),
        PointRow("VMXLoad", (Point.VMX_LOAD,), "Once when the script is loaded, outside any VCPU.", 28, vmx=True),
        PointRow("VMXUnload", (Point.VMX_UNLOAD,), "Once when the script is unloaded, outside any VCPU.", 28, vmx=True),
        PointRow("VMX1Hz", (Point.VMX1HZ,), "Once a guest second, outside any VCPU.", 25, vmx=True),
        PointRow("USEC", (Point.USEC,), "Every so many microseconds of guest time.", 18, numbers=("microseconds",)),
        PointRow("GUEST", (Point.GUEST_EXEC,), "When the guest executes an address.", 17, numbers=_ADDRESS),
        PointRow("GUEST_READ", (Point.GUEST_READ,), "When the guest reads an address.", 18, numbers=_ADDRESS),
        PointRow("GUEST_WRITE", (Point.GUEST_WRITE,), "When the guest writes an address.", 18, numbers=_ADDRESS),
        PointRow("GUEST:ENTER", (Point.GUEST_ENTER,), "When a function is entered.", 17, numbers=_ADDRESS),
        PointRow("GUEST:EXIT", (Point.GUEST_EXIT,), "When a function returns.", 17, numbers=_ADDRESS),
        PointRow(
            "GUEST:OFFSET", (Point.GUEST_OFFSET,), "At an offset from an address.", 17, numbers=(*_ADDRESS, "offset")
        ),
    ]  # fmt: skip
    return rows


POINTS: dict[str, PointRow] = {row.name: row for row in _rows()}
DYNAMIC = tuple(sorted((row for row in POINTS.values() if row.numbers), key=lambda row: -len(row.name)))
"""Dynamic points, longest name first."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}")


def usage(row: PointRow) -> str:
    """The name as a script writes it: `GUEST:<guest linear address>`."""
    return row.name + "".join(f":<{number}>" for number in row.numbers)


_SAMPLES = {"microseconds": "333333", ADDRESS: "0xffffffff80001000", "offset": "0x10"}


def sample(row: PointRow) -> str:
    """A name of such a probe point: `USEC:333333`."""
    return row.name + "".join(f":{_SAMPLES[number]}" for number in row.numbers)


def dynamic_numbers(row: PointRow, name: str) -> tuple[int, ...] | None:
    """Numbers after the colons of a dynamic point's name; None when they are not such numbers."""
    parts = name[len(row.name) + 1 :].split(":")
    if len(parts) != len(row.numbers) or not all(_NUMBER.fullmatch(part) for part in parts):
        return None
    values = tuple(int(part, 0 if part[:2].lower() == "0x" else 10) for part in parts)
    return values if all(value < 1 << 64 for value in values) else None


_MICROSECONDS = {"usec": 1, "msec": 1000, "sec": 1_000_000}
_OTHER_NAMES: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (
        re.compile(r"(?:VMM0?:)?(?:TIMER|PROFILE):(\d{1,12})(usec|msec|sec)"),
        lambda m: f"USEC:{int(m[1]) * _MICROSECONDS[m[2]]}",
    ),
    (re.compile(r"(?:VMM|VMX)0?:(\w+)"), lambda m: m[1]),
    (re.compile(r"GUEST_RET:(\w+)"), lambda m: f"GUEST:EXIT:{m[1]}"),
    (re.compile(r"GUEST0?:(READ|WRITE):(\w+)"), lambda m: f"GUEST_{m[1]}:{m[2]}"),
    (re.compile(r"GUEST0:(\w+(?::\w+)*)"), lambda m: f"GUEST:{m[1]}"),
)  # fmt: skip
"""Names of earlier and later engines, and what they are here."""


def current_name(name: str) -> str | None:
    """What a probe is called here that another VProbes engine calls so; None for a name of ours and for no name."""
    for pattern, ours in _OTHER_NAMES:
        match = pattern.fullmatch(name)
        if match is not None and (name := ours(match)).partition(":")[0] in _FIRST_WORDS:
            return name
    return None


_FIRST_WORDS = {name.partition(":")[0] for name in POINTS}

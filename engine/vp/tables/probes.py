# SPDX-License-Identifier: GPL-2.0-or-later
"""Probe points (manual, table 3-3 and p. 17 to 18)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from engine.core.points import Point


@dataclass(frozen=True, slots=True)
class PointRow:
    """One static probe point, or one kind of dynamic ones. `kinds` are numbers of engine.core.points.

    `page` is that of the manual of 2010; 0 for points of later engines.
    """

    name: str
    kinds: tuple[int, ...]
    doc: str
    page: int
    arguments: tuple[str, ...] = ()
    vmx: bool = False
    """It fires outside any VCPU, in VMX context."""
    numbers: tuple[str, ...] = ()
    """What follows each colon of a dynamic point's name."""


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
MICROSECONDS = "microseconds"
PERIOD = "period"
"""Where a name may have a symbol of the guest, too."""
_ADDRESS = (ADDRESS,)


def _rows() -> list[PointRow]:
    rows = [
        PointRow("VMM1Hz", (Point.VMM1HZ,), "Once a guest second, on VCPU 0.", 28),
        PointRow("VMM10Hz", (Point.VMM10HZ,), "Ten times a guest second, on VCPU 0.", 28),
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
        PointRow(
            "USEC", (Point.USEC,), "Every so many microseconds of guest time, on each VCPU that has been started.", 18,
            numbers=(MICROSECONDS,),
        ),
        PointRow(
            "TIMER", (Point.USEC,), "Like USEC, at a period: a number and `usec`, `msec` or `sec`.", 0,
            numbers=(PERIOD,),
        ),
        PointRow("PROFILE", (Point.USEC,), "The same as TIMER.", 0, numbers=(PERIOD,)),
        PointRow(
            "VMX:TIMER", (Point.VMX_USEC,), "Like TIMER, outside any VCPU.", 0, vmx=True, numbers=(PERIOD,)
        ),
        PointRow("GUEST", (Point.GUEST_EXEC,), "When the guest executes an address.", 17, numbers=_ADDRESS),
        PointRow("GUEST_READ", (Point.GUEST_READ,), "When the guest reads an address.", 18, numbers=_ADDRESS),
        PointRow("GUEST_WRITE", (Point.GUEST_WRITE,), "When the guest writes an address.", 18, numbers=_ADDRESS),
        PointRow("GUEST:ENTER", (Point.GUEST_ENTER,), "When a function is entered.", 17, numbers=_ADDRESS),
        PointRow("GUEST:EXIT", (Point.GUEST_EXIT,), "When a function returns.", 17, numbers=_ADDRESS),
        PointRow(
            "GUEST:OFFSET", (Point.GUEST_OFFSET,), "At an offset from an address.", 17, numbers=(*_ADDRESS, "offset")
        ),
        PointRow("GUEST:STEP", (Point.GUEST_EXEC,), "The same as GUEST.", 0, numbers=_ADDRESS),
    ]  # fmt: skip
    return rows


POINTS: dict[str, PointRow] = {row.name: row for row in _rows()}
DYNAMIC = tuple(sorted((row for row in POINTS.values() if row.numbers), key=lambda row: -len(row.name)))
"""Dynamic points, longest name first."""
_NUMBER = re.compile(r"0[xX][0-9a-fA-F]{1,16}|[0-9]{1,20}")
_PERIOD = re.compile(r"(?P<number>[0-9]{1,12})(?P<unit>usec|msec|sec)")
_UNITS = {"usec": 1, "msec": 1000, "sec": 1_000_000}
_PERIODS = range(1, 1 << 40)
"""microseconds of a period"""


def usage(row: PointRow) -> str:
    """The name as a script writes it: `GUEST:<guest linear address>`."""
    return row.name + "".join(f":<{number}>" for number in row.numbers)


_SAMPLES = {MICROSECONDS: "333333", PERIOD: "10msec", ADDRESS: "0xffffffff80001000", "offset": "0x10"}


def sample(row: PointRow) -> str:
    """A name of such a probe point: `USEC:333333`."""
    return row.name + "".join(f":{_SAMPLES[number]}" for number in row.numbers)


def dynamic_numbers(row: PointRow, name: str) -> tuple[int, ...] | None:
    """The numbers after the colons of a dynamic point's name, periods in microseconds; None if they are invalid."""
    parts = name[len(row.name) + 1 :].split(":")
    if len(parts) != len(row.numbers):
        return None
    values = [_value(part, kind) for part, kind in zip(parts, row.numbers, strict=True)]
    known = tuple(value for value in values if value is not None)
    return known if len(known) == len(values) else None


def _value(text: str, kind: str) -> int | None:
    if kind == PERIOD:
        period = _PERIOD.fullmatch(text)
        value = 0 if period is None else int(period["number"]) * _UNITS[period["unit"]]
        return value if value in _PERIODS else None
    if not _NUMBER.fullmatch(text):
        return None
    value = int(text, 0 if text[:2].lower() == "0x" else 10)
    return value if value in (_PERIODS if kind == MICROSECONDS else range(1 << 64)) else None


_GUEST_KINDS = {
    "READ": "GUEST_READ", "WRITE": "GUEST_WRITE", "ENTER": "GUEST:ENTER", "EXIT": "GUEST:EXIT",
    "OFFSET": "GUEST:OFFSET", "STEP": "GUEST:STEP",
}  # fmt: skip
_DOMAIN = re.compile(r"(?P<domain>VMM|VMX|GUEST)[01]?")


def canonical_name(name: str) -> str:
    """The name in POINTS, with its numbers, of a probe name of any VProbes generation; other names are returned as is.

    Engines of 2011 and later write the domain first (`VMM:`, `VMX:`, `GUEST:`, with the number of the virtual machine
    if they like), and what kind of address follows; `GUEST_RET:` was written before VP 1.0.
    """
    first, colon, rest = name.partition(":")
    if not colon:
        return name
    domain = _DOMAIN.fullmatch(first)
    kind, _, numbers = rest.partition(":")
    if first == "GUEST_RET":
        return f"GUEST:EXIT:{rest}"
    if first in _GUEST_KINDS:
        return f"{_GUEST_KINDS[first]}:{rest}"
    if domain is None:
        return name
    if domain["domain"] == "GUEST":
        return f"{_GUEST_KINDS[kind]}:{numbers}" if kind in _GUEST_KINDS and numbers else f"GUEST:{rest}"
    if kind in ("TIMER", "PROFILE"):
        return f"VMX:TIMER:{numbers}" if domain["domain"] == "VMX" else rest
    return rest if rest in POINTS and not POINTS[rest].numbers else name

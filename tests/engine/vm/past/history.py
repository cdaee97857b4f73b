# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest seconds that questions are asked about, and scripts with every kind of probe."""

from __future__ import annotations

from engine import VirtualMachine
from engine.guest import bundled
from engine.probes.frame import Frame

PAST_MIB = 4096
"""Budget of checkpoints: a fork of a test process shares little with it after a while, as its heap is large."""
SEED = 11
SECONDS = 12
TYPED = ((3.3, "ls\n"), (6.75, "\x03"), (9.1, "hello\n"))
HZ = 1_000_000_000

_POINTS = (
    "Guest_IRQ", "Guest_PF", "Guest_GP", "Guest_DE", "Guest_BP", "Guest_DB", "Guest_UD", "Guest_NM", "Guest_NMI",
    "Guest_CR3Write", "HV_Exit", "HV_Resume", "HV_NPF",
    "In", "Out", "SMM_SMIPre", "SMM_SMIPost", "SMM_RSMPre", "SMM_RSMPost", "Disk_IOStart", "Disk_IOFinish",
    "MAC_SendPacket", "MAC_ReceivePacket", "GUEST:0x400110", "GUEST:STEP:0x400110", "GUEST:ENTER:0x500100",
    "GUEST:EXIT:0x500070", "GUEST:OFFSET:0x400000:0", "GUEST_READ:0x401020",
    f"GUEST_WRITE:{bundled.symbols()['guest_counters']:#x}",
)  # fmt: skip
_NO_ARGUMENTS = ("GUEST", "Guest_CR3Write")
_TIMERS = ("USEC:777", "VMX:TIMER:1333usec", "TIMER:3msec", "PROFILE:7msec")
_ONCE = ("VMX1Hz", "VMM1Hz", "VMXLoad", "VMXUnload", "VMMUnload")
_NEVER = (
    "Guest_OF", "Guest_BR", "Guest_DF", "Guest_TS", "Guest_NP", "Guest_SS", "Guest_MF", "Guest_AC", "Guest_MC",
    "Guest_XF", "Guest_RESERVED_FAULT", "Guest_TripleFault",
)  # fmt: skip
"""Exceptions that the guest does not raise."""


def _probe(number: int, point: str) -> str:
    outside = point.startswith(("VMX", "MAC"))
    keys = f"{number} 0" if outside else f"{number} RIP"
    return f"(vprobe {point} (aggr found ({keys}) () {'TSC' if outside else '(+ TSC RAX)'}))"


_HEAD = ('(version "1.0")', "(defaggr found 2 0)")
EVENT_KINDS = len(_POINTS)
_TENTH = '(vprobe VMM10Hz (logaggr found) (clearaggr found) (printf "at %d\\n" TSC))'
EVENTS = "\n".join((*_HEAD, *(_probe(number, point) for number, point in enumerate(_POINTS)), _TENTH))
"""Every kind of event of the guest; what it finds does not depend on when it was loaded."""
OTHERS = "\n".join(
    (
        *_HEAD,
        *(_probe(number, point) for number, point in enumerate((*_TIMERS, *_NEVER, "Guest_IRQ"))),
        *(f'(vprobe {point} (printf "{point} %d\\n" TSC))' for point in _ONCE),
        '(vprobe VMMLoad (printf "loaded %d 0x%x\\n" TSC RIP))',
        _TENTH,
    )
)
"""Every other kind: timers, whose periods begin when they are loaded, and what happens at the load."""
TIMERS = range(len(_TIMERS))
"""Numbers of those that fire again and again."""


def live(vm: VirtualMachine, until: float = SECONDS) -> list[Frame]:
    """Let the history happen up to a guest second, as precisely as a block allows; the Frames of whole seconds."""
    frames = []
    for second, text in [*TYPED, (until, "")]:
        if vm.ticks < round(second * HZ) <= round(until * HZ):
            frames += _run_to(vm, second)
            vm.type(text)
    return frames


def _run_to(vm: VirtualMachine, second: float) -> list[Frame]:
    frames = []
    while vm.ticks < round(second * HZ):
        frame = vm.advance((round(second * HZ) - vm.ticks) / HZ)
        frames += [] if frame is None else [frame]
    return frames

# SPDX-License-Identifier: GPL-2.0-or-later
"""Guest speed with each kind of probe loaded, and with all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from engine.vp.tables.probes import POINTS
from tests.bench import loop
from tests.bench.measure import heading, interleaved, row

ROUNDS = 500_000
"""each of six blocks; its hot function, loads and stores happen once in each round"""
TURNS = 7
PERIODS = ("VMM1Hz", "VMM10Hz", "VMX1Hz")
LOADING = ("VMMLoad", "VMMUnload", "VMXLoad", "VMXUnload")
STATIC: Mapping[str, tuple[str, ...]] = {
    "exceptions, interrupts, CR3, triple fault": tuple(name for name in POINTS if name.startswith("Guest_")),
    "exits, resumes, nested page faults": tuple(name for name in POINTS if name.startswith("HV_")),
    "ports": ("In", "Out"),
    "system management mode": tuple(name for name in POINTS if name.startswith("SMM_")),
    "disk": ("Disk_IOStart", "Disk_IOFinish"),
    "network": ("MAC_SendPacket", "MAC_ReceivePacket"),
    "periods of guest time": PERIODS,
    "loading and unloading": LOADING,
    "USEC:1000": ("USEC:1000",),
    "GUEST and its kin, elsewhere": ("GUEST:0x100000", "GUEST:ENTER:0x100000", "GUEST:OFFSET:0x100000:8"),
    "GUEST:EXIT, elsewhere": ("GUEST:EXIT:0x100000",),
    "GUEST_READ, another page": ("GUEST_READ:0x280000",),
    "GUEST_WRITE, another page": ("GUEST_WRITE:0x280000",),
}
"""Kinds that do not fire here, or seldom."""
HOT: Mapping[str, str] = {
    "GUEST, each round": f"GUEST:{loop.HOT:#x}",
    "GUEST:EXIT, each round": f"GUEST:EXIT:{loop.HOT:#x}",
    "GUEST_READ, each round": "GUEST_READ:0x300000",
    "GUEST_WRITE, each round": "GUEST_WRITE:0x300008",
    "GUEST_WRITE, its page written each round": "GUEST_WRITE:0x300800",
    "USEC:1": "USEC:1",
}
"""Kinds that fire all the time, or whose page is in use."""


def script(*names: str) -> str:
    """Probes that do nothing."""
    return "\n".join(f"(vprobe {name} 0)" for name in names)


def kinds() -> None:
    """One row for each kind, and one for all that do not fire here."""
    heading("guest speed with probes loaded (bare Unicorn = 1)")
    loaded = {"none": "", **{name: script(*names) for name, names in STATIC.items()}}
    loaded |= {name: script(point) for name, point in HOT.items()}
    everything = [name for names in STATIC.values() for name in names]
    halves = {f"all that do not fire, half {n + 1}": script(*everything[n::2]) for n in range(2)}
    candidates: dict[str, Callable[[], float]] = {"bare": lambda: loop.bare(ROUNDS)}
    candidates |= {name: _with(source) for name, source in (loaded | halves).items()}
    best = interleaved(candidates, TURNS)
    for name in (*loaded, *halves):
        ratio, idle = best["bare"] / best[name], name not in HOT
        against = best["none"] / best[name]
        row(name, f"{ratio:.3f}", ">= 0.93 none" if idle else "", against >= 0.93 if idle else None)


def _with(source: str) -> Callable[[], float]:
    return lambda: loop.ours(ROUNDS, source)


if __name__ == "__main__":
    kinds()

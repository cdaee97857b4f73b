# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that need not boot: a snapshot of each kind of guest, made once per version."""

from __future__ import annotations

import contextlib
from pathlib import Path

from platformdirs import user_cache_path

from engine.guest import bundled
from engine.machine import device_state, snapshot
from engine.machine.machine import Machine, MachineConfig

START_SECONDS = 1.0
"""Guest time at which a warm machine begins: everything has been started then."""
KEPT = 8
"""Snapshots in the cache; the oldest goes first."""


def machine(config: MachineConfig, cache: Path | None = None) -> Machine:
    """The bundled guest, one guest second after power-on.

    The first time it boots, and its snapshot is kept; it goes on just as those that are restored from it. Where the
    cache cannot be written, every start is a boot.
    """
    directory = cache or user_cache_path("vptop") / "snapshots"
    path = directory / f"{device_state.version()}-{config.disk_model}-{config.seed}-{config.ram_bytes >> 20}.snapshot"
    with contextlib.suppress(OSError, snapshot.SnapshotError):
        return snapshot.restore(path, bundled.DISK_IMAGE)
    booted = Machine(bundled.DISK_IMAGE, config)
    booted.run(round(START_SECONDS * booted.tsc_hz))
    with contextlib.suppress(OSError):
        snapshot.save(booted, path)
        _forget_old(directory)
    return booted


def _forget_old(directory: Path) -> None:
    by_age = sorted(directory.glob("*.snapshot"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[KEPT:]:
        path.unlink(missing_ok=True)

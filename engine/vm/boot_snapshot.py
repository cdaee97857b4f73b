# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that need not boot: a snapshot of each guest, made once per version."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

from platformdirs import user_cache_path

from engine.machine import device_state, snapshot
from engine.machine.machine import Machine, MachineConfig
from engine.vm.boot_media import BootMedia

KEPT = 8
"""Snapshots in the cache; the oldest goes first."""


def machine(media: BootMedia, config: MachineConfig, cache: Path | None = None) -> Machine:
    """A machine that has booted, `media.boot_seconds` of guest time after power-on.

    The first time it boots, and its snapshot is kept; it goes on just as those that are restored from it. Where the
    cache cannot be written, every start is a boot.
    """
    directory = cache or user_cache_path("vptop") / "snapshots"
    path = directory / f"{_name(media, config)}.snapshot"
    with contextlib.suppress(OSError, snapshot.SnapshotError):
        return snapshot.restore(path, media.disk, media.kernel)
    booted = Machine(media.disk, config, media.kernel)
    booted.run(round(media.boot_seconds * booted.tsc_hz))
    with contextlib.suppress(OSError):
        snapshot.save(booted, path)
        _forget_old(directory)
    return booted


def _name(media: BootMedia, config: MachineConfig) -> str:
    """One file for each guest and machine; the snapshot itself says which image it was made with."""
    guest = re.sub(r"[^\w.]+", "-", media.guest.name)
    return f"{device_state.version()}-{guest}-{config.disk_model}-{config.seed}-{config.ram_bytes >> 20}"


def _forget_old(directory: Path) -> None:
    by_age = sorted(directory.glob("*.snapshot"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[KEPT:]:
        path.unlink(missing_ok=True)

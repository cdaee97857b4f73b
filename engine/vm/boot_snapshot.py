# SPDX-License-Identifier: GPL-2.0-or-later
"""Machines that need not boot: a snapshot of each guest, made once per version, guest and machine."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path
from re import Pattern

from platformdirs import user_cache_path

from engine.machine import device_state, snapshot
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from engine.vm.boot_media import BootMedia
from engine.vm.happenings import Happenings
from engine.vm.prompt import Prompt

KEPT = 8
"""Snapshots in the cache; the oldest goes first."""
_MOST_SECONDS = 60
"""Guest time that a boot may take."""


class BootSnapshot:
    """The snapshot of one guest on one machine, which may not exist yet."""

    def __init__(self, media: BootMedia, config: MachineConfig, cache: Path | None = None) -> None:
        self._media = media
        self._config = config
        self.guest = media.guest.name
        """Display name of the guest."""
        directory = cache or user_cache_path("vptop") / "snapshots"
        self.path = directory / f"{_name(media, config)}.snapshot"

    def restored(self) -> Machine | None:
        """A machine that has booted; None when there is no usable snapshot."""
        with contextlib.suppress(OSError, snapshot.SnapshotError):
            return snapshot.restore(self.path, self._media.disk, self._media.kernel)
        return None

    def booted(self) -> Machine:
        """A machine that boots now, as fast as it can; its snapshot is kept.

        It goes on just as those that are restored from it. Where the cache cannot be written, every start is a boot.
        A guest that does its work without a prompt, or fails, begins at power-on; there is nothing to keep.
        """
        machine = Machine(self._media.disk, self._config, self._media.kernel)
        if self._media.prompt is None:
            machine.run(round(self._media.boot_seconds * machine.tsc_hz))
        elif not _run_to_prompt(machine, self._media.prompt):
            machine.close()
            return Machine(self._media.disk, self._config, self._media.kernel)
        self.save(machine)
        return machine

    def save(self, machine: Machine) -> bool:
        """Keep a snapshot of a machine that has booted; False where that cannot be done."""
        try:
            snapshot.save(machine, self.path)
        except OSError:
            return False
        _forget_old(self.path.parent)
        return True


class BootWatch:
    """Keeps a snapshot of a machine that people watch booting, as soon as it has come to its prompt."""

    def __init__(self, kept: BootSnapshot, prompt: Pattern[bytes]) -> None:
        self._kept = kept
        self._prompt = Prompt(prompt)

    def look(self, machine: Machine) -> str | None:
        """Once a second; what was done, in words: empty when nothing was, and there is nothing left to do."""
        output = machine.take_console()
        waits = self._prompt.look(output)
        saved = False
        if waits:
            machine.motherboard.consoles.put_back(bytes(self._prompt.transcript))
            saved = self._kept.save(machine)
            machine.take_console()
        machine.motherboard.consoles.put_back(output)
        if not waits:
            return None
        kept = f"snapshot of {self._kept.guest} kept: the next start begins at this prompt; --cold boots again"
        return kept if saved else ""


def _run_to_prompt(machine: Machine, pattern: Pattern[bytes]) -> bool:
    """Boot until the guest waits for input, looking once a second as BootWatch does; False when it comes to no prompt.

    What the guest wrote is still there to be taken.
    """
    prompt, happenings = Prompt(pattern), Happenings(machine)
    for second in range(1, _MOST_SECONDS):
        machine.run(second * machine.tsc_hz)
        output = machine.take_console()
        happenings.look(output.decode("utf-8", "replace"))
        if machine.powered_off or happenings.panics:
            return False
        if prompt.look(output):
            machine.motherboard.consoles.put_back(bytes(prompt.transcript))
            return True
    return False


def _name(media: BootMedia, config: MachineConfig) -> str:
    """One file for each guest and machine."""
    guest = re.sub(r"[^\w.]+", "-", media.guest.name)
    kernel = media.kernel.digest if media.kernel is not None else ""
    digest = hashlib.sha256(f"{config} {kernel}".encode()).hexdigest()
    return f"{device_state.version()}-{guest}-{digest[:16]}"


def _forget_old(directory: Path) -> None:
    by_age = sorted(directory.glob("*.snapshot"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in by_age[KEPT:]:
        path.unlink(missing_ok=True)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the machine of a configuration: at power-on, from a snapshot, or booted before."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

from engine.machine import snapshot
from engine.machine.devices.disk_contents import ImageError
from engine.machine.linux.errors import LinuxError
from engine.machine.machine import Machine
from engine.vm.boot_media import BootMedia
from engine.vm.boot_snapshot import BootSnapshot, BootWatch
from engine.vm.machine_config import config_of
from engine.vm.options import BootError, PowerOn

_WITHOUT_PROMPT = "the guest comes to no prompt: started at power-on; with --cold, none is waited for"


class Powered(NamedTuple):
    """A machine that has been powered on."""

    machine: Machine
    watch: BootWatch | None = None
    """keeps a snapshot when the guest has booted"""
    notice: str = ""
    """what people should be told about its start"""


def machine_of(power: PowerOn, media: BootMedia) -> Powered:
    """The machine, at power-on or from a snapshot.

    Raises:
        BootError: what is to be booted does not fit into memory, or is damaged; or a snapshot or the disk image cannot
            be read.
    """
    config = config_of(power)
    if power.resume:
        try:
            return Powered(snapshot.restore(Path(power.resume), media.disk, media.kernel))
        except OSError as error:
            raise BootError(f"{power.resume}: {error.strerror or error}") from error
    kept = BootSnapshot(media, config)
    try:
        if power.cold or not (media.boot_seconds or media.prompt):
            return Powered(Machine(media.disk, config, media.kernel))
        restored = kept.restored()
        if restored is not None:
            started = f"started at the prompt, from the snapshot of {kept.guest}; --cold boots again"
            return Powered(restored, notice=started if media.prompt else "")
        if power.watch_boot and media.prompt is not None:
            return Powered(Machine(media.disk, config, media.kernel), BootWatch(kept, media.prompt))
        machine = kept.booted()
        return Powered(machine, notice="" if machine.ticks else _WITHOUT_PROMPT)
    except LinuxError as error:
        raise BootError(f"{power.kernel}: {error}") from error
    except ImageError as error:
        raise BootError(str(error)) from error

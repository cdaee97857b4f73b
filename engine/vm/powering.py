# SPDX-License-Identifier: GPL-2.0-or-later
"""Makes the machine of a configuration: at power-on, from a snapshot, or booted before."""

from __future__ import annotations

from pathlib import Path

from engine.machine import snapshot
from engine.machine.devices.disk_contents import ImageError
from engine.machine.linux.errors import LinuxError
from engine.machine.machine import Machine
from engine.vm.boot_media import BootMedia
from engine.vm.boot_snapshot import BootSnapshot, BootWatch
from engine.vm.machine_config import config_of
from engine.vm.options import BootError, PowerOn


def machine_of(power: PowerOn, media: BootMedia) -> tuple[Machine, BootWatch | None]:
    """The machine, at power-on or from a snapshot; and what keeps a snapshot when it has booted.

    Raises:
        BootError: what is to be booted does not fit into memory, or is damaged; or a snapshot or the disk image cannot
            be read.
    """
    config = config_of(power)
    if power.resume:
        try:
            return snapshot.restore(Path(power.resume), media.disk, media.kernel), None
        except OSError as error:
            raise BootError(f"{power.resume}: {error.strerror or error}") from error
    kept = BootSnapshot(media, config)
    try:
        if power.cold or not (media.boot_seconds or media.to_prompt):
            return Machine(media.disk, config, media.kernel), None
        restored = kept.restored()
        if restored is not None:
            return restored, None
        if power.watch_boot and media.to_prompt:
            return Machine(media.disk, config, media.kernel), BootWatch(kept)
        return kept.booted(), None
    except LinuxError as error:
        raise BootError(f"{power.kernel}: {error}") from error
    except ImageError as error:
        raise BootError(str(error)) from error

# SPDX-License-Identifier: GPL-2.0-or-later
"""The contents of a disk whose file gives no byte any more."""

from __future__ import annotations

from typing import NoReturn

from engine.machine.devices.disk_contents import BytesContents, ImageError


class BrokenContents(BytesContents):
    """Every read fails."""

    def read(self, offset: int, size: int) -> NoReturn:
        raise ImageError(f"disk.img: byte {offset}: Input/output error")

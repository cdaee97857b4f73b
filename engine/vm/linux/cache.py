# SPDX-License-Identifier: GPL-2.0-or-later
"""The cache: packages of Linux, each unpacked in a folder of its own, and files that take long to make."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from platformdirs import user_cache_path

from engine.files import write_whole


def directory() -> Path:
    """Where packages are unpacked."""
    return user_cache_path("vptop") / "linux"


def kept(path: Path) -> bytes:
    """A file that was kept, which counts as used now; empty where there is none."""
    with suppress(OSError):
        data = path.read_bytes()
        path.touch()
        return data
    return b""


def keep(path: Path, data: bytes, most: int) -> None:
    """Write a file whole, and delete those of its folder that were not used for longest.

    Without a cache all goes on as before.

    Args:
        path: the file.
        data: its contents.
        most: files that the folder may have.
    """
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [data], durable=False)
        by_use = sorted(path.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in by_use[most:]:
            old.unlink(missing_ok=True)

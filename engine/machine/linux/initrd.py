# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks: what the kernel takes as one, and how one is written (initramfs buffer format)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from stat import S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG

from engine.machine.linux.compression import recognized
from engine.machine.linux.errors import LinuxError

_MAGICS = (b"070701", b"070702")
_TRAILER = "TRAILER!!!"
_ALIGNMENT = 4


def check(data: bytes) -> None:
    """Accept a cpio archive, plain or compressed as kernels can read it.

    Raises:
        LinuxError: it is something else.
    """
    archive = data.lstrip(b"\0") if data.startswith(b"\0") else data
    if archive.startswith(_MAGICS) or recognized(archive) is not None:
        return
    what = "empty" if not archive else f"begins with {archive[:6].hex(' ')}"
    raise LinuxError(
        f"not an initial RAM disk ({what}); expected a cpio archive in the newc format, plain or compressed"
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of an archive."""

    path: str
    """without a leading slash"""
    mode: int
    data: bytes = field(default=b"", repr=False)
    device: tuple[int, int] = (0, 0)
    """major and minor number of a device"""


def directory(path: str) -> Entry:
    """A directory everybody may list."""
    return Entry(path, S_IFDIR | 0o755)


def file(path: str, data: bytes, *, executable: bool = False) -> Entry:
    """A regular file."""
    return Entry(path, S_IFREG | (0o755 if executable else 0o644), data)


def symlink(path: str, target: str) -> Entry:
    """A symbolic link."""
    return Entry(path, S_IFLNK | 0o777, target.encode())


def character_device(path: str, major: int, minor: int) -> Entry:
    """A character device that only root may use."""
    return Entry(path, S_IFCHR | 0o600, device=(major, minor))


def archive(entries: Iterable[Entry]) -> bytes:
    """A cpio archive in the newc format. The same entries give the same bytes: no times, everything owned by root."""
    out = bytearray()
    for number, entry in enumerate([*entries, Entry(_TRAILER, 0)], 1):
        name = entry.path.encode() + b"\0"
        links = 2 if entry.mode & S_IFDIR == S_IFDIR else 1
        fields = (
            number, entry.mode, 0, 0, links, 0, len(entry.data), 0, 0, *entry.device, len(name), 0,
        )  # fmt: skip
        out += _MAGICS[0] + b"".join(b"%08x" % value for value in fields) + name
        out += bytes(-len(out) % _ALIGNMENT)
        out += entry.data
        out += bytes(-len(out) % _ALIGNMENT)
    return bytes(out)

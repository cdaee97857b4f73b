# SPDX-License-Identifier: GPL-2.0-or-later
"""Initial RAM disks: what the kernel takes as one, and how one is written (initramfs buffer format)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from stat import S_IFCHR, S_IFDIR, S_IFLNK, S_IFREG, S_ISREG

from engine.machine.linux.compression import recognized, unpacked
from engine.machine.linux.errors import LinuxError
from engine.machine.linux.image import is_bzimage

_MAGICS = (b"070701", b"070702")
_TRAILER = "TRAILER!!!"
_ALIGNMENT = 4
_HEADER_BYTES = 110
_PADDING = re.compile(rb"\0+")
_FIELD_BYTES = 8


def check(data: bytes) -> None:
    """Accept a cpio archive, plain or compressed as kernels can read it.

    Raises:
        LinuxError: it is something else.
    """
    archive = data.lstrip(b"\0") if data.startswith(b"\0") else data
    if archive.startswith(_MAGICS) or recognized(archive) is not None:
        return
    if is_bzimage(data):
        raise LinuxError("a Linux kernel, and no initial RAM disk; name it with --kernel")
    what = "empty" if not archive else f"begins with {archive[:6].hex(' ')}"
    raise LinuxError(
        f"not an initial RAM disk ({what}); expected a cpio archive in the newc format, plain or compressed"
    )


def unpacked_bytes(data: bytes) -> int:
    """How much RAM the files of an initial RAM disk take; of one that is damaged, those before that place."""
    size = 0
    with suppress(LinuxError):
        for _, contents in files(data):
            size += len(contents)
    return size


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


def files(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The regular files of an initial RAM disk: path and contents.

    It is one archive behind the other, of which the last may be compressed. Several names of a file come with its
    contents each, which the archive has once, with the last of them.

    Raises:
        LinuxError: compressed data is damaged.
    """
    at = 0
    while at < len(data):
        if data.startswith(_MAGICS, at):
            names: dict[tuple[int, ...], list[str]] = {}
            while (member := _member(data, at)) is not None and member.path != _TRAILER:
                at = member.end
                if S_ISREG(member.mode):
                    known = names.setdefault(member.file, []) if member.links > 1 else []
                    known.append(member.path)
                    if member.start < member.stop:
                        yield from ((name, data[member.start : member.stop]) for name in known)
            if member is None:
                return
            at = member.end
        elif not data[at]:
            padding = _PADDING.match(data, at)
            at = len(data) if padding is None else padding.end()
        else:
            archive = unpacked(data[at:])
            if archive.startswith(_MAGICS):
                yield from files(archive)
            return


@dataclass(frozen=True, slots=True)
class _Member:
    """A member of an archive: where its contents are, and where the next one begins."""

    path: str
    mode: int
    links: int
    file: tuple[int, ...]
    """inode number, and numbers of the device"""
    start: int
    stop: int

    @property
    def end(self) -> int:
        return -(-self.stop // _ALIGNMENT) * _ALIGNMENT


def _member(data: bytes, at: int) -> _Member | None:
    """The member that begins there; None when there is none, or it is cut off."""
    if not data.startswith(_MAGICS, at):
        return None
    begin = at + len(_MAGICS[0])
    try:
        fields = [int(data[word : word + _FIELD_BYTES], 16) for word in range(begin, at + _HEADER_BYTES, _FIELD_BYTES)]
    except ValueError:
        return None
    if min(fields) < 0:
        return None
    inode, mode, _, _, links, _, size, major, minor, _, _, name_bytes, _ = fields
    name = at + _HEADER_BYTES
    start = -(-(name + name_bytes) // _ALIGNMENT) * _ALIGNMENT
    path = data[name : name + name_bytes - 1].decode("utf-8", "replace")
    return _Member(path, mode, links, (inode, major, minor), start, start + size) if start + size <= len(data) else None

# SPDX-License-Identifier: GPL-2.0-or-later
"""What is on a disk at power-on: bytes in memory, or a file of any size that is read where the guest reads."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
import weakref
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol, TypeAlias

from engine.errors import VptopError

DIGEST_BYTES = 64 << 20
"""Most bytes of data, holes not counted, that a digest covers one by one."""
_CHUNK = 64 << 10
_SAMPLES = 256
_ZEROS = bytes(_CHUNK)


class ImageError(VptopError, OSError):
    """A disk image cannot be read or written. Repair or replace it; the guest got an I/O error."""


class Contents(Protocol):
    """What is on a disk; it never changes."""

    size: int
    """bytes"""

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from an offset on; what lies beyond the end reads as 0.

        Raises:
            ImageError: they cannot be read.
        """
        ...

    def digest(self) -> str:
        """SHA-256 that tells these contents from others.

        Raises:
            ImageError: they cannot be read, or have changed.
        """
        ...

    def changes(self) -> Sequence[str]:
        """What has happened to the contents since power-on, in words."""
        ...

    def close(self) -> None:
        """Release the file."""
        ...


class BytesContents:
    """Bytes in memory."""

    def __init__(self, data: bytes) -> None:
        self.size = len(data)
        self._data = data

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from an offset on."""
        return self._data[offset : offset + size].ljust(size, b"\0")

    def digest(self) -> str:
        """SHA-256 of the size and of every chunk that is not all zero."""
        return _digest(self.size, ((at, self._data[at : at + _CHUNK]) for at in range(0, self.size, _CHUNK)))

    def changes(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def close(self) -> None:
        """There is nothing to release."""


class Blank:
    """An empty disk, and its contents."""

    def __init__(self, size: int) -> None:
        """`size` in bytes."""
        self.size = size

    def read(self, offset: int, size: int) -> bytes:
        """Zeros."""
        del offset
        return bytes(size)

    def digest(self) -> str:
        """As of so many bytes of zero."""
        return _digest(self.size, iter(()))

    def changes(self) -> Sequence[str]:
        """Nothing."""
        return ()

    def close(self) -> None:
        """There is nothing to release."""


class FileContents:
    """A raw image in a file or on a block device, opened for reading only; holes of a sparse file cost nothing."""

    def __init__(self, path: Path) -> None:
        """Open the image.

        Raises:
            OSError: it cannot be opened, or is a directory.
        """
        self.path = path
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self._release = weakref.finalize(self, os.close, self._fd)
        if stat.S_ISDIR(os.fstat(self._fd).st_mode):
            self._release()
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        self.size = os.lseek(self._fd, 0, os.SEEK_END)  # st_size is 0 for a block device
        self._opened = os.fstat(self._fd)

    def read(self, offset: int, size: int) -> bytes:
        """Bytes from an offset on; a file that has become shorter is an error there."""
        wanted = max(0, min(size, self.size - offset))
        data = b""
        while len(data) < wanted:
            try:
                more = os.pread(self._fd, wanted - len(data), offset + len(data))
            except OSError as error:
                raise ImageError(f"{self.path}: byte {offset + len(data)}: {error.strerror or error}") from error
            if not more:
                raise ImageError(f"{self.path}: byte {offset + len(data)}: the file ends there now; it was cut off")
            data += more
        return data if wanted == size else data.ljust(size, b"\0")

    def digest(self) -> str:
        """As of the bytes, up to DIGEST_BYTES of data; a larger image by its size, samples and time of change."""
        if changes := self.changes():
            raise ImageError("; ".join(changes))
        extents = list(self._extents())
        if sum(end - start for start, end in extents) <= DIGEST_BYTES:
            places = [at for start, end in extents for at in range(start - start % _CHUNK, end, _CHUNK)]
            return _digest(self.size, ((at, self._chunk(at)) for at in dict.fromkeys(places)))
        places = [self.size * sample // _SAMPLES // _CHUNK * _CHUNK for sample in range(_SAMPLES)]
        sampled = _digest(self.size, ((at, self._chunk(at)) for at in places))
        return hashlib.sha256(f"{sampled} {self._opened.st_mtime_ns}".encode()).hexdigest()

    def _chunk(self, at: int) -> bytes:
        return self.read(at, min(_CHUNK, self.size - at))

    def _extents(self) -> Iterator[tuple[int, int]]:
        """Where the file has data, as lseek(2) reports it; all of it where the file system cannot say."""
        end = 0
        while end < self.size:
            try:
                start = os.lseek(self._fd, end, os.SEEK_DATA)
                end = os.lseek(self._fd, start, os.SEEK_HOLE)
            except OSError as error:
                if error.errno != errno.ENXIO:  # the rest is not a hole
                    yield end, self.size
                return
            yield start, min(end, self.size)

    def changes(self) -> Sequence[str]:
        """What has happened to the file since it was opened."""
        now = os.fstat(self._fd)
        if now.st_size < self._opened.st_size:
            return (f"{self.path}: cut off from {self._opened.st_size} to {now.st_size} bytes while in use",)
        if (now.st_size, now.st_mtime_ns) != (self._opened.st_size, self._opened.st_mtime_ns):
            return (f"{self.path}: changed while in use; the guest may see a mixture of old and new contents",)
        try:
            same = os.path.samestat(now, self.path.stat())
        except OSError:
            same = False
        return () if same else (f"{self.path}: removed or replaced; the guest keeps the old one until power-off",)

    def close(self) -> None:
        """Close the file."""
        self._release()


Source: TypeAlias = bytes | Path | Blank
"""What a disk can be made of."""


def contents_of(source: Source) -> Contents:
    """Contents given as bytes, as the file they are in, or as the size of an empty disk.

    Raises:
        OSError: the file cannot be opened.
    """
    if isinstance(source, Blank):
        return source
    return FileContents(source) if isinstance(source, Path) else BytesContents(source)


def _digest(size: int, chunks: Iterator[tuple[int, bytes]]) -> str:
    digest = hashlib.sha256(size.to_bytes(8, "little"))
    for at, chunk in chunks:
        if chunk != _ZEROS[: len(chunk)]:
            digest.update(at.to_bytes(8, "little"))
            digest.update(chunk)
    return digest.hexdigest()

# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a static busybox is: the one named, one that the system has, or one in the cache."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from engine.vm.files import read
from engine.vm.linux import cache, packages
from engine.vm.linux.packages import Tell
from engine.vm.linux.userland import check_busybox
from engine.vm.options import BootError

_NAMES = ("busybox", "busybox.static", "busybox-static")


def find_busybox(named: str = "") -> tuple[str, bytes]:
    """Name and contents of a static busybox.

    Raises:
        BootError: the one that is named is none; or none is named, and none found.
    """
    if named:
        data = read(Path(named))
        check_busybox(named, data)
        return named, data
    for path in _candidates():
        with contextlib.suppress(BootError):
            data = read(path)
            check_busybox(str(path), data)
            return str(path), data
    raise BootError(
        "no static busybox found for the demonstration; `vptop guest linux` says how to get one. "
        "Or name one with --busybox, or an initial RAM disk with --initrd"
    )


def _candidates() -> Iterator[Path]:
    for name in _NAMES:
        found = shutil.which(name)
        if found is not None:
            yield Path(found)
    yield from sorted(cache.directory().glob("busybox*/**/bin/busybox"), reverse=True)


def get_busybox(tell: Tell) -> Path:
    """A static busybox, downloaded when there is none.

    Raises:
        PackageError: it cannot be got.
        BootError: what was got is not static.
        OSError: the cache cannot be written.
    """
    with contextlib.suppress(BootError):
        return Path(find_busybox()[0])
    packages.download(packages.BUSYBOX, tell)
    return Path(find_busybox()[0])

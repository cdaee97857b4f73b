# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel file says of itself, kept in the cache: to look for it in an image takes half a second."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from engine.files import write_whole
from engine.guest.guest import Guest
from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.guest import LinuxGuest
from engine.guest.linux.kernel import Kernel, KernelError, of_image, unpack
from engine.guest.recognition import RecognisedGuest
from engine.guest.unknown import unknown_guest

if TYPE_CHECKING:
    from engine.machine.linux.boot import LinuxKernel

KEPT = 8
"""Kernels in the cache, the latest used ones; each takes 10 to 20 MiB."""


def guest_of(kernel: LinuxKernel, given: GivenSymbols | None = None) -> Guest:
    """The guest that a kernel will be. One that says nothing of itself may yet be recognised when it runs.

    Args:
        kernel: the kernel.
        given: its symbols, for one built without kallsyms.

    Raises:
        LinuxError: it is no kernel for x86-64, or damaged.
        KernelError: the symbols are those of another kernel.
    """
    if given is not None:
        named = of_image(kernel.image.vmlinux.data, given.symbols)
        return _moved(kernel, named, given.taken(named.release, kernel.offset if kernel.kaslr else 0))
    path = directory() / kernel.file_digest.hex()[:32]
    known = _read(path)
    if known is None:
        try:
            known = of_image(kernel.image.vmlinux.data)
        except KernelError:
            return RecognisedGuest(unknown_guest(f"Linux {kernel.image.version}"))
        _keep(path, known)
    return _moved(kernel, known)


def _moved(kernel: LinuxKernel, known: Kernel, notice: str = "") -> LinuxGuest:
    """At the address where the kernel will run."""
    moved = kernel.offset if kernel.kaslr else 0
    return LinuxGuest(known.moved(moved), -moved, notice)


def directory() -> Path:
    """Where it is kept, a file for each kernel."""
    return user_cache_path("vptop") / "kernels"


def _read(path: Path) -> Kernel | None:
    try:
        known = unpack(path.read_bytes())
        path.touch()
    except (OSError, KernelError):
        return None
    return known


def _keep(path: Path, known: Kernel) -> None:
    """Write it whole, and forget the kernels that were not used for longest. Without a cache all goes on as before."""
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, [known.pack()], durable=False)
        by_use = sorted(path.parent.iterdir(), key=lambda one: one.stat().st_mtime, reverse=True)
        for old in by_use[KEPT:]:
            old.unlink(missing_ok=True)

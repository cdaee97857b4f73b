# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel file says of itself, kept in the cache: to look for it in an image takes half a second."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from platformdirs import user_cache_path

from engine.guest.guest import Guest
from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.guest import LinuxGuest
from engine.guest.linux.kernel import Kernel, KernelError, of_image, unpack
from engine.guest.linux.symbol_table import Programs
from engine.guest.recognition import RecognisedGuest, all_recognisers
from engine.guest.unknown import unknown_guest
from engine.vm.linux import cache

if TYPE_CHECKING:
    from engine.machine.linux.boot import LinuxKernel

KEPT = 8
"""Kernels in the cache, the latest used ones; each takes 10 to 20 MiB."""


def guest_of(kernel: LinuxKernel, given: GivenSymbols | None = None, programs: Programs = dict) -> Guest:
    """The guest that a kernel will be. One that says nothing of itself may yet be recognised when it runs.

    Args:
        kernel: the kernel.
        given: its symbols, for one built without kallsyms.
        programs: gives the functions of files that its processes map.

    Raises:
        LinuxError: it is no kernel for x86-64, or damaged.
        KernelError: the symbols are those of another kernel.
    """
    if given is not None:
        named = of_image(kernel.image.vmlinux.data, given.symbols)
        return _moved(kernel, named, given.taken(named.release, kernel.offset if kernel.kaslr else 0), programs)
    path = directory() / kernel.file_digest.hex()[:32]
    known = _read(path)
    if known is None:
        try:
            known = of_image(kernel.image.vmlinux.data)
        except KernelError:
            return RecognisedGuest(unknown_guest(f"Linux {kernel.image.version}"), all_recognisers(programs=programs))
        cache.keep(path, known.pack(), KEPT)
    return _moved(kernel, known, "", programs)


def _moved(kernel: LinuxKernel, known: Kernel, notice: str, programs: Programs) -> LinuxGuest:
    """At the address where the kernel will run."""
    moved = kernel.offset if kernel.kaslr else 0
    return LinuxGuest(known.moved(moved), -moved, notice, programs)


def directory() -> Path:
    """Where it is kept, a file for each kernel."""
    return user_cache_path("vptop") / "kernels"


def _read(path: Path) -> Kernel | None:
    with suppress(KernelError):
        return unpack(cache.kept(path))
    return None

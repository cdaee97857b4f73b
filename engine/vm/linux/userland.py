# SPDX-License-Identifier: GPL-2.0-or-later
"""The demonstration userland: an initial RAM disk around a static busybox, built in memory.

It loads the drivers it is given, mounts the disk, gets an address, does some of everything that is worth a probe, and
gives a shell on the console.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from importlib.resources import files
from importlib.resources.abc import Traversable
from io import BytesIO

from engine.machine.linux.initrd import Entry, archive, character_device, directory, file, symlink
from engine.vm.linux.modules import Module
from engine.vm.options import BootError

_FOLDERS = ("bin", "dev", "etc", "lib", "lib/modules", "work")
_SCRIPTS = ("rcS", "work", "lease")
_CONSOLE = "@CONSOLE@"
_ELF_64_LITTLE = b"\x7fELF\x02\x01"
_HEADER = struct.Struct("<16x2xH12xQ8x6x2H")
"""of the ELF header: e_machine, e_phoff, e_phentsize, e_phnum (elf(5))"""
_X86_64, _PT_INTERP = 62, b"\3\0\0\0"


def check_busybox(name: str, data: bytes) -> None:
    """Accept a program that runs without shared libraries.

    Raises:
        BootError: it is none for x86-64, or is linked dynamically.
    """
    if not _is_static(data):
        raise BootError(f"{name}: {_refusal(data)}")


def _is_static(data: bytes) -> bool:
    """Whether this is a program for x86-64 without an interpreter."""
    if len(data) < _HEADER.size or not data.startswith(_ELF_64_LITTLE):
        return False
    machine, at, size, count = _HEADER.unpack_from(data)
    end = at + size * count
    kinds = (data[part : part + len(_PT_INTERP)] for part in range(at, end, size or 1))
    return machine == _X86_64 and 0 < at < end <= len(data) and _PT_INTERP not in kinds


def _refusal(data: bytes) -> str:
    """What is wrong with a program that is not static."""
    from elftools.common.exceptions import ELFError  # slow to import
    from elftools.elf.elffile import ELFFile

    try:
        program = ELFFile(BytesIO(data))
        if program["e_machine"] != "EM_X86_64":
            return f"a program for {program.get_machine_arch()}; expected x86-64"
        if any(part["p_type"] == "PT_INTERP" for part in program.iter_segments()):
            return "linked dynamically; expected a static busybox"
    except ELFError as error:
        return f"not a program ({error}); expected a static busybox"
    return "not a program (no program headers); expected a static busybox"


def initrd(busybox: bytes, modules: Sequence[Module] = (), console: str = "ttyS0") -> bytes:
    """The initial RAM disk. The same parts give the same bytes.

    Args:
        busybox: the program, linked statically.
        modules: drivers in the order in which they are loaded.
        console: the terminal device of the shell.
    """
    return archive(_entries(busybox, modules, console))


def _entries(busybox: bytes, modules: Sequence[Module], console: str) -> Iterator[Entry]:
    yield from map(directory, _FOLDERS)
    yield character_device("dev/console", 5, 1)
    yield file("bin/busybox", busybox, executable=True)
    yield symlink("bin/sh", "busybox")
    yield symlink("init", "bin/busybox")
    demo = files("engine.vm.linux") / "demo"
    yield file("etc/inittab", _text(demo / "inittab").replace(_CONSOLE, console).encode())
    yield file("etc/profile", _text(demo / "profile").encode())
    for name in _SCRIPTS:
        yield file(f"etc/{name}", _text(demo / name).encode(), executable=True)
    for program in sorted((demo / "work.d").iterdir(), key=lambda program: program.name):
        yield file(f"work/{program.name}", _text(program).encode(), executable=True)
    for number, module in enumerate(modules):
        yield file(f"lib/modules/{number:02}-{module.name}.ko", module.data)


def _text(place: Traversable) -> str:
    return place.read_text("utf-8")

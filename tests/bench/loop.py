# SPDX-License-Identifier: GPL-2.0-or-later
"""The guest that is measured: a loop of four blocks with loads, stores and a call (loop.S), on three machines."""

from __future__ import annotations

import ctypes
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from unicorn.unicorn_const import UC_ARCH_X86, UC_HOOK_BLOCK, UC_HOOK_CODE, UC_MODE_16
from unicorn.unicorn_py3.unicorn import Uc, uclib
from unicorn.x86_const import UC_X86_REG_CS

from engine.machine.machine import Machine
from engine.probes.script_host import ScriptHost
from engine.vp import Limits

HERE = Path(__file__).parent
BOOT = 0x7C00
HOT = 0x7D80
RESULT = 0x300010
ROUNDS_AT = 0x1F0
RAM = 64 << 20
STEP = 10**8
"""ticks between two looks whether the loop has ended"""


@cache
def assembled(source: str) -> bytes:
    """A boot sector of this folder, assembled."""
    with TemporaryDirectory() as folder:
        elf, flat = Path(folder, "loop.elf"), Path(folder, "loop.bin")
        freestanding = ["-target", "x86_64-freestanding-none", "-nostdlib", "-static"]
        link = [f"-Wl,-T,{HERE / 'loop.ld'}", "-Wl,--entry=_start", str(HERE / source)]
        _zig("cc", *freestanding, "-o", str(elf), *link)
        _zig("objcopy", "-O", "binary", str(elf), str(flat))
        return flat.read_bytes()


@cache
def counter() -> tuple[int, ctypes.CDLL]:
    """Address of the native counting hook, and the library that holds it."""
    with TemporaryDirectory() as folder:
        path = Path(folder, "hooks.so")
        _zig("cc", "-O2", "-shared", "-fPIC", "-fno-sanitize=all", "-o", str(path), str(HERE / "hooks.c"))
        library = ctypes.CDLL(str(path))
    address = ctypes.cast(library.count, ctypes.c_void_p).value
    assert address is not None
    return address, library


def _zig(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "ziglang", *arguments], check=True)


def image(rounds: int) -> bytes:
    """A disk whose boot sector runs the loop that often."""
    sector = bytearray(assembled("loop.S"))
    struct.pack_into("<Q", sector, ROUNDS_AT, rounds)
    return bytes(sector) + bytes(1 << 20)


Attach = Callable[[Uc], object]


def bare(rounds: int, attach: Attach = lambda uc: None) -> float:
    """CPU seconds that Unicorn alone takes, with whatever hooks are attached."""
    uc = Uc(UC_ARCH_X86, UC_MODE_16)
    uc.mem_map(0, RAM)
    uc.mem_write(BOOT, image(rounds)[:512])
    uc.reg_write(UC_X86_REG_CS, 0)
    kept = attach(uc)
    begun = time.thread_time()
    uc.emu_start(BOOT, 0)
    taken = time.thread_time() - begun
    assert uc.mem_read(RESULT, 8) != bytes(8)
    del kept
    return taken


def native(uc: Uc, kind: int, begin: int, end: int) -> object:
    """Attach the native counter; returns what must live as long as the hook."""
    address, library = counter()
    count = ctypes.c_uint64()
    handle = ctypes.c_size_t()
    arguments = (ctypes.c_int(kind), ctypes.c_void_p(address), ctypes.byref(count))
    status = uclib.uc_hook_add(uc._uch, ctypes.byref(handle), *arguments, ctypes.c_uint64(begin), ctypes.c_uint64(end))
    assert status == 0
    return library, count


def block_counter(uc: Uc) -> object:
    """Count every block natively."""
    return native(uc, UC_HOOK_BLOCK, 1, 0)


def hot_counter(uc: Uc) -> object:
    """Count the hot function natively."""
    return native(uc, UC_HOOK_CODE, HOT, HOT)


def in_python(body: Callable[[Uc, int], None]) -> Attach:
    """A Python hook at the hot function."""

    def attach(uc: Uc) -> object:
        return uc.hook_add(UC_HOOK_CODE, lambda uc, address, size, data: body(uc, address), begin=HOT, end=HOT)

    return attach


def ours(rounds: int, source: str = "", *, unload: bool = False) -> float:
    """CPU seconds that the virtual PC takes, with a script loaded, or loaded and unloaded again."""
    with Machine(image(rounds)) as machine:
        host = ScriptHost(machine.core, machine.ncpus, None, Limits())
        if source:
            host.load("bench.vp", source)
            if unload:
                host.reset()
        begun = time.thread_time()
        while machine.memory.read(RESULT, 8) == bytes(8):
            machine.run(machine.ticks + STEP)
        taken = time.thread_time() - begun
        host.reset()
    return taken

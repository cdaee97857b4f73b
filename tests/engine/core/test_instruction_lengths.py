# SPDX-License-Identifier: GPL-2.0-or-later
"""The core's instruction decoder against capstone: over compiled code, and over random bytes."""

from __future__ import annotations

import os
import random
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import capstone
import pytest
from cffi import FFI

from buildtools.declarations import declared
from engine.core.library import LIBRARY
from engine.core.tables import SOURCES

LONGEST = 15
MODES = {64: capstone.CS_MODE_64, 32: capstone.CS_MODE_32}
UNDEFINED = {"ud0", "ud1"}
"""Intel gives these a ModRM byte (SDM vol. 2), capstone does not."""
CONTROL_MOVES = {0x20, 0x21, 0x22, 0x23, 0x24, 0x26}
"""0F 20 to 0F 26: MOV of control and debug registers, whose ModRM byte always names a register."""

# 8F with a map of 8 or more is AMD's XOP, withdrawn since, which the CPU of the virtual PC does not have.


@pytest.fixture(scope="module")
def decoder() -> Any:
    ffi = FFI()
    ffi.cdef(declared(SOURCES / "guest" / "decode.h"))
    return ffi, ffi.dlopen(str(LIBRARY))


def length(decoder: Any, code: bytes, bits: int) -> int:
    ffi, lib = decoder
    return int(lib.vpc_decode(code, len(code), bits, ffi.new("vpc_insn *")))


def section(elf: bytes, wanted: bytes) -> bytes:
    """One section of a 64-bit little-endian ELF file."""
    (table,) = struct.unpack_from("<Q", elf, 40)
    entry, count, names = struct.unpack_from("<HHH", elf, 58)
    headers = [struct.unpack_from("<IIQQQQ", elf, table + i * entry) for i in range(count)]
    for name, _, _, _, offset, size in headers:
        start = headers[names][4] + name
        if elf[start : elf.index(b"\0", start)] == wanted:
            return elf[offset : offset + size]
    raise KeyError(wanted)


def compiled(folder: Path, cpu: str) -> bytes:
    """x86-64 code that a compiler makes of the core's own sources, on any host."""
    output = folder / "code.so"
    sources = [
        str(SOURCES / name)
        for name in ("vp/aggregate.c", "vp/format.c", "guest/memory.c", "guest/decode.c", "vp/verify.c")
    ]
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(Path(__file__).parents[3] / "build" / "zig"))
    target = ["-target", "x86_64-linux-gnu", f"-mcpu={cpu}", "-O3"]
    library = ["-fPIC", "-shared", "-fno-sanitize=all", "-Wl,-z,undefs", "-o", str(output)]
    subprocess.run(
        [sys.executable, "-m", "ziglang", "cc", *target, *library, f"-I{SOURCES}", *sources],
        check=True,
        env=os.environ | {"ZIG_GLOBAL_CACHE_DIR": cache},
    )
    return section(output.read_bytes(), b".text")


@pytest.mark.parametrize("cpu", ["x86_64", "x86_64_v3", "x86_64_v4"])
def test_compiled_code(decoder: Any, tmp_path: Path, cpu: str) -> None:
    code = compiled(tmp_path, cpu)
    disassembler = capstone.Cs(capstone.CS_ARCH_X86, capstone.CS_MODE_64)
    seen = 0
    for address, size, mnemonic, operands in disassembler.disasm_lite(code, 0):
        found = length(decoder, code[address : address + LONGEST], 64)
        assert found == size, f"{code[address : address + size].hex()}: {mnemonic} {operands}"
        seen += 1
    assert seen > 1000


def samples(seed: int, count: int) -> Iterator[bytes]:
    numbers = random.Random(seed)
    return (numbers.randbytes(LONGEST) for _ in range(count))


@pytest.mark.parametrize("bits", [64, 32])
def test_random_bytes_that_are_instructions(decoder: Any, bits: int) -> None:
    disassembler = capstone.Cs(capstone.CS_ARCH_X86, MODES[bits])
    for code in samples(seed=bits, count=30_000):
        for _, size, mnemonic, operands in disassembler.disasm_lite(code, 0, 1):
            moves_control = any(code[i] == 0x0F and code[i + 1] in CONTROL_MOVES for i in range(size - 1))
            extended = any(code[i] == 0x8F and code[i + 1] & 0x1F >= 8 for i in range(size - 1))
            if mnemonic not in UNDEFINED and not moves_control and not extended:
                assert length(decoder, code, bits) == size, f"{code[:size].hex()}: {mnemonic} {operands}"


@pytest.mark.parametrize("bits", [64, 32])
def test_an_instruction_cut_short_has_no_length(decoder: Any, bits: int) -> None:
    for code in samples(seed=bits + 1, count=2000):
        whole = length(decoder, code, bits)
        for size in range(whole):
            assert length(decoder, code[:size], bits) == 0

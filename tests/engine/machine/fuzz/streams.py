# SPDX-License-Identifier: GPL-2.0-or-later
"""Random streams of instructions, and numbers that are likely to matter."""

from __future__ import annotations

from random import Random

USER = 0x200000
OPCODES = [bytes([code]) for code in range(256)] + [bytes([0x0F, code]) for code in range(256)]
PREFIXES = [bytes([code]) for code in (0x66, 0x67, 0xF0, 0xF2, 0xF3, 0x2E, 0x64, 0x65, *range(0x40, 0x50))]


def number(chance: Random, bits: int) -> int:
    """Small numbers, single bits and patterns as often as any."""
    kinds = (chance.randrange(16), 1 << chance.randrange(bits), chance.getrandbits(bits), (1 << bits) - 1)
    return chance.choice(kinds)


def stream(chance: Random, size: int) -> bytes:
    """Bytes that are likely to be instructions: prefixes, an opcode, something behind it; or any bytes."""
    out = bytearray()
    while len(out) < size:
        if not chance.randrange(8):
            out += chance.randbytes(chance.randrange(1, 16))
            continue
        for _ in range(chance.choice((0, 0, 0, 1, 1, 2))):
            out += chance.choice(PREFIXES)
        out += chance.choice(OPCODES) + chance.randbytes(chance.randrange(7))
    return bytes(out[:size])


def pointer(chance: Random) -> int:
    """A register's value: often an address that is mapped."""
    return chance.choice((USER + chance.randrange(1 << 21), chance.randrange(64), number(chance, 64)))

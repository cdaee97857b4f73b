# SPDX-License-Identifier: GPL-2.0-or-later
"""The uncompressed kernel and its relocations."""

from __future__ import annotations

import struct

import pytest

from engine.machine.linux import elf
from engine.machine.linux.errors import LinuxError
from tests.engine.machine.linux.synthetic import BASE, vmlinux, with_relocations

OFFSET = 0x1200000


def test_segments_and_entry() -> None:
    kernel = elf.read(vmlinux())
    assert kernel.entry == kernel.start == BASE
    assert kernel.end > kernel.start + len(kernel.segments[0].data)  # .bss
    assert kernel.elf_bytes == len(vmlinux())


@pytest.mark.parametrize("inverse", [True, False])
def test_relocations_follow_the_file(inverse: bool) -> None:
    kernel = elf.read(with_relocations(inverse=inverse))
    assert kernel.elf_bytes == len(vmlinux())
    found = elf.relocations(kernel)
    assert {kind: len(places) for kind, places in found.items()} == {
        "wide": 1, "plain": 1, **({"inverse": 0} if inverse else {}),
    }  # fmt: skip


def test_relocated_segments_differ_in_those_places_only() -> None:
    kernel = elf.read(with_relocations())
    before, after = kernel.segments[0].data, elf.relocated(kernel, OFFSET)[0].data
    wide, narrow = before.index(struct.pack("<Q", 0xFFFFFFFF81000080)), before.index(struct.pack("<I", 0x81000040))
    assert struct.unpack_from("<Q", after, wide) == (0xFFFFFFFF81000080 + OFFSET,)
    assert struct.unpack_from("<I", after, narrow) == (0x81000040 + OFFSET,)
    changed = [at for at in range(len(before)) if before[at] != after[at]]
    assert all(wide <= at < wide + 8 or narrow <= at < narrow + 4 for at in changed)


def test_inverse_relocations_are_subtracted() -> None:
    data = with_relocations(inverse=True)
    words = list(struct.unpack("<5I", data[-20:]))
    narrow = words.pop()  # the last is the plain one: make it inverse
    kernel = elf.read(data[:-20] + struct.pack("<5I", *words[:3], narrow, 0))
    after = elf.relocated(kernel, OFFSET)[0].data
    at = kernel.segments[0].data.index(struct.pack("<I", 0x81000040))
    assert struct.unpack_from("<I", after, at) == (0x81000040 - OFFSET,)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        (b"", "built without CONFIG_RANDOMIZE_BASE"),
        (struct.pack("<3I", 0, 0x81000000, 7), "built without CONFIG_RANDOMIZE_BASE"),
        (struct.pack("<4I", 0, 0x80000000, 0, 0x81000000), "a relocation outside the kernel: 0xffffffff80000000"),
    ],
)
def test_kernels_that_cannot_be_moved_are_refused(table: bytes, message: str) -> None:
    with pytest.raises(LinuxError, match=message):
        elf.relocated(elf.read(vmlinux() + table), OFFSET)

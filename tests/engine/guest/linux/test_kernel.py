# SPDX-License-Identifier: GPL-2.0-or-later
"""What a kernel says of itself in its image."""

from __future__ import annotations

import struct

import pytest

from engine.guest.linux.kernel import KernelError, of_image, unpack
from engine.guest.linux.orc import OrcForm, OrcTable
from tests.engine.guest.linux.small_kernel import DATA, IMAGE, VDSO, VDSO_FILE, SmallKernel, virtual


def vmlinux(small: SmallKernel) -> bytes:
    """The kernel's bytes as an ELF file with one segment."""
    end = 0x1700000
    header = struct.pack("<16sHHIQQQIHHHHHH", b"\x7fELF\2\1\1", 2, 62, 1, IMAGE, 64, 0, 0, 64, 56, 1, 64, 0, 0)
    segment = struct.pack("<IIQQQQQQ", 1, 7, 4096, virtual(IMAGE), IMAGE, end - IMAGE, end - IMAGE, 4096)
    return (header + segment).ljust(4096, b"\0") + bytes(small.core.ram[IMAGE:end])


@pytest.mark.parametrize("since_6_4", [False, True])
def test_an_image_has_version_symbols_types_and_unwind_table(since_6_4: bool):
    small = SmallKernel(since_6_4=since_6_4)
    kernel = of_image(vmlinux(small))
    small.core.close()
    assert kernel.release == "6.1.0-small"
    assert kernel.address("linux_banner") == virtual(DATA)
    assert kernel.types is not None
    assert kernel.unwind is not None
    assert kernel.unwind.form is (OrcForm.SINCE_6_4 if since_6_4 else OrcForm.OLD)
    assert len(kernel.unwind.words) == 4 * 5
    assert kernel.vdso == VDSO_FILE


def test_a_kernel_moves_with_all_it_has():
    small = SmallKernel()
    kernel = of_image(vmlinux(small))
    small.core.close()
    moved = kernel.moved(0x200000)
    assert moved.address("linux_banner") == virtual(DATA) + 0x200000
    assert moved.address("current_task") == 0x1FB80
    assert moved.unwind is not None
    assert kernel.unwind is not None
    assert moved.unwind.address == kernel.unwind.address + 0x200000
    assert kernel.moved(0) is kernel


@pytest.mark.parametrize(
    ("at", "size"), [(0, 0x2000), (virtual(VDSO), 1 << 40), (virtual(VDSO) + 1, 0x2000), (virtual(VDSO), 2)]
)
def test_a_vdso_that_is_not_where_the_kernel_says_is_none(at: int, size: int):
    small = SmallKernel()
    small.put(DATA + 0x300, struct.pack("<QQ", at, size))
    kernel = of_image(vmlinux(small))
    small.core.close()
    assert kernel.vdso == b""


def test_an_image_without_what_is_needed_is_refused():
    small = SmallKernel()
    data = vmlinux(small)
    small.core.close()
    with pytest.raises(KernelError, match="not a vmlinux"):
        of_image(b"MZ" + data)
    with pytest.raises(KernelError, match="no `Linux version` where they say it is"):
        of_image(data.replace(b"Linux version", b"Minix version"))
    with pytest.raises(KernelError, match="no kallsyms"):
        of_image(data[: 4096 + 0x1000])


def test_a_table_that_is_cut_off_is_none():
    assert OrcTable.of(0, bytes(8), bytes(11)) is None
    assert OrcTable.of(0, b"", b"") is None


@pytest.mark.parametrize("moved", [0, 0x400000])
def test_a_kernel_is_packed_and_unpacked(moved: int):
    small = SmallKernel()
    kernel = of_image(vmlinux(small)).moved(moved)
    small.core.close()
    again = unpack(kernel.pack())
    assert again.release == kernel.release
    assert again.symbols == kernel.symbols
    assert again.unwind == kernel.unwind
    assert again.vdso == kernel.vdso == VDSO_FILE
    assert again.types is not None
    assert all(again.types.variable(".data..percpu", name) for name in ("current_task", "cpu_number"))
    assert again.address("init_task") == kernel.address("init_task")
    assert again.address("init_tas") is None


def test_a_pack_that_is_damaged_is_refused():
    small = SmallKernel()
    data = of_image(vmlinux(small)).pack()
    small.core.close()
    for damaged in (b"", data[:-1], b"x" + data[1:]):
        with pytest.raises(KernelError):
            unpack(damaged)

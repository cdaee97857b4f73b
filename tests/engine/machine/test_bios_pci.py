# SPDX-License-Identifier: GPL-2.0-or-later
"""The PCI BIOS (PCI BIOS specification 2.1, sections 4.2 to 4.3)."""

from __future__ import annotations

import pytest

from tests.engine.machine.real_mode_guest import results

CARD = 3 << 3
IDE_CLASS = 0x010180


def test_it_is_there() -> None:
    source = """
    pushw %di
    movw $0xb101, %ax
    int $0x1a
    popw %di
    pushfw
    stosw
    popw %ax
    andw $1, %ax
    stosw
    movl %edx, %eax
    stosl
    movw %bx, %ax
    stosw
    movb %cl, %al
    movb $0, %ah
    stosw
"""
    assert results(source, 6) == (0x0001, 0, *pair(b"PCI "), 0x0210, 0)


def pair(text: bytes) -> tuple[int, int]:
    return int.from_bytes(text[:2], "little"), int.from_bytes(text[2:], "little")


def found(setup: str) -> tuple[int, int, int]:
    """AH, carry and BX after a call."""
    source = f"""
    pushw %di
{setup}
    int $0x1a
    popw %di
    pushfw
    movzbw %ah, %ax
    stosw
    popw %ax
    andw $1, %ax
    stosw
    movw %bx, %ax
    stosw
"""
    status, carry, place = results(source, 3)
    return status, carry, place


@pytest.mark.parametrize(
    ("setup", "status", "place"),
    {
        "the card": ("movw $0xb102, %ax\n movw $0x8139, %cx\n movw $0x10ec, %dx\n xorw %si, %si", 0, CARD),
        "no second card": ("movw $0xb102, %ax\n movw $0x8139, %cx\n movw $0x10ec, %dx\n movw $1, %si", 0x86, None),
        "not a vendor": ("movw $0xb102, %ax\n movw $0xffff, %dx\n xorw %si, %si", 0x83, None),
        "an IDE controller": (f"movw $0xb103, %ax\n movl ${IDE_CLASS}, %ecx\n xorw %si, %si", 0, 1 << 3 | 1),
        "no display": ("movw $0xb103, %ax\n movl $0x030000, %ecx\n xorw %si, %si", 0x86, None),
        "special cycles": ("movw $0xb106, %ax", 0x81, None),
        "an odd word": (f"movw $0xb109, %ax\n movw ${CARD}, %bx\n movw $1, %di", 0x87, None),
        "no such dword": (f"movw $0xb10a, %ax\n movw ${CARD}, %bx\n movw $0x100, %di", 0x87, None),
    }.values(),
)  # fmt: skip
def test_finding(setup: str, status: int, place: int | None) -> None:
    got, carry, where = found(setup)
    assert (got, carry) == (status, int(status != 0))
    assert place is None or where == place


def test_configuration_is_read_and_written() -> None:
    """Vendor and device by bytes, words and a dword; the interrupt line takes what is written."""
    source = f"""
    movw %di, %bp
    movw ${CARD}, %bx
    movw $0x3c, %di
    movw $0xb10b, %ax
    movb $0x5a, %cl
    int $0x1a
    movw $0xb108, %ax
    xorl %ecx, %ecx
    int $0x1a
    movw %cx, (%bp)
    movw $1, %di
    movw $0xb108, %ax
    int $0x1a
    movw %cx, 2(%bp)
    movw $2, %di
    movw $0xb109, %ax
    int $0x1a
    movw %cx, 4(%bp)
    movw $0, %di
    movw $0xb10a, %ax
    int $0x1a
    movl %ecx, 6(%bp)
    movw $0x10, %di
    movl $0xffffffff, %ecx
    movw $0xb10d, %ax
    int $0x1a
    movw $0xb10a, %ax
    int $0x1a
    movl %ecx, 10(%bp)
"""
    assert results(source, 7) == (0x5A, 0x10, 0x8139, 0x10EC, 0x8139, 0xFF01, 0xFFFF)

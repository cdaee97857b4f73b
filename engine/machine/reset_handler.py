# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware's code at the reset vector, where the bootstrap processor begins after an INIT.

An operating system that resets the processor alone leaves in CMOS what the firmware does then, and in the BIOS data
area where it goes on (IBM PC/AT technical reference, "Real-time clock/CMOS RAM information", shutdown status).
"""

from __future__ import annotations

SHUTDOWN_STATUS = 0x0F
"""The byte of CMOS that says what to do; it is used once."""
RESUME_WITH_EOI, RESUME = 0x05, 0x0A
"""Go on at the far pointer at RESUME_AT, after an EOI to both 8259s or without; any other value resets the machine."""
RESUME_AT = 0x467

HANDLER = bytes.fromhex(
    f"b0{SHUTDOWN_STATUS:02x}"  # mov al, SHUTDOWN_STATUS
    "e670e471"  # out CMOS index, al; in al, CMOS data
    "88c430c0e671"  # mov ah, al; xor al, al; out CMOS data, al
    f"80fc{RESUME_WITH_EOI:02x}7407"  # cmp ah, RESUME_WITH_EOI; je 1f
    f"80fc{RESUME:02x}7408"  # cmp ah, RESUME; je 2f
    "eb0e"  # jmp 3f
    "b020e6a0e620"  # 1: mov al, EOI; out slave, al; out master, al
    f"31c08ed8ff2e{RESUME_AT & 0xFF:02x}{RESUME_AT >> 8:02x}"  # 2: xor ax, ax; mov ds, ax; jmp far [RESUME_AT]
    "b006baf90cee"  # 3: mov al, hard reset; mov dx, reset control; out dx, al
    "f4ebfd"  # hlt; jmp back
)
"""16-bit code for real mode."""

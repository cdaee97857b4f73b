# SPDX-License-Identifier: GPL-2.0-or-later
"""The firmware's handler for system management interrupts.

A CPU enters system management mode at SMBASE + 0x8000 in a mode like real mode, with CS based at SMBASE and its other
segments at 0 (Intel SDM volume 3, section 30.4). The handler counts, takes the command from the APM control port, tells
by the status port that it was taken, and returns. RSM brings back every register.
"""

from __future__ import annotations

ENTRY = 0x8000
COUNT = 0x9000
"""Where in SMRAM the handler counts how often it ran: 4 bytes."""
COMMAND = 0x9004
"""Where it keeps the latest command."""
DONE = 0x01
"""What the APM status port reads after a command."""

HANDLER = bytes.fromhex(
    "2e66ff060090"  # inc dword [cs:COUNT]
    "e4b2"  # in al, APM control
    "2ea20490"  # mov [cs:COMMAND], al
    f"b0{DONE:02x}"  # mov al, DONE
    "e6b3"  # out APM status, al
    "0faa"  # rsm
)
"""16-bit code for ENTRY."""

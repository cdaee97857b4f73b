# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbol files of the `-s` option: /proc/kallsyms of Linux, and what WinDbg prints for `x module!*`."""

from __future__ import annotations

import re

_KALLSYMS = re.compile(r"\s*([0-9A-Fa-f]{1,16})\s+[A-Za-z?]\s+(\S+)")
_WINDBG_64 = re.compile(r"\s*([0-9A-Fa-f]{8})`([0-9A-Fa-f]{8})\s+(\S+)")
_WINDBG_32 = re.compile(r"\s*([0-9A-Fa-f]{1,16})\s+(\S+)")


def parse_symbols(text: str) -> dict[str, int]:
    """Addresses by name. Other lines are passed over; when a name repeats, its last line counts."""
    found: dict[str, int] = {}
    for line in text.splitlines():
        if (row := _KALLSYMS.match(line)) is not None:
            found[row[2]] = int(row[1], 16)
        elif (row := _WINDBG_64.match(line)) is not None:
            found[row[3]] = int(row[1] + row[2], 16)
        elif (row := _WINDBG_32.match(line)) is not None:
            found[row[2]] = int(row[1], 16)
    return found

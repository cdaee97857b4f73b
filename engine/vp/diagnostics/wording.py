# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers in sentences."""

from __future__ import annotations


def count(number: int, noun: str) -> str:
    """A number with its noun: `no arguments`, `1 argument`, `2 arguments`."""
    return f"{number or 'no'} {noun}{'' if number == 1 else 's'}"

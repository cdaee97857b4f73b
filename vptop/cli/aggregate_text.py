# SPDX-License-Identifier: GPL-2.0-or-later
"""Aggregates and stacks in vprobe.out, read back from their text (`aggr: …`, `NAME[KEYS] == avg … count …`)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

from engine.guest.stacks import ANYWHERE

HEADER = re.compile(r"^aggr: (?P<name>\S+) \((?P<integers>\d+) integer keys?\) \((?P<strings>\d+) string keys?\)$")
_ROW = re.compile(r"^\s*(?P<name>\S+?)\[(?P<keys>.*)\] == avg \d+ count (?P<count>\d+) min \d+ max \d+")
_KEY = re.compile(r'0x[0-9a-f]+|"(?:[^"\\]|\\.)*"')


@dataclass(frozen=True, slots=True)
class TextRow:
    """A row of an aggregate: its keys as they are written, strings without their quotes."""

    name: str
    keys: tuple[str, ...]
    count: int


def parse_row(line: str) -> TextRow | None:
    """A row; None for any other line."""
    match = _ROW.match(line)
    if match is None:
        return None
    keys = tuple(key[1:-1] if key.startswith('"') else key for key in _KEY.findall(match["keys"]))
    return TextRow(match["name"], keys, int(match["count"]))


def replace_stacks(line: str, show: Callable[[str], str]) -> str:
    """A line with each stack in it shown in another way."""
    return ANYWHERE.sub(lambda match: show(match[0]), line)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a loaded script keeps between firings (manual, pp. 12-14)."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.engine.vp.oracle.formatting import STRING_LIMIT
from tests.engine.vp.oracle.script import Script
from tests.engine.vp.oracle.stores import Aggregate, Bag, Storage


class Text:
    """A string that can be referred to: a variable, or the value of an expression."""

    __slots__ = ("value",)

    def __init__(self, value: bytes = b"") -> None:
        self.value = value[:STRING_LIMIT]

    def assign(self, value: bytes) -> None:
        """Replace the contents, cut to what a string holds."""
        self.value = value[:STRING_LIMIT]


Value = int | Text


@dataclass
class Thread:
    """Integers and strings are thread local (manual, p. 12)."""

    integers: dict[str, int]
    strings: dict[str, Text]


@dataclass
class State:
    """What a loaded script keeps between firings."""

    script: Script
    bag_bytes: int | None = None
    aggregates: dict[str, Aggregate] = field(init=False)
    bags: dict[str, Bag] = field(init=False)
    threads: dict[int, Thread] = field(default_factory=dict)
    log: bytearray = field(default_factory=bytearray)

    def __post_init__(self) -> None:
        self.aggregates = {name: Aggregate(name, *keys) for name, keys in self.script.aggregates.items()}
        storage = Storage(self.bag_bytes)
        self.bags = {name: Bag(size, storage) for name, size in self.script.bags.items()}

    def thread(self, number: int) -> Thread:
        """The variables of a VCPU, or of the VMX thread (-1)."""
        if number not in self.threads:
            strings = {name: Text(value) for name, value in self.script.strings.items()}
            self.threads[number] = Thread(dict(self.script.integers), strings)
        return self.threads[number]

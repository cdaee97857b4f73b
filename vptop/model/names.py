# SPDX-License-Identifier: GPL-2.0-or-later
"""What can be gone to by its name, and which of it a person may mean who has typed a part of a name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import islice
from typing import NamedTuple

from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateId
from engine.vp.diagnostics.nearest import nearest
from vptop.model import goto
from vptop.model.kinds import is_stack
from vptop.model.moment import Moment

EACH = 12
"""Names of one kind that are offered."""
CANDIDATES = 500
"""Strings of one table that are looked at for these: those that begin with the part come first."""
LOOKED_AT, ALIKE = 20_000, 1000
"""Strings of one table that are looked at for those like a misspelt name, and that it is compared with."""
LENGTHS = 2
"""Characters that a misspelt name may be longer or shorter."""
SEARCHED_BYTES = 4 << 20
"""Keys of a moment that are searched, smaller aggregates first, so that a key is answered at once."""


class Name(NamedTuple):
    """Something that can be gone to."""

    text: str
    what: str
    """it is, in a few words"""


class Strings:
    """Many strings, found by a part of them whatever its case."""

    def __init__(self, packed: bytes) -> None:
        """From strings that each end with NUL."""
        self._packed = b"\0" + packed

    @classmethod
    def of(cls, symbols: Symbols) -> Strings:
        """The names of these symbols."""
        return cls("".join(f"{name}\0" for name in symbols).encode("utf-8", "replace"))

    @cached_property
    def _lower(self) -> bytes:
        return self._packed.lower()

    def holding(self, part: str) -> Iterator[str]:
        """Those that begin with the part, then those that hold it, some of them again."""
        word = part.lower().encode("utf-8", "replace")
        for wanted in (b"\0" + word, word) if word else (b"\0",):
            at = self._lower.find(wanted)
            while at >= 0:
                begin = self._lower.rfind(b"\0", 0, at + 1) + 1
                end = self._lower.find(b"\0", begin)
                if end < 0:
                    break
                if _is_name(found := self._packed[begin:end]):
                    yield found.decode()
                at = self._lower.find(wanted, end)

    def like(self, part: str, most: int = EACH) -> list[str]:
        """The best of them for a part that has been typed, the best first."""
        found = dict.fromkeys(islice(self.holding(part), CANDIDATES))
        return sorted(found, key=lambda text: rank(text, part))[:most]

    def alike(self, name: str) -> list[str]:
        """Those that a name may be a misspelling of: they begin with the same letter and are about as long."""
        seen = islice(self.holding(name[:1]), LOOKED_AT)
        found = (one for one in seen if abs(len(one) - len(name)) <= LENGTHS)
        return [*islice(found, ALIKE)]


def _is_name(found: bytes) -> bool:
    """Whether a string can be typed as it is."""
    return bool(found) and found.isascii() and b"\\" not in found and found.decode().isprintable()


def rank(text: str, part: str) -> tuple[bool, bool, int, str]:
    """Smaller for a text that is more likely meant by a part of it."""
    lower, wanted = text.lower(), part.lower()
    return lower != wanted, not lower.startswith(wanted), len(text), lower


class Names:
    """The names at one moment."""

    def __init__(self, moment: Moment) -> None:
        self.moment = moment

    @cached_property
    def _few(self) -> list[Name]:
        """Moments, aggregates and probes."""
        moment = self.moment
        frame = moment.frame
        return [
            *(Name(text, what) for text, what in goto.known(moment.session)),
            *(Name(moment.label(one), f"aggregate of {one.script or 'a script'}") for one in frame.aggregates),
            *(
                Name(probe.name, f"probe, {probe.file or script.name}:{probe.line}")
                for script in frame.scripts
                for probe in script.probes
            ),
        ]

    @cached_property
    def _keys(self) -> list[tuple[AggregateId, Strings]]:
        """Strings that aggregates have as keys: processes above all."""
        data = self.moment.frame.aggregates
        found, room = [], SEARCHED_BYTES
        for one in sorted(data, key=lambda one: len(data[one].arena)):
            room -= len(data[one].arena)
            if data[one].string_keys and room >= 0:
                found.append((one, Strings(data[one].arena)))
        return found

    @cached_property
    def _symbols(self) -> Strings:
        return Strings.of(self.moment.session.symbols)

    def like(self, part: str) -> list[Name]:
        """What a person may mean who has typed so much, the best first; nothing typed: moments, aggregates, probes."""
        part = part.strip()
        few = [name for name in self._few if part.lower() in name.text.lower()]
        if not part:
            return few
        found: dict[str, Name] = {}
        for names in few, self._processes(part), self._functions(part):
            for name in sorted(names, key=lambda name: rank(name.text, part)):
                found.setdefault(name.text, name)
        return sorted(found.values(), key=lambda name: rank(name.text, part)[:2])

    def _processes(self, part: str) -> Iterator[Name]:
        for one, strings in self._keys:
            what = f"in {self.moment.label(one)}"
            yield from (Name(text, what) for text in strings.like(part) if not is_stack(text))

    def _functions(self, part: str) -> Iterator[Name]:
        return (Name(text, "symbol of the guest") for text in self._symbols.like(part))

    def nearest(self, name: str) -> tuple[str, ...]:
        """Names that this one may be a misspelling of."""
        known: Iterable[str] = [one.text for one in self._few]
        strings = [self._symbols, *(strings for _, strings in self._keys)]
        return nearest(name, [*known, *(text for one in strings for text in one.alike(name) if not is_stack(text))])

    def holder(self, name: str) -> AggregateId | None:
        """The smallest aggregate in which this is a key; None: it is none."""
        word = b"\0" + name.encode("utf-8", "replace") + b"\0"
        data = self.moment.frame.aggregates
        having = (one for one in data if data[one].string_keys and word in b"\0" + data[one].arena)
        return min(having, key=lambda one: len(data[one].arena), default=None) if name else None

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a script can name, from the tables of the language."""

from __future__ import annotations

import pytest

from vptop.model.reference import TOPICS


@pytest.mark.parametrize("topic", TOPICS)
def test_every_entry_says_what_it_is(topic: str) -> None:
    entries = TOPICS[topic]()
    assert len({entry.name for entry in entries}) == len(entries)
    assert all(entry.doc and entry.usage.lstrip("(").startswith(entry.name.split(":")[0]) for entry in entries)


@pytest.mark.parametrize(
    ("topic", "name", "usage", "words", "page"),
    [
        ("probes", "Guest_IRQ", "Guest_IRQ", "ARG0: vector.", 28),
        ("probes", "USEC", "USEC:<microseconds>", "microseconds of guest time", 18),
        ("globals", "CR3", "CR3", "integer, per VCPU", 15),
        ("functions", "getgueststr", "(getgueststr STRING-VARIABLE [INTEGER] INTEGER)", "NUL-terminated", 23),
        ("functions", "cond", "(cond", "", 0),
    ],
)
def test_entries(topic: str, name: str, usage: str, words: str, page: int) -> None:
    (entry,) = [entry for entry in TOPICS[topic]() if entry.name == name]
    assert entry.usage.startswith(usage)
    assert words in entry.doc
    assert not page or entry.page == page

# SPDX-License-Identifier: GPL-2.0-or-later
"""The keys of rows as texts."""

from __future__ import annotations

from engine.probes.frame import AggregateData, AggregateId, Row
from vptop.model.moment import Moment


def headings(moment: Moment, which: AggregateId, data: AggregateData) -> list[str]:
    """A title for each key of an aggregate: what its script calls it, else `integer1`, `string1`, …"""
    usual = [f"integer{number + 1}" for number in range(data.integer_keys)]
    usual += [f"string{number + 1}" for number in range(data.string_keys)]
    named = [hint.label for hint in moment.hint(which).keys]
    return [named[index] if index < len(named) and named[index] else title for index, title in enumerate(usual)]


def keys(row: Row) -> list[str]:
    """The keys of a row, integers first and in hexadecimal."""
    return [*(f"{number:#x}" for number in row.integers), *row.strings]

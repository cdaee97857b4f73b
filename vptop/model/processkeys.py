# SPDX-License-Identifier: GPL-2.0-or-later
"""Which keys of an aggregate tell a process from others: its name, and its number and its parent's if it has those."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from engine.probes.frame import AggregateData
from vptop.model.filterexpr import Pattern, Words
from vptop.model.hints import ViewHint

PID, PARENT, NAME = "pid", "parent", "process"
"""What a view hint calls these keys."""


class ProcessId(NamedTuple):
    """A process. A number that is given to a process of another name is another process."""

    name: str
    pid: int | None = None
    """None: the aggregate tells processes apart by their names alone"""


class Relative(NamedTuple):
    """A process and whose child it is."""

    process: ProcessId
    parent: int
    """its number; 0: none, or unknown"""


@dataclass(frozen=True, slots=True)
class ProcessKeys:
    """Key columns of an aggregate, integers first; None: there is no such key."""

    name: int
    pid: int | None = None
    parent: int | None = None

    @property
    def columns(self) -> list[int]:
        """Those by which processes differ."""
        return [self.name] if self.pid is None else [self.pid, self.name]


def process_keys(hint: ViewHint, data: AggregateData, *, first: int = 0) -> ProcessKeys | None:
    """The keys that tell processes apart; None: the aggregate has no name of any.

    Args:
        hint: names the keys.
        data: rows; those of a Frame from before a reload may have fewer keys.
        first: the integer key from which on a process is looked for.
    """
    if not data.string_keys:
        return None
    labels = [key.label.lower() for key in hint.keys[: data.keys]]
    pid = _place(labels, PID, range(first, data.integer_keys))
    parent = _place(labels, PARENT, range(first, data.integer_keys)) if pid is not None else None
    name = _place(labels, NAME, range(data.integer_keys, data.keys))
    return ProcessKeys(data.integer_keys if name is None else name, pid, parent)


def _place(labels: Sequence[str], label: str, columns: range) -> int | None:
    return next((at for at in columns if at < len(labels) and labels[at] == label), None)


def looked_into(test: Words | Pattern) -> tuple[bool, bool]:
    """Whether a word of a filter is about the names of processes, and whether it is about their numbers."""
    column = test.column if isinstance(test, Words) else ""
    return not column or not PID.startswith(column) or NAME.startswith(column), PID.startswith(column)

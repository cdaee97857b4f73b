# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a row can lead: another view, the machine code at an address, the probe line or the firing that counted it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from textual.message import Message

from engine.guest.stacks import parse as parse_stack
from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateData, AggregateId
from engine.vp.tables.probes import canonical_name
from vptop.model import cause as cause_of
from vptop.model.cause import Cause
from vptop.model.kinds import Kind
from vptop.model.known import has_process
from vptop.model.moment import Moment
from vptop.model.names import Names

RECENT = 10
"""Frames whose keys are looked through for a name."""


class Jump(Message):
    """The person wants to see this place in the editor."""

    def __init__(self, script: str, line: int, column: int = 1, file: str = "") -> None:
        super().__init__()
        self.script = script
        self.file = file
        self.line = line
        self.column = column


class Drill(Message):
    """The person wants another view, filtered by what the row is about."""

    def __init__(self, view: str, text: str, crumb: str, aggregate: AggregateId | None = None) -> None:
        """Lead to a view.

        Args:
            view: its id.
            text: the filter for its panels; empty filters nothing.
            crumb: what the row is, for the way back.
            aggregate: what the view is to show, where it shows one of several.
        """
        super().__init__()
        self.view, self.text, self.crumb, self.aggregate = view, text, crumb, aggregate


class AskWhy(Message):
    """The person wants to see the moment that a row or a line came from."""

    def __init__(self, cause: Cause) -> None:
        super().__init__()
        self.cause = cause


class ShowCode(Message):
    """The person wants to see the guest's machine code at an address."""

    def __init__(self, address: int, crumb: str) -> None:
        super().__init__()
        self.address, self.crumb = address, crumb


@dataclass(frozen=True)
class Lead:
    """A place that a row leads to."""

    title: str
    message: Message


def probe_leads(moment: Moment, aggregate: AggregateId) -> list[Lead]:
    """The lines of the probes that feed an aggregate."""
    feeding = moment.fed_by(aggregate)
    return [
        Lead(
            f"probe {probe.name}, {probe.file or script.name}:{probe.line}", _jump(script.name, probe.line, probe.file)
        )
        for script in moment.frame.scripts
        if script.name == aggregate.script
        for probe in script.probes
        if canonical_name(probe.name) in feeding
    ]


def _jump(script: str, line: int, file: str) -> Jump:
    return Jump(script, line, file=file)


def why_leads(cause: Cause | None, what: str) -> list[Lead]:
    """The moment that something came from, where the past can be asked."""
    return [Lead(f"why? {what}", AskWhy(cause))] if cause is not None else []


def row_leads(moment: Moment, aggregate: AggregateId, index: int | None) -> list[Lead]:
    """The moment that a row came from, and the probes that feed its aggregate."""
    cause = cause_of.of_row(moment, aggregate, index) if index is not None else None
    return [*why_leads(cause, "the firing that counted it"), *probe_leads(moment, aggregate)]


def name_leads(moment: Moment, name: str) -> list[Lead]:
    """What the other views know of the process of that name, where they have it; of other keys there is nothing."""
    found: list[Lead] = []
    if not _is_process(moment, name):
        return found
    for kind, view, what in (
        (Kind.TOP, "irq", "interrupts"),
        (Kind.HISTOGRAM, "latency", "latency"),
        (Kind.STACKS, "stacks", "stacks"),
    ):
        aggregate = moment.first(kind)
        if aggregate is not None and any(_has(data, name) for data in _recent(moment, aggregate)):
            alone = not any(_has_longer(data, name) for data in _recent(moment, aggregate))
            text = as_filter(name) if alone else as_whole(name)
            found.append(Lead(f"{what} of {name}", Drill(view, text, name)))
    return found


def _is_process(moment: Moment, name: str) -> bool:
    """Whether some aggregate has a process of that name; of one that is shown in other characters it is not known."""
    aggregates = moment.frame.aggregates if name else ()
    return any(
        not _PLAIN.fullmatch(name) or has_process(moment, aggregate, data, name)
        for aggregate in aggregates
        for data in _recent(moment, aggregate)
    )


def _recent(moment: Moment, aggregate: AggregateId) -> Iterator[AggregateData]:
    """An aggregate in this second and before: not every second has a disk request of each process."""
    for sequence in range(moment.sequence, max(-1, moment.sequence - RECENT), -1):
        then = moment.session.at(sequence)
        if then is not None and aggregate in then.frame.aggregates:
            yield then.frame.aggregates[aggregate]


def _has(data: AggregateData, name: str) -> bool:
    """Whether a name is a key there; of names with characters that are shown as others it is not known."""
    return not _PLAIN.fullmatch(name) or name.encode() + b"\0" in data.arena


def _has_longer(data: AggregateData, name: str) -> bool:
    """Whether another key there holds a name, in whatever case."""
    word, arena = name.encode(), data.arena
    return arena.lower().count(word.lower()) > arena.count(b"\0" + word + b"\0")


def text_leads(moment: Moment, text: str) -> list[Lead]:
    """Where a string key leads: the code at the top of a stack of the kernel, or what has that name.

    The code of a process cannot be shown: by then another one runs.
    """
    stack = parse_stack(text)
    if stack is None:
        return name_leads(moment, text)
    top = stack.frames[0]
    return [code_lead(moment.session.symbols, top)] if isinstance(top, int) else []


def named(moment: Moment, name: str) -> Message | None:
    """Where the name of an aggregate, a probe, a process or a function of the guest leads; None: nothing has it."""
    wanted = name.lower()
    for aggregate in moment.frame.aggregates:
        if moment.label(aggregate).lower() == wanted:
            return Drill("aggregates", "", aggregate.name, aggregate)
    for script in moment.frame.scripts:
        for probe in script.probes:
            if probe.name.lower() == wanted:
                return _jump(script.name, probe.line, probe.file)
    if (holder := Names(moment).holder(name)) is not None:
        leads = name_leads(moment, name)
        return leads[0].message if leads else Drill("aggregates", as_filter(name), name, holder)
    address = moment.session.symbols.get(name)
    return ShowCode(address, name) if address is not None else None


_PLAIN = re.compile(r"(?!re:)[A-Za-z0-9_][\w./:-]*", re.ASCII)
"""Names that a filter takes as they are."""


def as_filter(name: str) -> str:
    """A filter that passes what contains a name, whatever characters it has."""
    return name if not name or _PLAIN.fullmatch(name) else f"re:{_pattern(name)}"


def as_whole(name: str) -> str:
    """A filter that passes what has that name, and not what contains it."""
    return f"re:^{_pattern(name)}$"


def _pattern(name: str) -> str:
    return "".join(char if char.isalnum() else f"\\x{{{ord(char):x}}}" for char in name)


def code_lead(symbols: Symbols, address: int) -> Lead:
    """The machine code at an address."""
    name = symbols.describe(address)
    return Lead(f"code of {name}", ShowCode(address, name))


def address_of(symbols: Symbols, label: str) -> int | None:
    """The address of a function as stacks label it: its name, or the bare address."""
    if label.startswith("0x"):
        try:
            return int(label, 16)
        except ValueError:
            return None
    return symbols.get(label)

# SPDX-License-Identifier: GPL-2.0-or-later
"""What a new version of a script keeps of the one it replaces.

Aggregates with the same name and key shape keep their rows, bags their pairs, integers and strings their values. A
variable whose initial value was edited starts with the new value.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.core.binding import CoreProgram
from engine.vp.program import Program


@dataclass(slots=True)
class Carried:
    """What was kept and what was reset, for display."""

    kept: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        parts = [f"kept {', '.join(self.kept)}"] * bool(self.kept) + [f"reset {', '.join(self.reset)}"] * bool(
            self.reset
        )
        return "; ".join(parts)


def carry(old: Program, old_core: CoreProgram, new: Program, new_core: CoreProgram) -> Carried:
    """Move what fits from the old program to the new one; both must be idle."""
    carried = Carried()
    _aggregates(old, old_core, new, new_core, carried)
    _bags(old, old_core, new, new_core, carried)
    _variables(old, old_core, new, new_core, carried)
    return carried


def _aggregates(old: Program, old_core: CoreProgram, new: Program, new_core: CoreProgram, carried: Carried) -> None:
    before = {info.name: (index, info) for index, info in enumerate(old.aggregates)}
    for index, info in enumerate(new.aggregates):
        if info.name not in before:
            continue
        old_index, old_info = before[info.name]
        if (info.integer_keys, info.string_keys) != (old_info.integer_keys, old_info.string_keys):
            carried.reset.append(f"{info.name} (shape changed)")
            continue
        new_core.move_aggregate(index, old_core, old_index)
        rows = new_core.rows(index).rows
        carried.kept.append(f"{info.name} ({rows} row{'' if rows == 1 else 's'})")


def _bags(old: Program, old_core: CoreProgram, new: Program, new_core: CoreProgram, carried: Carried) -> None:
    before = {info.name: index for index, info in enumerate(old.bags)}
    for index, info in enumerate(new.bags):
        if info.name in before:
            new_core.copy_bag(index, old_core, before[info.name])
            carried.kept.append(info.name)


def _variables(old: Program, old_core: CoreProgram, new: Program, new_core: CoreProgram, carried: Carried) -> None:
    integers = {name: (index, initial) for index, (name, initial) in enumerate(old.integers)}
    for index, (name, initial) in enumerate(new.integers):
        if name not in integers:
            continue
        old_index, old_initial = integers[name]
        if initial == old_initial:
            new_core.copy_integer(index, old_core, old_index)
        else:
            carried.reset.append(f"{name} (new initial value)")
    strings = {name: (index, old.literals[literal]) for index, (name, literal) in enumerate(old.strings)}
    for index, (name, literal) in enumerate(new.strings):
        if name not in strings:
            continue
        old_index, old_text = strings[name]
        if new.literals[literal] == old_text:
            new_core.copy_string(index, old_core, old_index)
        else:
            carried.reset.append(f"{name} (new initial value)")

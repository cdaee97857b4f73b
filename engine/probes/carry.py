# SPDX-License-Identifier: GPL-2.0-or-later
"""What a new version of a script keeps of the one it replaces.

Aggregates with the same name and key shape keep their rows, bags their pairs, integers and strings their values. A
variable whose initial value was edited starts with the new value. What the new version has no longer is named, too.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.core.binding import CoreProgram
from engine.vp.program import Program

MOST_NAMED = 3
"""Variables up to which each is named; more are counted."""


@dataclass(slots=True)
class Carried:
    """What was kept, what was reset and what is gone, for display: first what is lost, since a narrow line is cut."""

    kept: list[str] = field(default_factory=list)
    reset: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    variables: list[str] = field(default_factory=list)
    """that were kept"""

    def __str__(self) -> str:
        variables = self.variables if len(self.variables) <= MOST_NAMED else [f"{len(self.variables)} variables"]
        parts = (("reset", self.reset), ("removed", self.removed), ("kept", [*self.kept, *variables]))
        return "; ".join(f"{verb} {', '.join(names)}" for verb, names in parts if names)


def carry(old: Program, old_core: CoreProgram, new: Program, new_core: CoreProgram) -> Carried:
    """Move what fits from the old program to the new one; both must be idle."""
    carried = Carried()
    _gone(old, old_core, new, carried)
    _aggregates(old, old_core, new, new_core, carried)
    _bags(old, old_core, new, new_core, carried)
    _variables(old, old_core, new, new_core, carried)
    return carried


def _kinds(program: Program) -> dict[str, str]:
    """What each name of a program is, without those of the guest's prelude."""
    named = {
        "aggregate": [info.name for info in program.aggregates],
        "bag": [info.name for info in program.bags],
        "integer": [name for name, _ in program.integers],
        "string": [name for name, _ in program.strings],
    }
    return {name: kind for kind, names in named.items() for name in names if name not in program.prelude}


def _gone(old: Program, old_core: CoreProgram, new: Program, carried: Carried) -> None:
    """Names that the new version does not have, or has for something else."""
    before, now = _kinds(old), _kinds(new)
    rows = {info.name: f" ({_rows(old_core, index)})" for index, info in enumerate(old.aggregates)}
    for name, kind in before.items():
        if name not in now:
            carried.removed.append(name + rows.get(name, ""))
        elif now[name] != kind:
            carried.reset.append(f"{name} (it was {'an' if kind[0] in 'ai' else 'a'} {kind})")


def _rows(core: CoreProgram, index: int) -> str:
    rows = core.rows(index).rows
    return f"{rows} row{'' if rows == 1 else 's'}"


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
        carried.kept.append(f"{info.name} ({_rows(new_core, index)})")


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
            carried.variables += [name] * (name not in new.prelude)
        else:
            carried.reset.append(f"{name} (new initial value)")
    strings = {name: (index, old.literals[literal]) for index, (name, literal) in enumerate(old.strings)}
    for index, (name, literal) in enumerate(new.strings):
        if name not in strings:
            continue
        old_index, old_text = strings[name]
        if new.literals[literal] == old_text:
            new_core.copy_string(index, old_core, old_index)
            carried.variables += [name] * (name not in new.prelude)
        else:
            carried.reset.append(f"{name} (new initial value)")

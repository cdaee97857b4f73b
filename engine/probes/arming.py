# SPDX-License-Identifier: GPL-2.0-or-later
"""Which probes of a program are armed: all of them, but for those that were switched off."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

from engine.core.binding import Core, CoreError, CoreProgram
from engine.errors import InputError
from engine.probes.compiled_script import ScriptRefused
from engine.vp import Program


class NoProbeError(InputError):
    """A script has no probe of that number. Number its probes from 0, in the order of the script."""


def arm_all(core: Core, program: Program, loaded: CoreProgram, off: Collection[int]) -> None:
    """Arm every probe that is not off.

    Raises:
        CoreError: there is no room for another probe; those before it are armed.
    """
    for number in range(len(program.probes)):
        if number not in off:
            _arm(core, program, loaded, number)


def _arm(core: Core, program: Program, loaded: CoreProgram, number: int) -> None:
    point = program.probes[number].point
    for kind in point.kinds:
        core.attach(loaded, number, kind, point.where, point.extra)


def switch(core: Core, program: Program, loaded: CoreProgram, off: set[int], number: int, *, on: bool) -> str:
    """Disarm a probe, or arm it again; `off` is brought up to date. Returns what was done, in words.

    Raises:
        NoProbeError: there is no such probe.
        ScriptRefused: there is no room for another probe; it stays off.
    """
    if not 0 <= number < len(program.probes):
        raise NoProbeError(f"{program.name} has no probe {number}; expected a number below {len(program.probes)}")
    name = program.probes[number].point.name
    if on and number in off:
        try:
            _arm(core, program, loaded, number)
        except CoreError as error:
            core.detach(loaded, number)
            raise ScriptRefused(f"{name} stays off: {error}") from error
        off.discard(number)
    elif not on and number not in off:
        core.detach(loaded, number)
        off.add(number)
    return f"{name} is {'on' if on else 'off'}"


def kept_off(old: Program, off: Collection[int], new: Program) -> set[int]:
    """The probes of a new version that stay off: those whose name, and place among equal names, one had that is off."""
    was_off = {key for number, key in enumerate(_keys(old)) if number in off}
    return {number for number, key in enumerate(_keys(new)) if key in was_off}


def _keys(program: Program) -> Iterator[tuple[str, int]]:
    seen: Counter[str] = Counter()
    for probe in program.probes:
        yield probe.point.name, seen[probe.point.name]
        seen[probe.point.name] += 1

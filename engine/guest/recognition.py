# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests that are recognised in memory while they run."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from engine.guest.guest import Guest, Process
from engine.guest.linux.btf import Btf
from engine.guest.linux.given import GivenSymbols
from engine.guest.linux.guest import LinuxRecogniser
from engine.guest.linux.symbol_table import Programs
from engine.guest.stacks import Stack
from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core

Recogniser: TypeAlias = "Callable[[Core], Guest | None]"
"""Inspects a stopped machine; returns a Guest once the operating system is recognised."""


def all_recognisers(given: GivenSymbols | None = None, programs: Programs = dict) -> tuple[Recogniser, ...]:
    """New ones of every kind, for one machine: a recogniser may remember what it has looked at.

    Args:
        given: symbols of a Linux kernel that may be the one that runs.
        programs: gives the functions of files that processes of Linux map.
    """
    return (LinuxRecogniser(given, programs),)


def forget(core: Core) -> None:
    """Take back what a guest that no longer runs has told the core."""
    core.set_kernel_tables(0)
    core.set_unwind_tables(())
    core.set_mappings(None)


class RecognisedGuest:
    """Stands for the guest `until` one is recognised, and for the recognised one as long as that runs.

    A machine may be reset and boot another kernel: that is recognised in its turn.
    """

    def __init__(self, until: Guest, recognisers: Sequence[Recogniser] | None = None) -> None:
        """Ask these, or all there are, in their order, once per guest second while no recognised guest runs."""
        self._until = self._guest = until
        self._recognisers = tuple(all_recognisers() if recognisers is None else recognisers)

    @property
    def name(self) -> str:
        """Of the guest it stands for."""
        return self._guest.name

    @property
    def symbols(self) -> Symbols:
        """Of the guest it stands for."""
        return self._guest.symbols

    @property
    def types(self) -> Btf | None:
        """Of the guest it stands for."""
        return self._guest.types

    @property
    def symbol_file(self) -> Path | None:
        """Of the guest it stands for."""
        return self._guest.symbol_file

    @property
    def prelude(self) -> str:
        """Of the guest it stands for."""
        return self._guest.prelude

    @property
    def vectors(self) -> Mapping[int, str]:
        """Of the guest it stands for."""
        return self._guest.vectors

    @property
    def notice(self) -> str:
        """Of the guest it stands for."""
        return self._guest.notice

    def update(self, core: Core) -> bool:
        """Let the guest learn; where none is recognised, or another runs by now, ask the recognisers."""
        changed = self._guest.update(core)
        if self._guest is not self._until and self._guest.runs(core):
            return changed
        before = self._guest
        found = (recognise(core) for recognise in self._recognisers)
        self._guest = next((guest for guest in found if guest is not None), self._until)
        if self._guest is self._until is not before:
            forget(core)
        return changed or self._guest is not before

    def runs(self, core: Core) -> bool:
        """Whether the guest that it stands for does."""
        return self._guest.runs(core)

    def processes(self, core: Core) -> Sequence[Process]:
        """Of the guest it stands for."""
        return self._guest.processes(core)

    def stack(self, core: Core, cpu: int = 0) -> Stack:
        """Of the guest it stands for."""
        return self._guest.stack(core, cpu)

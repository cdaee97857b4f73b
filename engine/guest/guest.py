# SPDX-License-Identifier: GPL-2.0-or-later
"""What every guest operating system is to the rest of vptop.

A new guest is a package in `engine.guest` with a class that has the members of `Guest`, and two further places: either
`engine.vm.boot_media`, when a person names what to boot, or `engine.guest.recognition`, when it is recognised in the
memory of a running machine; and the options that choose it, in `engine.vm.options`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from engine.guest.stacks import Stack, stack_of
from engine.guest.symbols import Symbols

if TYPE_CHECKING:
    from engine.core.binding import Core
    from engine.guest.linux.btf import Btf

PRELUDE_FILE = "<prelude>"
"""What diagnostics call the prelude."""


@dataclass(frozen=True, slots=True)
class Process:
    """A process of the guest, as the guest's kernel describes it."""

    pid: int
    name: str
    counts: Mapping[str, int] = field(default_factory=dict)
    """what the kernel counts for this process: `ticks`, `faults`, ..."""


class Guest(Protocol):
    """An operating system in a machine. What is known of it may grow while it runs: see `update`."""

    @property
    def name(self) -> str:
        """Display name."""
        ...

    @property
    def symbols(self) -> Symbols:
        """Of its kernel; empty while unknown."""
        ...

    @property
    def types(self) -> Btf | None:
        """Types of its kernel; None while unknown, or when there are none."""
        ...

    @property
    def symbol_file(self) -> Path | None:
        """The file the symbols were read from, in /proc/kallsyms format or ELF; None when there is none."""
        ...

    @property
    def prelude(self) -> str:
        """VP source of `curpid`, `curprocname` and the like; a script's own definitions override it."""
        ...

    @property
    def vectors(self) -> Mapping[int, str]:
        """What vectors are for that its kernel keeps for itself, in a word or two; those of devices are not here."""
        ...

    @property
    def notice(self) -> str:
        """What people should be told of how it is known; mostly empty."""
        ...

    def update(self, core: Core) -> bool:
        """Learn from the machine's memory. The machine is stopped and must not be changed.

        It is called once per guest second, so it must be quick when there is nothing new.

        Returns:
            True when name, symbols or prelude have changed: scripts that use the prelude are then recompiled.
        """
        ...

    def runs(self, core: Core) -> bool:
        """Whether this is what runs, as far as can be told; False once another operating system or kernel does."""
        ...

    def processes(self, core: Core) -> Sequence[Process]:
        """Every process there is now; empty while they cannot be read."""
        ...

    def stack(self, core: Core, cpu: int = 0) -> Stack:
        """The call stack of a CPU now."""
        ...


class StaticGuest:
    """A guest of which all that is ever known is known from the start."""

    def __init__(
        self, name: str, prelude: str, symbols: Symbols | None = None, symbol_file: Path | None = None
    ) -> None:
        self.name = name
        self.prelude = prelude
        self.symbols = symbols or Symbols()
        self.types: Btf | None = None
        self.symbol_file = symbol_file
        self.vectors: Mapping[int, str] = {}
        self.notice = ""

    def update(self, core: Core) -> bool:
        """Nothing ever changes."""
        del core
        return False

    def runs(self, core: Core) -> bool:
        """Not known: nothing says otherwise."""
        del core
        return True

    def processes(self, core: Core) -> Sequence[Process]:
        """Not known."""
        del core
        return ()

    def stack(self, core: Core, cpu: int = 0) -> Stack:
        """As gueststack finds it."""
        return stack_of(core, cpu)

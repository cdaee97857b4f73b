# SPDX-License-Identifier: GPL-2.0-or-later
"""Small guests with scripts: assembly of which every event is known, and what a script printed about it."""

from __future__ import annotations

import re
import struct
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TypeVar

from engine.machine.choices import Vendor
from engine.machine.config import MachineConfig
from engine.machine.machine import Machine
from engine.probes.runtime_errors import describe
from engine.probes.script_host import LoadedScript, ScriptHost
from engine.vp import Limits
from tests.engine.machine.small_guest import LOAD, RESULTS, assemble

COVERED: set[str] = set()
"""Names of probe points and variables for which there is a test; see test_coverage.py."""
_MARK = b"\x0f\x0bplaces:"
_LABEL = re.compile(r"^([a-z_]\w*):", re.MULTILINE)
_Test = TypeVar("_Test", bound=Callable[..., None])

RICH = Path(__file__).with_name("rich.S").read_text()
"""What a guest begins with that needs more than one ring and one kind of segment."""
STOP = """
1:  cli
    hlt
    jmp 1b
"""
"""The end of a guest: it halts for good."""


def covers(*names: str) -> Callable[[_Test], _Test]:
    """Mark a test as the one of these probe points or variables."""
    COVERED.update(names)

    def same(test: _Test) -> _Test:
        return test

    return same


@cache
def build(source: str) -> tuple[bytes, Mapping[str, int]]:
    """The image of a guest, and the addresses of its labels."""
    names = list(dict.fromkeys(_LABEL.findall(source)))
    table = "".join(f"    .quad {name}\n" for name in names)
    image = assemble(f'{source}\n    ud2\n    .ascii "places:"\n{table}')
    numbers = image.rpartition(_MARK)[2]
    return image, dict(zip(names, struct.unpack(f"<{len(names)}Q", numbers[: 8 * len(names)]), strict=True))


@dataclass
class Watched:
    """A machine with a small guest in it and scripts that watch it."""

    machine: Machine
    host: ScriptHost
    places: Mapping[str, int]
    _log: str = field(default="")

    def load(self, script: str, name: str = "script.vp") -> LoadedScript:
        """Load a script; `<name>` in it is the address of a label."""
        text = re.sub(r"<(\w+)>", lambda found: hex(self.places[found[1]]), script)
        return self.host.load(name, text)

    def run(self, seconds: float = 0.001) -> None:
        """Let guest time pass."""
        self.machine.run_seconds(seconds)

    @property
    def log(self) -> str:
        """Everything printed since the beginning."""
        self._log += self.machine.core.take_log().decode()
        return self._log

    @property
    def lines(self) -> list[str]:
        """The lines printed since the beginning."""
        return self.log.splitlines()

    @property
    def numbers(self) -> list[tuple[int, ...]]:
        """Each line as numbers."""
        return [tuple(int(word, 0) for word in line.split()) for line in self.lines]

    def result(self, number: int = 0) -> int:
        """A number that the guest left."""
        return self.machine.memory.read_int(RESULTS + 8 * number, 8)

    def errors(self) -> list[str]:
        """Run-time errors of all scripts, in words."""
        return [describe(error.kind, error.detail) for script in self.host.scripts for error in script.core.errors()]

    def hits(self, script: int = 0, probe: int = 0) -> int:
        """How often a probe fired."""
        return self.host.scripts[script].core.probe_stats(probe).hits


@contextmanager
def guest(source: str, script: str = "", vendor: Vendor = "intel", cpus: int = 1) -> Iterator[Watched]:
    """A machine that stands before a guest's first instruction; the script is loaded. Leaving checks that no
    probe went wrong unnoticed.
    """
    image, places = build(source)
    with Machine(config=MachineConfig(cpus=cpus, vendor=vendor)) as machine:
        machine.memory.write(LOAD, image)
        watched = Watched(machine, ScriptHost(machine.core, machine.ncpus, None, Limits(hv_vendor=vendor)), places)
        if script:
            watched.load(script)
        try:
            yield watched
        finally:
            watched.host.reset()


def observe(source: str, script: str, seconds: float = 0.001, vendor: Vendor = "intel") -> list[tuple[int, ...]]:
    """Run a guest with a script that prints lines of numbers; the numbers."""
    with guest(source, script, vendor) as watched:
        watched.run(seconds)
        assert not watched.errors()
        return watched.numbers

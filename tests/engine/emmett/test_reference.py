# SPDX-License-Identifier: GPL-2.0-or-later
"""docs/emmett.md is what its guide and the tables say, and its programs run on the bundled guest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import VirtualMachine
from engine.emmett.reference import page
from engine.vm.options import PowerOn

DOCS = Path(__file__).parents[3] / "docs"
EXAMPLES = sorted((DOCS / "emmett").glob("*.emt"))
PROGRAMS = [path for path in EXAMPLES if path.name != "prelude.emt"]
SECOND = 1.05
ROWS = re.compile(r"aggr: (\w+) \((\d) integer keys?\) \((\d) string keys?\)\n((?:  .+\n)*)")
PRINTS: dict[str, str] = {
    "hello.emt": r"hello!\n",
    "arithmetic.emt": r"1 squared is 1, odd\n",
    "profile.emt": r"  samples\[0x[0-9a-f]+\] == avg 1 count \d+ min 1 max 1 latest 1\n",
    "top.emt": r'  ticks\[0x1,"cruncher"\] == avg 1 count \d+',
    "syscalls.emt": r'cron \(8\): system call \d+ from 0x[0-9a-f]+\n(.|\n)*  calls\[0x[0-9a-f]+,"cron \(8\)"\]',
    "exits.emt": r'  exits\["exit 30, qualification 0x[0-9a-f]+"\] == avg 1 count \d+',
    "exits-by-number.emt": r"  exits\[0x1e,0x0\] == avg 1 count \d+",
    "latency.emt": r'  latency\["(read|write)"\] == avg \d+ count \d+ min \d+ max \d+ latest \d+\n',
    "walk.emt": r"  callers\[0x0,0xffffffff80[0-9a-f]+\] == avg 1 count \d+",
    "benchmark.emt": r'  cost\["aggregate"\] == avg \d+ count 1',
}
"""What each program prints in a second, by its meaning."""


class Guest:
    """An Intel machine, and what was printed on it."""

    def __init__(self) -> None:
        self.log = bytearray()
        self.vm = VirtualMachine.power_on(PowerOn(vendor="intel"), self.log.extend)

    def printed(self, program: Path) -> str:
        self.log.clear()
        script = self.vm.load(program.read_text("utf-8"), str(program))
        self.vm.run(SECOND)
        errors = self.vm.frame().errors
        script.unload()
        assert not errors, errors
        assert not script.warnings, script.warnings
        return self.log.decode()


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    one = Guest()
    yield one
    one.vm.close()


def test_the_page_is_up_to_date() -> None:
    """`make docs` writes it."""
    assert (DOCS / "emmett.md").read_text("utf-8") == page(DOCS / "emmett")


def test_the_page_shows_every_program() -> None:
    guide = (DOCS / "emmett" / "guide.md").read_text("utf-8")
    assert {path.name for path in EXAMPLES} == set(re.findall(r"\{\{(.+\.emt)\}\}", guide))
    assert {path.name for path in PROGRAMS} == set(PRINTS)


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.name for path in PROGRAMS])
def test_programs_of_the_page_run(program: Path, guest: Guest) -> None:
    printed = guest.printed(program)
    assert re.search(PRINTS[program.name], printed), printed
    for name, integers, strings, rows in ROWS.findall(printed):
        for row in rows.splitlines():
            keys = re.match(rf"  {name}\[(.*)\] == ", row)
            assert keys is not None
            quoted = len(re.findall(r'"[^"]*"', keys[1]))
            assert (len(re.sub(r'"[^"]*"', "", keys[1]).split(",")) - quoted, quoted) == (int(integers), int(strings))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Programs that load and what they print on the bundled guest, all in one machine.

`NAME.out` beside `ok.NAME.emt` is what it prints, written by hand; most programs print when they are loaded, so that
the guest has no part in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import VirtualMachine

HERE = Path(__file__).parent
PROGRAMS = sorted(HERE.glob("ok.*.emt"))
SECOND = 1.02
"""Long enough that whatever fires once a second does."""


class Guest:
    """The machine, and what was printed on it."""

    def __init__(self) -> None:
        self.log = bytearray()
        self.vm = VirtualMachine.bundled(output=self.log.extend)

    def printed(self, program: Path) -> str:
        """What a program prints from its loading on, at most for a second."""
        self.log.clear()
        script = self.vm.load(program.read_text("utf-8"), str(program))
        seconds = SECOND if re.search(rb"^(VMM1Hz|GUEST:)", program.read_bytes(), re.MULTILINE) else 0.001
        self.vm.run(seconds)
        frame = self.vm.frame()
        script.unload()
        assert not frame.errors, frame.errors
        return self.log.decode()


@pytest.fixture(scope="module")
def guest() -> Iterator[Guest]:
    one = Guest()
    yield one
    one.vm.close()


@pytest.mark.parametrize("program", PROGRAMS, ids=[path.stem for path in PROGRAMS])
def test_program(program: Path, guest: Guest) -> None:
    assert guest.printed(program) == program.with_suffix(".out").read_text("utf-8")


def test_every_program_has_its_output() -> None:
    """No program without expectation, no expectation without a program."""
    assert {path.stem for path in HERE.glob("*.out")} == {path.stem for path in PROGRAMS}

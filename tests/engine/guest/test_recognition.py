# SPDX-License-Identifier: GPL-2.0-or-later
"""A guest that is recognised while it runs, by marks in its memory."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.core.binding import Core
from engine.guest.guest import Guest, StaticGuest
from engine.guest.recognition import RecognisedGuest
from engine.guest.symbols import Symbols
from engine.guest.unknown import unknown_guest

MARK = 0x9000
KERNEL = StaticGuest("Plan 9", "(defun curpid () 9)", Symbols([(0x1000, "T", "boot")]))


def recognise(core: Core) -> Guest | None:
    return KERNEL if bytes(core.ram[MARK : MARK + 4]) == b"Plan" else None


@pytest.fixture
def core() -> Iterator[Core]:
    made = Core.detached()
    yield made
    made.close()


def test_it_is_the_unknown_guest_until_it_is_recognised(core: Core) -> None:
    guest = RecognisedGuest(unknown_guest("disk.img"), [recognise])
    assert not guest.update(core)
    assert (guest.name, len(guest.symbols), "cr3" in guest.prelude) == ("disk.img", 0, True)
    core.ram[MARK : MARK + 4] = b"Plan"
    assert guest.update(core)
    assert (guest.name, guest.symbols["boot"], guest.prelude) == ("Plan 9", 0x1000, "(defun curpid () 9)")


class Other(StaticGuest):
    """A guest that runs until its mark is gone."""

    def runs(self, core: Core) -> bool:
        return bytes(core.ram[MARK : MARK + 5]) == b"Other"


def test_another_guest_that_runs_later_is_recognised_in_its_turn(core: Core) -> None:
    other = Other("Other", "", Symbols([(0x2000, "T", "begin")]))
    found = {b"Other": other, b"Plan ": KERNEL}
    guest = RecognisedGuest(unknown_guest("disk.img"), [lambda core: found.get(bytes(core.ram[MARK : MARK + 5]))])
    core.ram[MARK : MARK + 5] = b"Other"
    assert guest.update(core)
    assert not guest.update(core)
    assert guest.name == "Other"
    core.ram[MARK : MARK + 5] = b"BIOS!"
    assert guest.update(core), "it is gone, and nothing is recognised"
    assert (guest.name, len(guest.symbols)) == ("disk.img", 0)
    core.ram[MARK : MARK + 5] = b"Plan "
    assert guest.update(core)
    assert guest.name == "Plan 9"
    assert guest.runs(core)


def test_a_recognised_guest_is_not_asked_for_again(core: Core) -> None:
    asked: list[Core] = []

    def count(core: Core) -> Guest | None:
        asked.append(core)
        return KERNEL

    guest = RecognisedGuest(unknown_guest("disk.img"), [count])
    assert guest.update(core)
    assert not guest.update(core)
    assert len(asked) == 1
    assert guest.processes(core) == ()
    assert guest.stack(core).addresses[0] == 0

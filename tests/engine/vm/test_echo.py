# SPDX-License-Identifier: GPL-2.0-or-later
"""What clients get of the console between two Frames."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import pytest

from engine.vm.echo import MOST, SECONDS, Echo
from engine.vm.protocol import Written
from engine.vm.virtual_machine import VirtualMachine


class Guest:
    """A VM of which the console alone is known."""

    def __init__(self) -> None:
        self.seconds = 5.0
        self.latest = SimpleNamespace(tsc=500)
        self.written = b""
        self.told: list[Written] = []
        self.echo = Echo(cast(VirtualMachine, self), self.told.append)

    def console_written(self) -> bytes:
        return self.written

    def writes(self, more: bytes) -> None:
        self.written += more
        self.echo.look()


@pytest.fixture
def guest() -> Guest:
    return Guest()


def test_nothing_is_told_until_somebody_types(guest: Guest) -> None:
    guest.writes(b"boot")
    assert guest.told == []
    guest.echo.typed()
    guest.echo.look()
    assert guest.told == [Written(500, 0, "boot")]


def test_each_part_says_where_it_is(guest: Guest) -> None:
    guest.echo.typed()
    for text in (b"l", b"", b"s\r\n"):
        guest.writes(text)
    assert guest.told == [Written(500, 0, "l"), Written(500, 1, "s\r\n")]
    guest.latest.tsc, guest.written = 600, b""
    guest.writes(b"a  b")
    assert guest.told[2:] == [Written(600, 0, "a  b")]


def test_it_ends_some_time_after_the_last_key(guest: Guest) -> None:
    guest.echo.typed()
    guest.seconds += SECONDS
    guest.writes(b"late")
    assert guest.told == []


@pytest.mark.parametrize("more", ["é".encode()[:1], "é".encode()])
def test_what_may_be_part_of_a_character_is_left_for_the_frame(guest: Guest, more: bytes) -> None:
    guest.echo.typed()
    guest.writes(b"caf")
    guest.writes(more)
    guest.writes(b"!")
    assert guest.told == [Written(500, 0, "caf")]


def test_of_a_flood_the_rest_comes_with_the_frame(guest: Guest) -> None:
    guest.echo.typed()
    for _ in range(3):
        guest.writes(b"x" * MOST)
    assert sum(len(event.text) for event in guest.told) == MOST

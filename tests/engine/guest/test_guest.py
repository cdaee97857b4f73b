# SPDX-License-Identifier: GPL-2.0-or-later
"""Every guest has what the Guest protocol asks for."""

from __future__ import annotations

import pytest

from engine.core.binding import Core
from engine.guest.bundled import BundledGuest
from engine.guest.guest import Guest, Process, StaticGuest
from engine.guest.recognition import RecognisedGuest
from engine.guest.unknown import unknown_guest

GUESTS: list[Guest] = [BundledGuest(), unknown_guest("a"), RecognisedGuest(unknown_guest("b"))]


@pytest.mark.parametrize("guest", GUESTS, ids=lambda guest: type(guest).__name__)
def test_a_guest_can_be_asked_for_everything_before_it_runs(guest: Guest) -> None:
    core = Core.detached()
    assert guest.name
    assert guest.prelude.count("(") == guest.prelude.count(")") > 0
    assert guest.symbol_file is None or guest.symbol_file.exists()
    assert not guest.update(core)
    assert list(guest.processes(core)) == []
    assert guest.stack(core).addresses == (core.variable(0),)
    core.close()


def test_a_static_guest_knows_no_processes_and_never_changes() -> None:
    core = Core.detached()
    guest = StaticGuest("x", "")
    assert (guest.processes(core), guest.update(core), len(guest.symbols)) == ((), False, 0)
    core.close()


def test_a_process_counts_nothing_by_default() -> None:
    assert Process(1, "init").counts == {}

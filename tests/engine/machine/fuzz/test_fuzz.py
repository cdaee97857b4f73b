# SPDX-License-Identifier: GPL-2.0-or-later
"""Random guests: the machine survives each, and two runs are equal. `make fuzz` runs many more."""

from __future__ import annotations

import pytest

from tests.engine.machine.fuzz.guests import KINDS
from tests.engine.machine.fuzz.running import outcome

SECONDS = 0.003


@pytest.mark.parametrize("kind", KINDS)
def test_two_runs_of_a_random_guest_are_equal(kind: str) -> None:
    one = outcome(kind, 1, SECONDS)
    assert one == outcome(kind, 1, SECONDS)
    assert one.ticks >= SECONDS * 1_000_000_000


@pytest.mark.parametrize("kind", ["user", "tables"])
def test_random_guests_go_on_after_exceptions(kind: str) -> None:
    """The driver begins anew after each; a guest that only stood would try nothing."""
    found = outcome(kind, 0, SECONDS)
    assert found.exceptions > 100
    assert found.interrupts > 5
    assert found.blocks > 1000


def test_random_accesses_go_on() -> None:
    assert min(outcome(kind, 0, SECONDS).blocks for kind in ("ports", "windows")) > 500

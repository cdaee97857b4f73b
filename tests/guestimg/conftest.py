# SPDX-License-Identifier: GPL-2.0-or-later
"""Guests to look into: one that all tests share and none changes, and fresh ones."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.guestimg.guest import Guest


@pytest.fixture(scope="session")
def running() -> Iterator[Guest]:
    """The guest after eight guest seconds of work, halted; tests only read it."""
    guest = Guest()
    guest.machine.run_seconds(8)
    guest.until_idle()
    yield guest
    guest.machine.close()


@pytest.fixture
def fresh() -> Iterator[Guest]:
    """A guest that has just booted."""
    guest = Guest()
    guest.boot()
    yield guest
    guest.machine.close()

# SPDX-License-Identifier: GPL-2.0-or-later
"""What tests of devices start from."""

from __future__ import annotations

import pytest

from tests.engine.machine.bench import Bench


@pytest.fixture
def bench() -> Bench:
    """An empty bench at time 0."""
    return Bench()

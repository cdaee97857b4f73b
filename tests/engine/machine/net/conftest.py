# SPDX-License-Identifier: GPL-2.0-or-later
"""The host that tests of the network send frames to."""

from __future__ import annotations

import pytest

from engine.machine.net.gateway import Host


@pytest.fixture
def host() -> Host:
    return Host()

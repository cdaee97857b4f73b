# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine whose past is kept, and to which something was typed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine import VirtualMachine
from engine.vm.options import PowerOn
from tests.engine.vm.past.history import PAST_MIB, SEED, live


@pytest.fixture(scope="package")
def kept() -> Iterator[VirtualMachine]:
    """12 guest seconds, a checkpoint every second one, no script."""
    with VirtualMachine.power_on(PowerOn(seed=SEED, past_every=2, past_mib=PAST_MIB)) as vm:
        vm.keep_past()
        live(vm)
        yield vm

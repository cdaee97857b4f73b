# SPDX-License-Identifier: GPL-2.0-or-later
"""Where a kernel runs, by the page tables and the IDT of a CPU."""

from __future__ import annotations

import pytest

from engine.guest.linux.running import Placement, page_fault_handler
from tests.engine.guest.linux.small_kernel import IDT, IMAGE, SmallKernel, virtual


@pytest.fixture(name="small", params=[0, 0x1200000], ids=["as linked", "moved"])
def _small(request: pytest.FixtureRequest):
    small = SmallKernel(moved=request.param)
    yield small
    small.core.close()


def test_the_image_is_placed_as_the_page_tables_have_it(small: SmallKernel):
    placement = Placement.of(small.core, small.at(IMAGE))
    assert placement is not None
    assert placement.physical(small.at(IMAGE + 0x1234)) == IMAGE + 0x1234


def test_an_address_that_is_not_mapped_has_no_placement(small: SmallKernel):
    assert Placement.of(small.core, 0xFFFF800000000000) is None


def test_the_gate_of_page_faults_leads_into_the_kernel(small: SmallKernel):
    handler = page_fault_handler(small.core)
    assert handler == virtual(IMAGE + 64 * 2600, small.moved)


def test_a_gate_that_is_not_present_leads_nowhere(small: SmallKernel):
    small.core.ram[IDT + 16 * 14 + 5] &= 0x7F
    assert page_fault_handler(small.core) is None

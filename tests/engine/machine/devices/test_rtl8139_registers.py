# SPDX-License-Identifier: GPL-2.0-or-later
"""The register map of the RTL8139 (data sheet 1.4, table 5)."""

from __future__ import annotations

import pytest

from engine.machine.devices.rtl8139_registers import REGISTER_AT, RESET_VALUES, SIZE, Rtl


@pytest.mark.parametrize(
    ("offset", "register"), [(0x10, Rtl.TSD0), (0x13, Rtl.TSD0), (0x37, Rtl.CR), (0x3E, Rtl.ISR), (0x64, Rtl.BMSR)]
)
def test_registers_are_where_the_data_sheet_has_them(offset: int, register: Rtl) -> None:
    assert REGISTER_AT[offset] is register


def test_no_two_registers_overlap() -> None:
    assert len(REGISTER_AT) == sum(register.size for register in Rtl)
    assert max(REGISTER_AT) < SIZE


def test_values_after_reset_fit() -> None:
    assert all(0 <= value < 1 << 8 * register.size for register, value in RESET_VALUES.items())

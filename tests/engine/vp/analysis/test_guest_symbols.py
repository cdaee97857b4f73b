# SPDX-License-Identifier: GPL-2.0-or-later
"""Symbols of the guest in names of probes."""

from __future__ import annotations

import pytest

from engine.vp import Prelude, compile_script

ADDRESSES = {
    "handle_mm_fault": 0xFFFFFFFF81234560,
    "finish_task_switch.isra.0": 0xFFFFFFFF81000100,
    "finish_task_switch.isra.0.cold": 0xFFFFFFFF82000100,
    "two.isra.0": 1,
    "two.constprop.0": 2,
}
PRELUDE = Prelude("<prelude>", "", ADDRESSES)


def points(name: str, prelude: Prelude | None = PRELUDE):
    program = compile_script(f"(vprobe {name} (logint 1))", "a.vp", prelude=prelude).program
    return None if program is None else program.probes[0].point


@pytest.mark.parametrize("kind", ["GUEST", "GUEST:ENTER", "GUEST:EXIT", "GUEST_READ", "GUEST_WRITE"])
def test_a_symbol_stands_for_its_address(kind: str):
    point = points(f"{kind}:handle_mm_fault")
    assert point is not None
    assert point.name == f"{kind}:handle_mm_fault"
    assert point.where == 0xFFFFFFFF81234560
    assert point.symbolic


def test_an_offset_is_a_number():
    point = points("GUEST:OFFSET:handle_mm_fault:0x10")
    assert point is not None
    assert (point.where, point.extra) == (0xFFFFFFFF81234560, 0x10)
    assert points("GUEST:OFFSET:handle_mm_fault:handle_mm_fault") is None


def test_the_only_variant_that_a_compiler_made_is_the_function():
    point = points("GUEST:ENTER:finish_task_switch")
    assert point is not None
    assert point.where == 0xFFFFFFFF81000100
    assert points("GUEST:ENTER:two") is None, "which of the two is not known"


def test_addresses_are_not_taken_for_symbols():
    point = points("GUEST:0xdeadbeef")
    assert point is not None
    assert not point.symbolic


def test_an_unknown_symbol_is_compared_with_known_ones():
    (found,) = compile_script("(vprobe GUEST:handle_mm_falt (logint 1))", "a.vp", prelude=PRELUDE).diagnostics
    assert found.code == "E211"
    assert found.message == "unknown guest symbol handle_mm_falt"
    assert found.suggestions == ("handle_mm_fault",)
    assert found.fix is not None
    assert found.fix.text == "GUEST:handle_mm_fault"


def test_without_symbols_an_address_is_asked_for():
    (found,) = compile_script("(vprobe GUEST:handle_mm_fault (logint 1))", "a.vp").diagnostics
    assert found.notes == ("no symbols of the guest are known: write the address",)

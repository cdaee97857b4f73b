# SPDX-License-Identifier: GPL-2.0-or-later
"""Probe names of the engines before and after VP 1.0 mean the same probes."""

from __future__ import annotations

import pytest

from engine.vp import Severity, compile_script

NAMES = {
    "VMM:VMM1Hz": "VMM1Hz",
    "VMM0:Guest_PF": "Guest_PF",
    "VMX:VMX1Hz": "VMX1Hz",
    "VMM:TIMER:10msec": "USEC:10000",
    "TIMER:2sec": "USEC:2000000",
    "VMM:PROFILE:50usec": "USEC:50",
    "GUEST_RET:0x1000": "GUEST:EXIT:0x1000",
    "GUEST:READ:0x1000": "GUEST_READ:0x1000",
    "GUEST:WRITE:4096": "GUEST_WRITE:4096",
    "GUEST0:ENTER:0x1000": "GUEST:ENTER:0x1000",
    "GUEST0:OFFSET:0x1000:0x10": "GUEST:OFFSET:0x1000:0x10",
}


@pytest.mark.parametrize("name", NAMES)
def test_it_loads_with_a_word_about_it(name: str) -> None:
    compilation = compile_script(f"(vprobe {name} (logint 1))")
    assert compilation.program is not None
    assert [probe.point.name for probe in compilation.program.probes] == [NAMES[name]]
    assert [(found.code, found.severity) for found in compilation.diagnostics] == [("W304", Severity.WARNING)]
    assert NAMES[name] in compilation.diagnostics[0].message


@pytest.mark.parametrize("name", ["VMM1:VMM1Hz", "VMK:VMK1Hz", "TIMER:5hours", "VMM:nothing", "GUEST:STEP:0x1000"])
def test_what_this_machine_lacks_stays_an_error(name: str) -> None:
    assert compile_script(f"(vprobe {name} (logint 1))").program is None

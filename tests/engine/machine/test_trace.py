# SPDX-License-Identifier: GPL-2.0-or-later
"""Traces of device accesses."""

from __future__ import annotations

import io

import pytest

from engine.machine import trace
from engine.machine.access import DeviceAccess
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import boot_sector

GUEST = """
    movw $0x3f8, %dx
    movb $0x21, %al
    outb %al, %dx
    movw $0x3fd, %dx
    inb %dx, %al
1:  hlt
    jmp 1b
"""


def test_words_are_separated_by_commas() -> None:
    assert trace.words(" ports, mmio,") == {"ports", "mmio"}
    assert trace.words("") == frozenset()


def test_without_the_variable_nothing_is_traced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(trace.VARIABLE, raising=False)
    with Machine() as machine:
        assert type(machine.access) is DeviceAccess


def test_ports_are_traced_with_time_cpu_and_place(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv(trace.VARIABLE, "ports")
    with Machine(boot_sector(GUEST)) as machine:
        machine.run_seconds(0.001)
    lines = [line.split() for line in capsys.readouterr().err.splitlines()]
    assert [line[6:] for line in lines] == [
        ["out", "0x03f8", "1", "byte", "=", "0x21"],
        ["in", "0x03fd", "1", "byte", "=", "0x60"],
    ]
    assert {tuple(line[2:4]) for line in lines} == {("cpu", "0")}
    assert all(0x7C00 <= int(line[5], 16) < 0x7E00 for line in lines)


def test_device_memory_is_traced_when_asked_for() -> None:
    out = io.StringIO()
    with Machine() as machine:
        access = trace.TracedAccess(machine, frozenset({trace.MMIO}), out)
        access.memory_write(0, 0xFEE00080, 4, 0x30)
        assert access.memory_read(0, 0xFEE00080, 4) == 0x30
        access.port_in(0, 0x60, 1)
    assert [line.split()[6:] for line in out.getvalue().splitlines()] == [
        ["store", "0x0fee00080", "4", "bytes", "=", "0x30"],
        ["load", "0x0fee00080", "4", "bytes", "=", "0x30"],
    ]

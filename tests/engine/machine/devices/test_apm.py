# SPDX-License-Identifier: GPL-2.0-or-later
"""APM control and status ports (Intel 290562, 2.5.4)."""

from __future__ import annotations

from engine.machine.devices.apm import ApmControl
from tests.engine.machine.bench import Bench


def test_a_command_asserts_smi_and_both_ports_read_back(bench: Bench) -> None:
    smis: list[None] = []
    apm = ApmControl(bench.ports, lambda: smis.append(None))
    bench.ports.write(0xB3, 1, 0x11)
    assert smis == []
    bench.ports.write(0xB2, 1, 0x42)
    assert (len(smis), apm.counts["SMI"]) == (1, 1)
    assert (bench.inb(0xB2), bench.inb(0xB3)) == (0x42, 0x11)
    apm.reset()
    assert (bench.inb(0xB2), bench.inb(0xB3)) == (0, 0)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Outside input is logged by block and comes in again at its block."""

from __future__ import annotations

import pytest

from engine.machine.inputs import Input, Outside, ReplayDivergedError, ReplayInputError
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import boot_sector

ECHO = """
    movw $0x3fd, %dx
1:  inb %dx, %al
    testb $1, %al
    jz 1b
    movw $0x3f8, %dx
    inb %dx, %al
    outb %al, %dx
    movw $0x3fd, %dx
    jmp 1b
"""


def recorded() -> tuple[list[Input], bytes]:
    log: list[Input] = []
    with Machine(boot_sector(ECHO)) as machine:
        outside = Outside(machine, log.append)
        outside.run(100_000)
        outside.do("serial", "ab")
        outside.run(400_000)
        return log, machine.take_console()


def test_input_is_logged_with_block_and_tick() -> None:
    log, console = recorded()
    ((kind, text, block, tick),) = [(one.kind, one.text, one.block, one.tick) for one in log]
    assert (kind, text, console) == ("serial", "ab", b"ab")
    assert block > 0
    assert 100_000 <= tick < 110_000


def test_input_comes_in_again_at_its_block() -> None:
    log, console = recorded()
    with Machine(boot_sector(ECHO)) as machine:
        Outside(machine, replay=log).run(400_000)
        assert machine.take_console() == console


def test_a_replay_takes_no_other_input() -> None:
    with Machine(boot_sector(ECHO)) as machine:
        outside = Outside(machine, replay=[])
        assert outside.replays
        with pytest.raises(ReplayInputError, match="takes no input"):
            outside.do("reset")


def test_a_replay_that_diverges_is_told_with_both_blocks() -> None:
    (one,), _ = recorded()
    with Machine(boot_sector(ECHO)) as machine:
        outside = Outside(machine, replay=[Input(one.block + 1, one.tick, one.kind, one.text)])
        with pytest.raises(ReplayDivergedError, match=f"at block {one.block}, expected block {one.block + 1}"):
            outside.run(400_000)

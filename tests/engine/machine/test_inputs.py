# SPDX-License-Identifier: GPL-2.0-or-later
"""Outside input is logged by block and comes in again at its block."""

from __future__ import annotations

import pytest

from engine.machine.choices import TypingDevice
from engine.machine.inputs import Input, Outside, Planned, ReplayDivergedError, ReplayInputError
from engine.machine.keystrokes import KeysError
from engine.machine.machine import Machine
from tests.engine.machine.real_mode_guest import ECHO, boot_sector


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


def test_a_run_that_ends_at_an_event_leaves_later_input_for_later() -> None:
    (one,), console = recorded()
    planned = Planned(one.tick, one.text, "serial")
    for replay in (True, False):
        with Machine(boot_sector(ECHO)) as machine:
            outside = Outside(machine, replay=[one] if replay else None)
            if not replay:
                outside.plan([planned])
            machine.core.await_event("block")
            outside.run(400_000)
            assert machine.core.has_happened()
            assert machine.counters().blocks == 1
            machine.core.await_event(None)
            outside.run(400_000)
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


LISTEN = """
    movw $0x3f9, %dx                /* IER: a program has the port open */
    movb $1, %al
    outb %al, %dx
1:  hlt
    jmp 1b
"""


def kinds(source: str, text: str, to: TypingDevice = "auto") -> list[tuple[str, str]]:
    """What was typed where."""
    log: list[Input] = []
    with Machine(boot_sector(source)) as machine:
        outside = Outside(machine, log.append)
        outside.run(100_000)
        outside.type(text, to)
    return [(one.kind, one.text) for one in log]


def test_keys_go_where_the_guest_listens() -> None:
    assert kinds(ECHO, "a<f2>") == [("keyboard", "a<f2>")]
    assert kinds(LISTEN, "a<f2>") == [("serial", "a<f2>")]


def test_what_has_no_key_goes_to_the_console() -> None:
    assert kinds(ECHO, "é") == [("serial", "é")]


@pytest.mark.parametrize("to", ["serial", "keyboard"])
def test_people_may_choose(to: TypingDevice) -> None:
    assert kinds(ECHO, "<esc>", to) == kinds(LISTEN, "<esc>", to) == [(to, "<esc>")]


@pytest.mark.parametrize("text", ["a<entr>", "aé"])
def test_nothing_is_typed_when_a_key_is_unknown(text: str) -> None:
    log: list[Input] = []
    with Machine(boot_sector(ECHO)) as machine, pytest.raises(KeysError):
        Outside(machine, log.append).type(text, "keyboard")
    assert log == []


def test_keys_are_pressed_when_they_are_planned() -> None:
    log: list[Input] = []
    with Machine(boot_sector(ECHO)) as machine:
        outside = Outside(machine, log.append)
        outside.plan([Planned(100_000, "a", "serial"), Planned(200_000, "<esc>", "serial")])
        outside.run(150_000)
        outside.run(150_001)
        assert [one.text for one in log] == ["a"]
        outside.run(400_000)
        assert [one.text for one in log] == ["a", "<esc>"]
        assert all(0 <= one.tick - tick < 1000 for one, tick in zip(log, (100_000, 200_000), strict=True))
        assert machine.take_console() == b"a\x1b"
        again = Outside(machine, replay=log)
        with pytest.raises(ReplayInputError, match="takes no input"):
            again.plan([Planned(500_000, "a", "serial")])

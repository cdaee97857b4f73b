# SPDX-License-Identifier: GPL-2.0-or-later
"""What a place in guest time says of itself."""

from __future__ import annotations

from engine import VirtualMachine
from engine.vm.past.messages import MOST_BYTES


def test_the_process_is_the_one_that_runs_then(kept: VirtualMachine) -> None:
    source = '(vprobe VMM10Hz (printf "%d %d %s\\n" TSC (curpid) (curprocname)))'
    lines = [line.split() for line in kept.past(2, until=8).load(source).log.splitlines()]
    assert len({name for _, _, name in lines}) > 2
    with kept.past().at(6.05) as moment:
        for tick, pid, name in lines[1:4]:
            if moment.view.tick < int(tick):
                moment.close()
                with kept.past().at_tick(int(tick)) as then:
                    assert (then.view.pid, then.view.process) == (int(pid), name)


def test_a_place_describes_itself_without_leaving_a_script(kept: VirtualMachine) -> None:
    with kept.past().at(6) as moment:
        assert moment.view.frame.scripts == ()
        assert moment.step().frame.scripts == ()
        assert moment.view.frame.asked


def test_a_read_is_limited(kept: VirtualMachine) -> None:
    with kept.past().at(6) as moment:
        start = 0xFFFFFFFF80100000
        assert len(moment.read(start, 4 * MOST_BYTES)) <= MOST_BYTES
        assert moment.read(start, 16) == kept.read_memory(start, 16)

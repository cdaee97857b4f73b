# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes that are switched off and on."""

from __future__ import annotations

import pytest

from engine.core.points import Point
from engine.probes.arming import NoProbeError
from engine.probes.script_host import NotLoadedError
from tests.engine.probes.small import Watched, guest

READER = "1: inb $0x60, %al\n jmp 1b"
COUNTERS = "(definteger a) (definteger b) (vprobe In (setint a (+ a 1))) (vprobe In (setint b (+ b 1)))"


def hits(watched: Watched) -> list[int]:
    return [*watched.host.hits()]


def test_a_probe_that_is_off_does_not_fire_until_it_is_on_again() -> None:
    with guest(READER, COUNTERS) as watched:
        watched.run()
        first, second = hits(watched)
        assert first == second > 0
        assert watched.host.switch("script.vp", 0, on=False) == "In is off"
        assert watched.host.switch("script.vp", 0, on=False) == "In is off", "twice is as good as once"
        watched.run()
        off, still_on = hits(watched)
        assert off == first
        assert still_on > second
        assert watched.host.switch("script.vp", 0, on=True) == "In is on"
        watched.run()
        assert hits(watched)[0] > first


def test_a_probe_that_is_off_is_nowhere_in_the_machine() -> None:
    with guest(READER, COUNTERS) as watched:
        for number in (0, 1):
            watched.host.switch("script.vp", number, on=False)
        assert watched.machine.core.attached(Point.IN) == 0


def test_it_stays_off_in_the_next_version_by_its_name() -> None:
    with guest(READER, COUNTERS) as watched:
        watched.host.switch("script.vp", 1, on=False)
        new = watched.host.load("script.vp", f"(vprobe VMM1Hz 0) {COUNTERS}", replace="script.vp")
        assert new.off == {2}
        watched.run()
        assert [count > 0 for count in hits(watched)[1:]] == [True, False]


def test_a_probe_that_is_off_does_not_fire_at_unloading_either() -> None:
    with guest(READER, '(vprobe VMMUnload (printf "bye\\n"))') as watched:
        watched.host.switch("script.vp", 0, on=False)
        watched.host.unload("script.vp")
        assert watched.lines == []


def test_what_is_not_there_is_refused() -> None:
    with guest(READER, COUNTERS) as watched:
        with pytest.raises(NoProbeError, match=r"script\.vp has no probe 2; expected a number below 2"):
            watched.host.switch("script.vp", 2, on=False)
        with pytest.raises(NotLoadedError, match="other"):
            watched.host.switch("other.vp", 0, on=True)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Losses reach people, once each."""

from __future__ import annotations

from pathlib import Path

from engine.probes.frame import ScriptState
from engine.vm.losses import Losses
from engine.vm.output import OutputFile

FULL = Path("/dev/full")
CALM = ScriptState("a.vp", 1, ())
LOSING = ScriptState("a.vp", 1, (), errors_lost=3)


def test_a_full_disk_is_told_once_and_to_whoever_comes_later() -> None:
    output = OutputFile(FULL)
    losses = Losses([output])
    assert losses.fresh([CALM]) == []
    output.write(b"printed")
    (notice,) = losses.fresh([CALM])
    assert (notice.severity, "No space left on device" in notice.message) == ("error", True)
    assert losses.fresh([CALM]) == []
    assert list(losses.lasting([CALM])) == [notice]


def test_a_disk_that_fills_up_again_is_told_again() -> None:
    output = OutputFile(FULL)
    losses = Losses([output])
    output.write(b"printed")
    assert len(losses.fresh([])) == 1
    output.reopen()
    assert losses.fresh([]) == []
    output.write(b"printed")
    assert len(losses.fresh([])) == 1
    output.close()


def test_errors_in_too_many_places_are_told_by_script(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "vprobe.out")
    (notice,) = Losses([output]).fresh([CALM, LOSING])
    assert notice.message.startswith("a.vp: run-time errors in too many places")
    output.close()

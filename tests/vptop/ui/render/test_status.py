# SPDX-License-Identifier: GPL-2.0-or-later
"""The status line."""

from __future__ import annotations

import pytest

from tests.vptop.ui.fakes import PALETTE, frame
from vptop.model.moment import Moment
from vptop.ui.render.status import Health, status


def line(moment: Moment | None, width: int, health: Health | None = None) -> str:
    return status(moment, health or Health(), width, PALETTE).text


def after(moment: Moment, **changes: object) -> Moment:
    """The next second, with these changes."""
    moment.session.add(frame(4, **{"errors": (), **changes}))
    made = moment.session.moment()
    assert made is not None
    return made


@pytest.mark.parametrize("width", [20, 40, 60, 80, 120, 200])
def test_it_is_exactly_as_wide_as_asked(moment: Moment, width: int) -> None:
    assert {len(line(moment, width)), len(line(None, width, Health(gone="x")))} == {width}


def test_health_is_seen_at_every_width(moment: Moment) -> None:
    healthy = after(moment)
    assert " ".join(line(healthy, 120).split()) == (
        "vptop vptop.vp g1 +2 ● running │ 1.8k hits/s │ ovh 0.1% │ 1.0× real time │ drop 0 │ lag 0.0s 00:00:04"
    )
    assert line(healthy, 80) == (" vptop.vp g1 +2 ● │ 1.8k hits/s │ ovh 0.1% │ 1.0× │ drop 0 │ lag 0.0s  00:00:04 ")
    assert line(healthy, 60) == " vptop.vp g1 +2 ● 1.8k/s ovh 0.1% 1.0× drop 0 lag 0.0s      "
    assert line(healthy, 40) == " ● 1.8k/s ovh 0.1% 1.0× drop 0 lag 0.0s "
    assert "lag 0.0s │ 12.4M blocks/s │ cpu 71% │ bundled 1 vCPU  " in line(healthy, 160)


@pytest.mark.parametrize("width", [40, 80, 120])
def test_what_is_wrong_comes_first(moment: Moment, width: int) -> None:
    assert "▲ 6 errors" in line(moment, 120)
    assert "▲ 1.7 s behind" in line(after(moment, behind_seconds=1.7), width)
    assert "▲ dropped 12" in line(after(moment, log_dropped=12), width)
    assert "❚❚ paused" in line(after(moment, paused=True), width)
    assert "✗ gone" in line(moment, width, Health(gone="x"))
    assert "▲ no frame for 9 s" in line(moment, width, Health(silent=9))


def test_a_machine_that_is_late_leaves_room_for_the_other_figures(moment: Moment) -> None:
    late = after(moment, behind_seconds=24.1, wall_seconds=5.1)
    assert "│ ▲ 24.1 s behind │ 1.8k hits/s │ ovh 0.0% │ ▲ 0.5× real time │ drop 0 " in line(late, 120)
    assert "24.1 s behind: numbers are late, not lost │" in line(late, 160)


def test_a_guest_that_is_slower_than_real_time_is_a_warning_where_it_is_paced(moment: Moment) -> None:
    assert "│ ▲ 0.5× real time" in line(after(moment, wall_seconds=5.1), 120)
    moment.session.add(frame(5, wall_seconds=10.1, paced=False, errors=()))
    assert "│ 0.2× real time" in line(moment.session.moment(), 120)


def test_before_the_first_frame(moment: Moment) -> None:
    assert "starting the machine " in line(None, 80, Health(starting=True))
    assert "starting the machine · 9 s" in line(None, 80, Health(starting=True, silent=9))
    assert "the VM is gone" in line(None, 80, Health(gone="x"))

# SPDX-License-Identifier: GPL-2.0-or-later
from tests.vptop.ui.fakes import SCRIPTS, frame, which
from vptop.model.session import Session


def test_aggregates_of_the_baseline_are_measured_once() -> None:
    session = Session()
    for name, source in SCRIPTS.items():
        session.set_source(name, source)
    for second in (1, 2, 3):
        session.add(frame(second))
    session.set_baseline(session.at(1), "set here")
    session.comparing = True
    moment = session.at(2)
    assert session.baseline is not None
    assert moment is not None
    measured = session.baseline.measured(which("latencies"))
    assert measured is not None
    assert measured.total_hits == 1376
    assert moment.compared(which("latencies")).baseline is measured  # type: ignore[union-attr]
    assert session.baseline.measured(which("none")) is None

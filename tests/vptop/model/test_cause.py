# SPDX-License-Identifier: GPL-2.0-or-later
"""What is asked about a row or a line."""

from __future__ import annotations

from engine.probes.frame import AggregateId, Row
from engine.probes.printed import LogPart
from tests.vptop.ui.fakes import DISK_SCRIPT, aggregate, frame, ones, which
from vptop.model import cause
from vptop.model.moment import Moment
from vptop.model.session import Session

TOTALS = '(defaggr slow 0 1)\n(defaggr seen 0 1)\n(vprobe Disk_IOFinish (aggr slow () ("x") 1))\n'
PRINTS = """(vprobe Guest_PF (printf "at %d%%\\n" TSC) (logstr "fault\\n"))
(vprobe Guest_IRQ (printf "at %d us by %s\\n" 1 "a"))
"""


def _session(*seconds: dict[str, list[Row]]) -> Session:
    session = Session()
    session.set_source("vptop.vp", TOTALS)
    for second, rows in enumerate(seconds, 1):
        given = {name: aggregate(some, logged=False) for name, some in rows.items()}
        session.add(frame(second, aggregates=given, log=""))
    return session


def _moment(session: Session) -> Moment:
    moment = session.moment()
    assert moment is not None
    return moment


def _slow(count: int, most: int) -> Row:
    return Row((), ("reader",), count, 5, 1, most, 3)


def test_the_interval_is_that_in_which_the_largest_value_came() -> None:
    rows = [_slow(1, 9), _slow(2, 70), _slow(3, 70), _slow(4, 70)]
    found = cause.of_row(_moment(_session(*({"slow": [row]} for row in rows))), which("slow"), 0)
    assert found is not None
    asked = found.question
    assert (asked.name, asked.source, asked.aggregate, asked.strings) == ("vptop.vp", TOTALS, "slow", ("reader",))
    assert (asked.begin, asked.since, asked.until) == (0.0, 1.0, 2.0)
    assert asked.ticks == 1000  # microseconds, as a disk's completion feeds it
    assert found.what == "slow['reader']"


def test_keys_are_written_as_the_table_shows_them() -> None:
    session = Session()
    script = "(defaggr pages 1 1)\n(vprobe Guest_PF (aggr pages (CR2) ((curprocname)) 1))"
    session.set_source("vptop.vp", f"; @view pages keys=page:hex,process\n{script}")
    rows = {"pages": aggregate([ones((0x5EB000,), ("forker",), 3)], logged=False)}
    session.add(frame(1, aggregates=rows, log=""))
    found = cause.of_row(_moment(session), which("pages"), 0)
    assert found is not None
    assert found.what == "pages[0x5eb000, 'forker']"


def test_of_equal_values_the_interval_is_the_last_in_which_one_was_counted() -> None:
    counts = [3, 5, 5, 5]
    found = cause.of_row(_moment(_session(*({"seen": [ones((), ("a",), n)]} for n in counts))), which("seen"), 0)
    assert found is not None
    assert (found.question.since, found.question.until, found.question.ticks) == (1.0, 2.0, 0)


def test_a_bucket_tells_how_long_a_duration_took_at_least(moment: Moment) -> None:
    found = cause.slowest(moment, which("latency_us"), 3)
    assert found is not None
    then, row = found
    asked = cause.of_row(then, which("latency_us"), row)
    assert asked is not None
    assert (asked.question.integers, asked.question.ticks, asked.least) == ((16384,), 0, 16384 * 1000)
    assert asked.question.source == DISK_SCRIPT


def test_a_row_of_a_capture_cannot_be_asked_about(moment: Moment) -> None:
    moment.session.is_replay = True
    assert cause.of_row(moment, which("running"), 0) is None
    assert cause.of_row(moment, AggregateId("gone.vp", "x"), 0) is None


def test_the_busiest_row_that_fits_is_found(moment: Moment) -> None:
    row = cause.busiest(moment, which("running"), lambda key: key[1] == ("reader",))
    measured = moment.measured(which("running"))
    assert row is not None
    assert measured is not None
    assert measured.key(row) == ((46,), ("reader",))
    assert cause.busiest(moment, which("running"), lambda _: False) is None


def test_of_equal_lines_of_a_script_the_number_is_asked() -> None:
    session = Session()
    session.set_source("a.vp", PRINTS)
    fault, other = LogPart(6, 1.5, 0, "a.vp", "Guest_PF"), LogPart(6, 1.5, 0, "gone.vp", "Guest_PF")
    session.add(frame(1, log="fault\n", log_parts=(fault,)))
    parts = (fault, LogPart(6, 1.5, 0, "a.vp", "Guest_PF"), other, fault)
    session.add(frame(2, log="fault\nat 7%\nfault\nfault\n", log_parts=parts))
    moment = _moment(session)
    asked = [cause.of_line(moment, line) for line in session.log.until(moment.sequence)]
    found = [(one.question.printed, one.question.occurrence, one.question.since) for one in asked if one]
    assert found == [("fault", 1, 0.0), ("fault", 1, 1.0), ("at 7%", 1, 1.0), ("fault", 2, 1.0)]
    assert asked[0] is not None
    assert asked[0].what == "the line 'fault'"

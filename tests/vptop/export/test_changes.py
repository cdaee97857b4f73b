# SPDX-License-Identifier: GPL-2.0-or-later
"""Files of a Frame while differences from a baseline are shown."""

from __future__ import annotations

import csv
import io
import json

import pytest

from engine.probes.frame import Row
from engine.probes.frame_json import decode
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, which
from vptop.export import html, json_frame, markdown, openmetrics, table, text
from vptop.export.changes import Changes, baseline_of
from vptop.export.format import Format
from vptop.model.moment import Moment


def counted(second: int, *rows: tuple[str, int, int]) -> object:
    data = aggregate([Row((), (name,), count, avg, avg, avg, avg) for name, count, avg in rows])
    other = aggregate([Row((1,), (), 1, 1, 1, 1, 1)])
    return {"times": data, ("old" if second == 1 else "newer"): other}


@pytest.fixture
def compared() -> Moment:
    frames = (
        frame(1, aggregates=counted(1, ("tar", 10, 500), ("gone", 1, 1))),
        frame(2, aggregates=counted(2, ("tar", 15, 480), ("httpd", 2, 7))),
    )
    moment = moment_of(*frames)
    moment.session.set_baseline(moment.session.at(0), "<by hand>")
    moment.session.comparing = True
    return moment


def written(form: Format, moment: Moment) -> str:
    return b"".join(form.render(moment)).decode()


def test_rows_against_those_of_the_baseline(compared: Moment) -> None:
    changes = Changes(compared, which("times"))
    assert [changes[at].values for at in range(2)] == [(15.0, 10.0, 500), (2.0, "", "")]
    assert [changes[at].differences for at in range(2)] == [("+5.0", "+50.0%", "-20"), ("+2.0", "new", "")]
    assert changes.most(1) == [0]
    assert not Changes(compared, which("newer")), "it was not there"


def test_csv_has_the_values_of_the_baseline(compared: Moment) -> None:
    rows = list(csv.DictReader(io.StringIO(written(table.FORMAT, compared))))
    columns = ("rate", "baseline_rate", "baseline_avg")
    assert {(row["aggregate"], row["string1"]): tuple(row[name] for name in columns) for row in rows} == {
        ("times", "tar"): ("15.0", "10.0", "500"),
        ("times", "httpd"): ("2.0", "", ""),
        ("newer", ""): ("", "", ""),
    }


def test_json_has_what_the_baseline_had_counted(compared: Moment) -> None:
    line = written(json_frame.FORMAT, compared)
    told = json.loads(line)["baseline"]
    assert (told["frame"], told["guest_seconds"]) == (1, 1.0)
    assert [row["strings"] for row in told["aggregates"]["times"]["rows"]] == [["tar"], ["gone"]]
    assert decode(line.encode()).frame == 2, "it is read as any Frame"


def test_tables_for_people_have_the_differences(compared: Moment) -> None:
    shown = written(markdown.FORMAT, compared)
    assert "With differences from 1 s (\\<by hand\\>)." in shown
    assert "| string1 | count | avg | min | max | latest | Δ/s | Δ% | Δavg |" in shown
    assert "| tar | 15 | 480 | 480 | 480 | 480 | +5.0 | +50.0% | -20 |" in shown
    assert "| 0x1 | 1 | 1 | 1 | 1 | 1 |\n" in shown, "what cannot be compared has no such columns"
    report = written(html.FORMAT, compared)
    assert report.count("2 s, differences from 1 s (&lt;by hand&gt;)") == 1
    assert (
        '<tr><td class="key">tar</td><td>15.0</td><td>10.0</td><td>+5.0</td><td>+50.0%</td><td>-20</td></tr>' in report
    )


def test_without_differences_on_screen_files_have_none(compared: Moment) -> None:
    forms = (table.FORMAT, json_frame.FORMAT, markdown.FORMAT, html.FORMAT, text.FORMAT, openmetrics.FORMAT)
    with_them = [written(form, compared) for form in forms]
    compared.session.comparing = False
    assert baseline_of(compared) is None
    without = [written(form, compared) for form in forms]
    differing = [form.suffix for form, a, b in zip(forms, with_them, without, strict=True) if a != b]
    assert differing == [".csv", ".json", ".md", ".html"], "the others have a format that has no place for them"
    assert "baseline" not in json.loads(without[1])

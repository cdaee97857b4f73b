# SPDX-License-Identifier: GPL-2.0-or-later
"""Formats by suffix."""

from __future__ import annotations

import csv
import io
import json
import stat
from pathlib import Path

import pytest

from engine.probes.frame import AggregateId, Frame, Row
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame
from vptop.export import formats
from vptop.export.format import ExportError

TWO = {
    AggregateId(script, "a"): aggregate([Row((count,), (), count, 1, 1, 1, 1)]) for count, script in enumerate("xy", 1)
}


def written(suffix: str, made: Frame) -> str:
    return b"".join(formats.format_of(Path(suffix)).render(moment_of(made))).decode()


def test_two_scripts_with_one_aggregate_name_are_both_there(tmp_path):
    made = frame(1, aggregates=TWO)
    assert [line for line in written(".out", made).splitlines() if line.startswith("aggr")] == [
        "aggr: a (1 integer key) (0 string keys)",
        "aggr: a (y) (1 integer key) (0 string keys)",
    ]
    rows = list(csv.DictReader(io.StringIO(written(".csv", made))))
    assert [(row["script"], row["aggregate"], row["count"]) for row in rows] == [("x", "a", "1"), ("y", "a", "2")]
    formats.write(tmp_path / "a.json", moment_of(made))
    told = json.loads((tmp_path / "a.json").read_text())["aggregates"]
    assert [(key, one["script"], one["name"], one["rows"][0]["count"]) for key, one in told.items()] == [
        ("a", "x", "a", 1),
        ("a (y)", "y", "a", 2),
    ]


@pytest.fixture
def sample():
    return frame(
        3,
        aggregates={
            "irqs": aggregate([Row((0xA1,), (), 1, 1, 1, 1, 1), Row((0xA9,), (), 7, 1, 1, 1, 1)]),
            "latencies": aggregate([Row((), ("uSec",), 9, 46, 28, 84, 30)]),
            "empty": aggregate([]),
        },
    )


# as printed in the VProbes Programming Reference, aggregate variables and static probes
MANUAL = """aggr: irqs (1 integer key) (0 string keys)
  irqs[0xa1] == avg 1 count 1 min 1 max 1 latest 1
  irqs[0xa9] == avg 1 count 7 min 1 max 1 latest 1
aggr: latencies (0 integer keys) (1 string key)
  latencies["uSec"] == avg 46 count 9 min 28 max 84 latest 30
"""


def test_writes_whole_files_that_others_may_read(sample, tmp_path):
    path = tmp_path / "a.out"
    path.write_text("old")
    assert formats.write(path, moment_of(sample)) == len(MANUAL)
    assert path.read_text() == MANUAL
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.out"]
    assert path.stat().st_mode & stat.S_IRUSR


def test_a_failed_write_leaves_everything_as_it_was(sample, tmp_path):
    target = tmp_path / "a.out"
    target.mkdir()
    with pytest.raises(OSError, match=r"a\.out"):
        formats.write(target, moment_of(sample))
    assert [entry.name for entry in tmp_path.iterdir()] == ["a.out"]
    with pytest.raises(OSError, match="No such file"):
        formats.write(tmp_path / "missing" / "a.out", moment_of(sample))
    with pytest.raises(ExportError, match=r"a\.txt: expected a file name that ends in \.json, "):
        formats.write(tmp_path / "a.txt", moment_of(sample))


def test_the_longest_suffix_decides():
    assert formats.format_of(Path("a.speedscope.json")).title == "speedscope"
    assert formats.format_of(Path("a.b.json")).title == "JSON"
    assert len({one.suffix for one in formats.FORMATS}) == len(formats.FORMATS)


def test_no_format_holds_a_large_file_in_memory():
    rows = [Row((at,), (f"GUEST_{at:#x}_0x10",), 1, 1, 1, 1, 1) for at in range(5000)]
    moment = moment_of(*(frame(second, aggregates={"stacks": aggregate(rows)}) for second in (1, 2)))
    for form in formats.FORMATS:
        if form.suffix not in (".html", ".vpc"):  # one shows the first rows alone, the other packs a Frame as a whole
            sizes = [len(part) for part in form.render(moment)]
            assert max(sizes) < 256 << 10, form.title

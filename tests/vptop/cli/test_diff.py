# SPDX-License-Identifier: GPL-2.0-or-later
"""What has changed between two snapshots."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.probes.frame import AggregateId, Frame, Row
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, frame, ones
from vptop.cli.diff import newest, show
from vptop.export.formats import write
from vptop.model.capture import CaptureError

WHICH = AggregateId("vptop.vp", "running")


def second(number: int, *rows: tuple[int, str, int]) -> Frame:
    data = aggregate([ones((vector,), (name,), count) for vector, name, count in rows])
    return frame(number, scripts=(), aggregates={WHICH: data})


BEFORE = second(1, (32, "idle", 90), (46, "reader", 41), (32, "gone", 1))
AFTER = second(2, (46, "reader", 60), (32, "idle", 90), (33, "new", 5))


@pytest.mark.parametrize("suffix", [".json", ".jsonl", ".vpc"])
def test_rows_that_differ_the_largest_first(suffix: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = tmp_path / f"a{suffix}", tmp_path / f"b{suffix}"
    for path, shown in zip(paths, (BEFORE, AFTER), strict=True):
        write(path, moment_of(shown))
    assert show(paths, rows=2, json=False) == 1
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"--- {paths[0]}  frame 1, 1.0 s"
    assert lines[2] == "@@ running @@"
    assert lines[3].split() == ["VECTOR", "NAME", "COUNT", "-", "COUNT", "+", "CHANGE"]
    assert lines[4].split() == ["0x2e", "reader", "41", "60", "+19"]
    assert lines[5].split() == ["0x21", "new", "0", "5", "+5"]
    assert lines[6] == "… and 1 more"
    assert show((paths[0], paths[0]), rows=2, json=False) == 0


def test_values_and_percentiles_are_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = tmp_path / "a.vpc", tmp_path / "b.vpc"
    for path, avg, low in zip(paths, (740, 800), (64, 128), strict=True):
        latencies = aggregate([Row((), ("uSec",), 70, avg, 66, 900, 512)])
        buckets = aggregate([ones((low,), ("read",), 9)])
        write(path, moment_of(frame(1, aggregates={"latencies": latencies, "latency_us": buckets})))
    assert show(paths, rows=9, json=False) == 1
    text = capsys.readouterr().out
    values, rows, percentiles = text.split("@@ lat")[1:]
    assert values.splitlines()[0] == "encies: µs @@"
    assert values.splitlines()[1].split()[:1] == ["NAME"]
    assert "AVG -      AVG +     CHANGE" in values
    assert values.splitlines()[2].split() == ["uSec", "70", "70", "+0", "740", "800", "+60", "900", "900", "+0"]
    assert [line.split()[:2] for line in rows.splitlines()[2:]] == [["64", "read"], ["128", "read"]]
    assert "AVG" not in rows, "buckets count"
    assert percentiles.splitlines()[0] == "ency_us: µs, percentiles @@"
    assert percentiles.splitlines()[2].split() == ["p50", "96", "192", "+96"]


def test_the_same_as_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    paths = tmp_path / "a.json", tmp_path / "b.json"
    for path, shown in zip(paths, (BEFORE, AFTER), strict=True):
        write(path, moment_of(shown))
    show(paths, rows=1, json=True)
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["key"], one["after"] - one["before"]) for one in found] == [
        ('0x2e,"reader"', 19), ('0x21,"new"', 5), ('0x20,"gone"', -1),
    ]  # fmt: skip


def test_files_that_hold_no_frame_are_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("{}")
    with pytest.raises(CaptureError, match=r"a\.json:1: expected a capture .*, or Frames as lines of JSON"):
        newest(tmp_path / "a.json")
    with pytest.raises(CaptureError, match="No such file"):
        newest(tmp_path / "b.json")

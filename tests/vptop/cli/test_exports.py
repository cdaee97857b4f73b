# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that a run writes at its end."""

from __future__ import annotations

import csv
import json
from pathlib import Path

from tests.vptop.cli.conftest import Command
from vptop.model.scriptfiles import LIBRARY

VPTOP = str(LIBRARY / "vptop.vp")


def test_the_newest_second_is_written_in_the_format_of_each_suffix(vptop: Command, tmp_path: Path) -> None:
    told = vptop("run", "--seconds", "2", "--json", "--export", "a.csv", "--export", "a.json", VPTOP)
    assert (told.returncode, told.stderr) == (0, "")
    newest = json.loads(told.stdout.splitlines()[-1])
    assert json.loads((tmp_path / "a.json").read_text())["tsc"] == newest["tsc"]
    with (tmp_path / "a.csv").open(newline="") as file:
        assert len(list(csv.DictReader(file))) == len(newest["aggregates"]["running"]["rows"])


def test_an_unknown_suffix_is_refused_before_anything_runs(vptop: Command) -> None:
    told = vptop("run", "--seconds", "1", "--export", "a.cvs", VPTOP)
    assert (told.returncode, told.stdout) == (2, "")
    assert "a.cvs" in told.stderr


def test_a_file_that_cannot_be_written_is_told_and_the_others_are_written(vptop: Command, tmp_path: Path) -> None:
    told = vptop("run", "--seconds", "1", "--export", "nowhere/a.csv", "--export", "b.csv", VPTOP)
    assert (told.returncode, told.stderr) == (1, "vptop: nowhere/a.csv: No such file or directory\n")
    assert (tmp_path / "b.csv").stat().st_size

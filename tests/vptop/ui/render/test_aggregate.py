# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of an aggregate's table."""

from __future__ import annotations

from tests.vptop.ui.fakes import which
from vptop.model.keytext import Shown
from vptop.model.moment import Moment
from vptop.ui.render.aggregate import columns


def cells(moment: Moment, name: str) -> list[dict[str, str]]:
    """The first rows of an aggregate by the titles of its columns."""
    aggregate_id = which(name)
    measured = moment.measured(aggregate_id)
    assert measured is not None
    made = columns(measured, Shown.of(moment, aggregate_id), (), None, lambda row, frames: [row.rate] * frames)
    return [{column.title: column.cell(row) for column in made} for row in map(measured.__getitem__, range(2))]


def test_vectors_are_named_and_numbers_shortened(moment: Moment) -> None:
    first, _ = cells(moment, "running")
    assert first["VECTOR"].startswith("0x20 timer")
    assert first["NAME"] == "idle"
    assert first["AVG"] == "1"


def test_stacks_are_shown_as_functions(moment: Moment) -> None:
    first, _ = cells(moment, "stacks")
    assert " < " in first["NAME2"]
    assert first["NAME1"] == "cruncher"


def test_one_key_column_takes_the_width_that_is_left(moment: Moment) -> None:
    for name in ("running", "latencies", "latency_us", "stacks"):
        aggregate_id = which(name)
        measured = moment.measured(aggregate_id)
        assert measured is not None
        made = columns(measured, Shown.of(moment, aggregate_id), (), None, lambda row, frames: [row.rate] * frames)
        assert any(column.stretch for column in made)
        assert len({column.id for column in made}) == len(made)

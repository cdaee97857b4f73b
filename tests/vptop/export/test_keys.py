# SPDX-License-Identifier: GPL-2.0-or-later
"""Titles and texts of keys."""

from __future__ import annotations

from engine.probes.frame import AggregateId
from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import aggregate, ones
from vptop.export.keys import headings, keys

DATA = aggregate([ones((46,), ("reader",), 1)])


def test_keys_are_called_as_the_script_calls_them() -> None:
    moment = moment_of()
    assert headings(moment, AggregateId("vptop.vp", "running"), DATA) == ["integer1", "string1"]
    moment.session.set_source("vptop.vp", "; @view running keys=irq:hex,process\n(defaggr running 1 1)")
    assert headings(moment, AggregateId("vptop.vp", "running"), DATA) == ["irq", "process"]


def test_integers_are_hexadecimal() -> None:
    assert keys(next(iter(DATA))) == ["0x2e", "reader"]

# SPDX-License-Identifier: GPL-2.0-or-later
"""The process that checks scripts, from within."""

from __future__ import annotations

from vptop.source.check_worker import findings, prelude_of
from vptop.source.checking import Surroundings


def test_hints_are_checked_too() -> None:
    *_, last = findings("a.vp", "; @view nothing as=hist\n(vprobe VMM1Hz (logint 1))")
    assert last.places is not None
    assert [place.code for place in last.places] == ["W901"]


def test_symbols_that_cannot_be_read_are_none() -> None:
    assert prelude_of(Surroundings()) is None
    prelude = prelude_of(Surroundings("(defun f () 1)", "/nowhere/symbols"))
    assert prelude is not None
    assert not prelude.addresses

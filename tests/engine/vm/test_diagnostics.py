# SPDX-License-Identifier: GPL-2.0-or-later
"""Diagnostics as clients get them."""

from __future__ import annotations

from engine.vm.diagnostics import places_of
from engine.vp import compile_script

BAD = "(definteger count)\n(vprobe In (setint cuont 1))\n"


def test_a_diagnostic_keeps_place_source_and_suggestion() -> None:
    diagnostics = compile_script(BAD, "bad.vp").diagnostics
    (place,) = places_of(diagnostics)
    assert (place.file, place.line, place.column, place.severity) == ("bad.vp", 2, 20, "error")
    assert place.source_line == "(vprobe In (setint cuont 1))"
    assert place.suggestions == ("count",)
    assert place.message == diagnostics[0].message


def test_a_fix_says_what_to_put_where() -> None:
    (place,) = places_of(compile_script(BAD, "bad.vp").diagnostics)
    if place.fix is not None:
        assert (place.fix.line, place.fix.column, place.fix.text) == (2, 20, "count")
    found = [p.fix for p in places_of(compile_script('(vprobe In (printf "a")', "open.vp").diagnostics)]
    assert any(fix is not None and fix.text for fix in [*found, place.fix])

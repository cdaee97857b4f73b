# SPDX-License-Identifier: GPL-2.0-or-later
"""Sequences of expressions."""

from __future__ import annotations

from engine.emmett.analysis.nodes import Form, Number, Word, sequence
from engine.emmett.syntax.location import Location
from engine.vp.diagnostics.source import SourceText

AT = Location(SourceText("a", "x"), 0, 1)


def test_a_sequence_is_as_small_as_it_can_be() -> None:
    one, two = Word("a", AT), Word("b", AT)
    assert sequence([], AT) == Number(1, AT)
    assert sequence([one], AT) == one
    assert sequence([one, two], AT) == Form("do", (one, two), AT)

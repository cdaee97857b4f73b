# SPDX-License-Identifier: GPL-2.0-or-later
"""Places of code."""

from __future__ import annotations

from tests.engine.vp.compiling import program_of


def test_each_offset_has_the_place_that_begins_at_or_before_it() -> None:
    program = program_of("(vprobe VMM1Hz\n  (logint RAX)\n  (logint RBX))\n")
    lines = [place.span.line for offset in range(len(program.code)) if (place := program.place(offset)) is not None]
    assert lines == sorted(lines)
    assert set(lines) == {2, 3}
    assert program.place(-1) is None

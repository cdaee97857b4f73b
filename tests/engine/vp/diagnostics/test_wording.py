# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers in sentences."""

from __future__ import annotations

from engine.vp.diagnostics.wording import count


def test_a_number_agrees_with_its_noun() -> None:
    assert [count(number, "argument") for number in (0, 1, 2)] == ["no arguments", "1 argument", "2 arguments"]

# SPDX-License-Identifier: GPL-2.0-or-later
"""The nearest known names."""

from __future__ import annotations

import pytest

from engine.vp.diagnostics.nearest import nearest

KNOWN = ["RIP", "getguest", "getgueststr", "getguestphys", "dump-stack-32", "printf", "sprintf"]


@pytest.mark.parametrize(
    ("name", "first"),
    [("rip", "RIP"), ("getgest", "getguest"), ("print-stack-32", "dump-stack-32"), ("prinft", "printf")],
)
def test_the_most_similar_name_comes_first(name: str, first: str) -> None:
    assert nearest(name, KNOWN)[0] == first


@pytest.mark.parametrize("name", ["", "x", "elephant"])
def test_nothing_is_near_to_other_words(name: str) -> None:
    assert nearest(name, KNOWN) == ()


def test_there_are_at_most_three() -> None:
    assert len(nearest("name", [f"name{number}" for number in range(9)])) == 3

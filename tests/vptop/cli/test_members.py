# SPDX-License-Identifier: GPL-2.0-or-later
"""How members are declared."""

from __future__ import annotations

import pytest

from vptop.cli.members import integer


@pytest.mark.parametrize(
    ("size", "count", "form"),
    [
        (1, 1, "char %s"),
        (2, 1, "short %s"),
        (4, 3, "int %s[3]"),
        (8, 1, "long %s"),
        (1, 16, "char %s[16]"),
        (12, 2, "char %s[24]"),
    ],
)
def test_numbers_by_size(size: int, count: int, form: str) -> None:
    assert integer(size, count) == form

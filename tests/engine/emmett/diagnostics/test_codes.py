# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of diagnostics."""

from __future__ import annotations

import re

import pytest

from engine.emmett.diagnostics.codes import CODES


@pytest.mark.parametrize("code", CODES)
def test_rows_are_complete_and_examples_end_their_lines(code: str) -> None:
    row = CODES[code]
    assert re.fullmatch(r"[EW]6\d\d", row.code)
    assert row.title
    assert row.title[0].islower() or row.title.startswith("`")
    assert row.explanation.endswith(".")
    assert row.example.endswith("\n")

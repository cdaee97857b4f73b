# SPDX-License-Identifier: GPL-2.0-or-later
"""The table of diagnostics. Its examples are compiled in tests/engine/vp/corpus."""

from __future__ import annotations

import re

from engine.vp.diagnostics.codes import CODES, severity_of
from engine.vp.diagnostics.diagnostic import Severity


def test_each_code_tells_its_severity_and_has_words() -> None:
    for code, row in CODES.items():
        assert re.fullmatch(r"[EW]\d{3}", code)
        assert severity_of(code) is (Severity.WARNING if code[0] == "W" else Severity.ERROR)
        assert row.title
        assert row.title[0].islower() or row.title[0] == "`"
        assert row.explanation.endswith(".")


def test_titles_are_distinct() -> None:
    assert len({row.title for row in CODES.values()}) == len(CODES)

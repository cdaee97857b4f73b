# SPDX-License-Identifier: GPL-2.0-or-later
"""No probe point and no variable is without its test."""

from __future__ import annotations

import importlib
from pathlib import Path

from engine.vp.tables.probes import POINTS
from engine.vp.tables.variables import VARIABLES
from tests.engine.probes.small import COVERED


def test_each_has_a_test() -> None:
    """By what the tests of this folder say they cover."""
    for path in sorted(Path(__file__).parent.glob("test_*.py")):
        importlib.import_module(f"tests.engine.probes.{path.stem}")
    assert {*POINTS, *VARIABLES} == COVERED

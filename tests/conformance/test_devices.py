# SPDX-License-Identifier: GPL-2.0-or-later
"""The devices of suites, as a test kernel finds them."""

from __future__ import annotations

from pathlib import Path

from engine.vm.conformance.runner import Case, run
from tests.conformance.building import build


def test_a_kernel_finds_the_devices_that_suites_expect(tmp_path: Path) -> None:
    result = run(Case(str(build("devices", tmp_path))), 1.0)
    assert (result.verdict, result.failures) == ("pass", ())
    assert result.passed == 11

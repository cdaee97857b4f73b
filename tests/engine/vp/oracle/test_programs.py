# SPDX-License-Identifier: GPL-2.0-or-later
"""Random programs do the same in the compiler and core as in the oracle, to the byte."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings

from tests.engine.vp.oracle.players import play_in_core, play_in_oracle
from tests.engine.vp.oracle.programs import programs
from tests.engine.vp.oracle.scene import parse_scene


@settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(programs())
def test_core_and_oracle_agree(source: str) -> None:
    expected = play_in_oracle(source, parse_scene(source))
    assert play_in_core(source, parse_scene(source)) == expected

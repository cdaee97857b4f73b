# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks as samples."""

from __future__ import annotations

from tests.vptop.export.moments import moment_of
from vptop.export.samples import profiles


def test_only_aggregates_with_stacks_are_profiles() -> None:
    (profile,) = profiles(moment_of())
    assert profile.label == "stacks"
    assert (("idle", "0xffffffff80005050"), 30) in profile.samples

# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks as samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.vptop.export.moments import moment_of
from tests.vptop.ui.fakes import frame
from vptop.export.format import ExportError
from vptop.export.formats import format_of
from vptop.export.samples import merged, profiles


def test_only_aggregates_with_stacks_are_profiles_of_all_that_is_kept() -> None:
    for seconds in (1, 3):
        (profile,) = profiles(moment_of(*(frame(second) for second in range(1, seconds + 1))))
        assert profile.label == "stacks"
        assert (["idle", "0xffffffff80005050"], 30 * seconds) in profile.samples()


def test_a_frame_without_stacks_is_refused_with_what_to_do() -> None:
    for form in (".folded", ".speedscope.json"):
        with pytest.raises(ExportError, match=r"no aggregate holds stacks; load .* such as stacks\.vp"):
            format_of(Path(form)).render(moment_of(frame(1, aggregates={})))


def test_counts_of_equal_stacks_are_summed() -> None:
    assert [*merged([("b", 1), ("a", 2), ("b", 3)]).items()] == [("b", 4), ("a", 2)]

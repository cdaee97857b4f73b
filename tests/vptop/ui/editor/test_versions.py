# SPDX-License-Identifier: GPL-2.0-or-later
"""Versions and their differences."""

from __future__ import annotations

from vptop.ui.editor.versions import changed_lines, diff


def test_added_and_removed_lines_are_counted() -> None:
    assert changed_lines("a\nb\nc", "a\nB\nc\nd") == (2, 1)
    assert changed_lines("a", "a") == (0, 0)


def test_a_diff_shows_what_only_one_side_has() -> None:
    shown = diff("a\nold\nc", "a\nnew\nc").plain.split("\n")
    assert shown == ["@@ -1,3 +1,3 @@", " a", "-old", "+new", " c"]
    assert diff("a", "a").plain == "no difference"


def test_guest_text_in_a_diff_stays_harmless() -> None:
    assert "\x1b" not in diff("", "\x1b[31mred [bold]").plain

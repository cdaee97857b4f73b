# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_stacks_fold_flat_and_inverted() -> None:
    async def test(d: Driven) -> None:
        await d.press("5")
        tree = d.screen()
        await d.press("T")
        flat = d.screen()
        await d.press("T", "i")
        assert tree != flat
        assert d.screen() not in (tree, flat)

    drive(test)

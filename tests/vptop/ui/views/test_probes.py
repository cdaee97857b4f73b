# SPDX-License-Identifier: GPL-2.0-or-later
"""Probes."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_probes_lead_to_their_line_in_the_editor() -> None:
    async def test(d: Driven) -> None:
        await d.press("6", "enter")
        assert d.app.view == "edit"

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""The reference of names."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive


def test_the_reference_lists_what_scripts_can_name_and_filters_it() -> None:
    async def test(d: Driven) -> None:
        await d.press("f3")
        await d.shows("Once a guest second")
        await d.press(*"disk_*")
        await d.shows("At the start of disk I/O. ARG0: adapter type.")
        assert "Once a guest second" not in d.screen()
        await d.press("down", "enter")
        await d.shows("Disk_IOFinish is in the clipboard")

    drive(test)


def test_in_the_editor_a_name_of_the_reference_is_typed() -> None:
    async def test(d: Driven) -> None:
        await d.press("e")
        await d.press("f3", *"kernelgs", "enter")
        await d.shows("KERNELGSBASE")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)

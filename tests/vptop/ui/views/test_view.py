# SPDX-License-Identifier: GPL-2.0-or-later
"""What every view does."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.views import VIEWS
from vptop.ui.views.view import View, Zoom


def view(d: Driven, name: str) -> View:
    return d.app.query_one(f"#{name}", View)


def zoom_of(d: Driven, name: str) -> Zoom:
    return view(d, name).zoomed


def test_ids_and_titles_are_unique() -> None:
    for names in ([row.id for row in VIEWS], [row.title for row in VIEWS], [row.short for row in VIEWS]):
        assert len(names) == len(set(names))


def test_one_panel_can_have_all_the_room() -> None:
    async def test(d: Driven) -> None:
        shown = view(d, "overview")
        first, second, *_ = shown.panels
        shown.zoom(second)
        await d.pilot.pause()
        assert shown.zoomed
        assert list(shown.panels) == [second]
        shown.zoom(None)
        await d.pilot.pause()
        assert not shown.zoomed
        assert list(shown.panels)[:2] == [first, second]

    drive(test)


def test_a_panel_of_another_view_is_not_zoomed() -> None:
    async def test(d: Driven) -> None:
        shown = view(d, "overview")
        (other,) = view(d, "irq").panels
        shown.zoom(other)
        assert not shown.zoomed

    drive(test)


def test_focus_goes_to_the_panel_used_last_or_to_the_first() -> None:
    async def test(d: Driven) -> None:
        for row in VIEWS:
            if row.id != "edit":
                d.app.show_view(row.id)
                await d.pilot.pause()
                shown = view(d, row.id)
                first, last = shown.panels[0], shown.panels[-1]
                shown.take_focus(last)
                assert d.app.focused is last
                shown.take_focus(None)
                assert d.app.focused is first

    drive(test)


def test_tab_goes_through_all_panels_also_those_that_the_screen_has_no_place_for() -> None:
    async def test(d: Driven) -> None:
        shown = view(d, "latency")
        await d.press("4")
        assert [panel.id for panel in shown.panels] == ["latency-chart"]
        await d.shows("Tab 1/5")
        seen = []
        for _ in range(5):
            await d.press("tab")
            (panel,) = shown.panels
            assert d.app.focused is panel
            seen.append(panel.id)
        assert seen == ["latency-heat", "latency-buckets", "latency-keys", "latency-slowest", "latency-chart"]
        assert not shown.zoomed
        await d.press("shift+tab")
        await d.shows("Tab 5/5")
        await d.press("escape")
        assert not shown.zoomed
        assert [panel.id for panel in shown.panels] == ["latency-chart"]

    drive(test, (40, 10))


def test_tab_stays_with_the_zoom_that_the_person_chose() -> None:
    async def test(d: Driven) -> None:
        shown = view(d, "guest")
        await d.press("9", "z", "tab")
        assert shown.zoomed
        assert [panel.id for panel in shown.panels] == ["guest-vcpus"]
        await d.press("z")
        assert len(shown.panels) == 5
        await d.press("tab")
        assert not shown.zoomed
        assert d.app.focused is not None
        assert d.app.focused.id == "guest-screen"

    drive(test)


def test_a_panel_grows_to_half_of_the_view_to_all_of_it_and_back() -> None:
    async def test(d: Driven) -> None:
        shown = view(d, "guest")
        d.app.show_view("guest")
        d.app.action_resize(1)  # before the view has been laid out
        await d.pilot.pause()
        first, *others = shown.panels
        assert shown.zoomed is Zoom.HALF
        assert first.has_class("-zoomed")
        assert first.outer_size == (60, shown.size.height)
        assert len(others) == 4
        assert all(panel.region.x >= 60 and panel.outer_size.height > 2 for panel in others)
        await d.press("tab")
        assert others[0].has_class("-zoomed")
        await d.press("plus")
        assert zoom_of(d, "guest") is Zoom.FULL
        await d.press("plus")
        assert zoom_of(d, "guest") is Zoom.NONE
        await d.press("_", "_")
        assert zoom_of(d, "guest") is Zoom.HALF

        await d.pilot.resize_terminal(80, 24)  # the others no longer fit into the other half
        await d.until(lambda: zoom_of(d, "guest") is Zoom.FULL)
        assert list(shown.panels) == [others[0]]
        await d.press("_")
        assert zoom_of(d, "guest") is Zoom.NONE

        await d.press("3", "plus")  # a panel alone in its view has no half size
        assert zoom_of(d, "irq") is Zoom.FULL

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""A dashboard that opens as it was left."""

from __future__ import annotations

from pathlib import Path

from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import which
from vptop.model.last_session import LastSession, read
from vptop.model.settings import Settings
from vptop.ui.restoring import restore
from vptop.ui.views.aggregates import AggregatePanel
from vptop.ui.views.overview import Overview


def test_view_theme_filter_and_order_come_back(tmp_path: Path) -> None:
    state = tmp_path / "state" / "session.json"

    async def leave(d: Driven) -> None:
        d.app.theme = "vptop-light"
        await d.press("6")
        await d.type("/Guest_IRQ\n")
        await d.press("full_stop", "q")

    async def come_back(d: Driven) -> None:
        await d.shows("/Guest_IRQ")
        assert (d.app.view, d.app.theme) == ("probes", "vptop-light")
        assert d.app.panel is not None
        assert getattr(d.app.panel, "sort") == sort  # noqa: B009

    drive(leave, state=state)
    (kept,) = read(state).panels.values()
    from vptop.ui.render.columns import Sort

    sort = Sort(kept.sort, kept.reverse)
    assert kept.filter == "Guest_IRQ"
    drive(come_back, state=state)


def test_a_filter_of_latencies_comes_back_in_all_their_panels(tmp_path: Path) -> None:
    state = tmp_path / "session.json"

    async def leave(d: Driven) -> None:
        await d.press("4")
        await d.type("/nobody\n")
        await d.press("q")

    async def come_back(d: Driven) -> None:
        await d.until(lambda: d.screen().count("nothing of ‹nobody›") == 5, "in each panel")

    drive(leave, (160, 50), state=state)
    drive(come_back, (160, 50), state=state)


def test_a_filter_that_a_lead_made_does_not_come_back(tmp_path: Path) -> None:
    state = tmp_path / "session.json"

    async def leave(d: Driven) -> None:
        await d.press("2")
        await d.type("/hanoi\n")
        await d.press("3", "enter", "enter")
        await d.until(lambda: d.app.view == "aggregates", "the rows of a process")
        assert d.app.panel is not None
        assert d.app.panel.filter.text == "idle"
        await d.press("q")

    drive(leave, state=state)
    assert [kept.filter for kept in read(state).panels.values() if kept.filter] == ["hanoi"]


def test_aggregate_columns_span_and_zoom_come_back(tmp_path: Path) -> None:
    state = tmp_path / "session.json"

    async def leave(d: Driven) -> None:
        await d.press("V", "2", "a", "a", "w", "K", "z", "b", "d", "q")

    async def come_back(d: Driven) -> None:
        await d.until(lambda: d.app.active_view.zoomed)
        panel = d.app.query_one("#aggregate-table", AggregatePanel)
        assert panel.chosen == which("latency_us")
        assert (panel.frames, panel.choice.hidden) == (10, frozenset({"key1"}))
        assert panel.sort.column != "delta"  # nothing is compared any more
        await d.shows("3 s · 9 rows")
        assert "over-console" in d.app.query_one(Overview).hidden

    drive(leave, state=state)
    drive(come_back, state=state)


def test_settings_come_before_the_last_session(tmp_path: Path) -> None:
    state = tmp_path / "session.json"
    state.write_text('{"theme": "vptop-light", "view": "irq", "panels": {"probes/probes": {"filter": "re:("}}}')

    async def test(d: Driven) -> None:
        assert (d.app.view, d.app.theme) == ("stacks", "vptop-contrast")

    async def fresh(d: Driven) -> None:
        assert (d.app.view, d.app.theme) == ("overview", "vptop-dark")

    drive(test, settings=Settings(view="stacks", theme="vptop-contrast"), state=state)
    drive(fresh, settings=Settings(restore=False), state=state.with_name("none.json"))


def test_a_session_that_ended_in_the_editor_opens_elsewhere(tmp_path: Path) -> None:
    async def leave(d: Driven) -> None:
        await d.press("8", "ctrl+q")

    drive(leave, state=tmp_path / "session.json")
    assert read(tmp_path / "session.json").view == ""


def test_what_is_wrong_with_the_settings_is_shown(tmp_path: Path) -> None:
    async def test(d: Driven) -> None:
        await d.app.workers.wait_for_complete()
        d.app.say_problems()
        await d.shows("settings.toml:3: unknown setting `them` (and 1 more; `vptop settings` lists them)")

    problems = ["settings.toml:3: unknown setting `them`"]
    drive(test, settings=Settings(view="irk"), state=tmp_path / "session.json", problems=problems)


def test_a_session_without_a_choice_of_columns_leaves_those_that_the_script_hints() -> None:
    async def test(d: Driven) -> None:
        session = d.app.session
        session.set_source("vptop.vp", "; @view running keys=-vector:hex,process\n" + session.sources["vptop.vp"])
        await d.frames(4)
        panel = d.app.query_one("#over-aggregates", AggregatePanel)
        panel.choose(which("running"))
        await d.frames(5)
        assert panel.choice.hidden == {"key0"}
        restore(d.app, LastSession(), Settings())
        assert panel.choice.hidden == {"key0"}

    drive(test)

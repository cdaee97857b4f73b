# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard as people use it: keys in, screen out."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from engine.vm.protocol import FrameMessage, Reply
from tests.vptop.ui.driving import Driven, drive
from tests.vptop.ui.fakes import SCRIPTS, aggregate, frame, ones
from vptop.ui.actions import ACTIONS, VIEW_TITLES, VIEWS, Where

SIZES = [(120, 40), (80, 24), (160, 50)]


@pytest.mark.parametrize("size", SIZES)
def test_the_overview_shows_interrupts_latency_and_stacks(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for text in ("IRQ top by process", "cruncher", "Disk latency", "Guest stacks"):
            await d.shows(text)
        assert all(len(line) <= size[0] for line in d.screen().splitlines())

    drive(test, size)


@pytest.mark.parametrize("size", SIZES)
def test_every_view_opens_by_its_digit(size: tuple[int, int]) -> None:
    async def test(d: Driven) -> None:
        for digit, view in enumerate(VIEWS, start=1):
            await d.press(str(digit))
            assert d.app.view == view
            assert d.screen().strip()
            if view == "edit":
                await d.press("escape")

    drive(test, size)


def test_the_top_follows_the_frames() -> None:
    async def test(d: Driven) -> None:
        await d.press("3")
        await d.shows("292.0 irq/s")
        d.source.send(FrameMessage(frame(4, aggregates={"running": aggregate([ones((32,), ("newcomer",), 777)])})))
        await d.shows("newcomer")
        await d.shows("777.0")

    drive(test)


def test_devices_stand_over_their_counts() -> None:
    """Totals, and how many each second."""

    async def test(d: Driven) -> None:
        await d.press("9")
        await d.frames(4, 5)
        await d.shows("4060")
        lines = [line.split("│")[-2].rstrip() for line in d.screen().splitlines() if "│" in line]
        at = lines.index("disk")
        assert [line.split() for line in lines[at + 1 : at + 3]] == [
            ["sectors", "read", "4060", "812.0/s"],
            ["interrupts", "305", "61.0/s"],
        ]

    drive(test, SIZES[-1])


def test_busy_vectors_keep_their_columns() -> None:
    """Those that interrupt seldom go first where there is little room."""
    rows = [ones((vector,), ("swapper",), count) for vector, count in ((33, 1), (36, 2), (40, 3), (43, 90), (46, 80))]

    async def test(d: Driven) -> None:
        for second in (4, 5):
            d.source.send(FrameMessage(frame(second, aggregates={"running": aggregate(rows)})))
        await d.shows("176.0 irq/s")
        heading = next(line for line in d.screen().splitlines() if "IRQ/S" in line)
        assert "NETWORK" in heading
        assert "KEYBOARD" not in heading

    drive(test, SIZES[0])


def test_freeze_keeps_the_second_and_live_returns() -> None:
    async def test(d: Driven) -> None:
        await d.press("space")
        await d.shows("FROZEN")
        await d.frames(4, 5)
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 3.0
        await d.press("left_square_bracket")
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 2.0
        await d.press("space")
        await d.shows("LIVE")
        shown = d.app.session.timeline.shown
        assert shown is not None
        assert shown.guest_seconds == 5.0

    drive(test)


def test_filter_restricts_rows_and_escape_lifts_it() -> None:
    async def test(d: Driven) -> None:
        await d.press("2")
        await d.shows("reader")
        await d.press("slash")
        await d.type("cruncher")
        await d.press("enter")
        assert "reader" not in d.screen()
        assert "cruncher" in d.screen()
        await d.press("escape")
        await d.shows("reader")

    drive(test)


def test_a_filter_that_cannot_be_read_is_told_and_changes_nothing() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "slash")
        await d.type("re:[")
        await d.shows("▲")
        assert d.app.panel is not None
        assert d.app.panel.rows

    drive(test)


def test_sort_by_another_column_and_reverse() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "comma")
        names = _processes(d)
        await d.press("r")
        assert _processes(d) == names[::-1]

    drive(test)


def _processes(d: Driven) -> list[str]:
    known = ("idle", "cruncher", "reader", "writer", "faulter", "hanoi", "kdisk")
    words = [line.replace("▶", " ").split() for line in d.screen().splitlines()]
    return [word for line in words for word in line[1:2] if word in known]


def test_sort_picker() -> None:
    async def test(d: Driven) -> None:
        await d.press("3", "s")
        await d.shows("Sort")
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_zoom_shows_one_panel() -> None:
    async def test(d: Driven) -> None:
        await d.press("z")
        await d.until(lambda: "Guest stacks" not in d.screen())
        await d.press("z")
        await d.shows("Guest stacks")

    drive(test)


@pytest.mark.parametrize("format_number", [0, 1, 2])
def test_export_writes_what_is_shown(format_number: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    async def test(d: Driven) -> None:
        await d.press("x")
        await d.shows("Export frame")
        await d.press(*["down"] * format_number, "enter")
        await d.until(lambda: bool(list(tmp_path.iterdir())), "a file")
        (path,) = tmp_path.iterdir()
        text = path.read_text()
        if format_number == 0:
            assert json.loads(text)["aggregates"]["running"]["rows"]
        elif format_number == 1:
            assert any("cruncher" in row for row in csv.reader(text.splitlines()))
        else:
            assert 'running[0x20,"cruncher"] == avg 1 count' in text

    drive(test)


def test_pause_reset_and_clear_ask_the_machine() -> None:
    async def test(d: Driven) -> None:
        await d.press("p")
        assert d.source.asked[-1] == ("pause",)
        await d.press("R")
        await d.shows("reset button")
        assert d.source.asked[-1] == ("pause",)
        await d.press("y")
        assert d.source.asked[-1] == ("reboot",)
        await d.press("0")
        await d.press("escape")
        assert d.source.asked[-1] == ("reboot",)
        await d.press("0", "y")
        assert d.source.asked[-1] == ("clear",)

    drive(test)


def test_a_dead_machine_is_told_and_started_again() -> None:
    async def test(d: Driven) -> None:
        d.source.die()
        await d.shows("ended by SIGKILL")
        await d.shows("last words")
        await d.shows("cruncher")
        await d.press("enter")
        assert d.source.asked[-1] == ("restart", *SCRIPTS)
        await d.until(lambda: "SIGKILL" not in d.screen(), "the banner goes")

    drive(test)


def test_typing_to_the_guest() -> None:
    async def test(d: Driven) -> None:
        await d.press("9", "i")
        await d.type("ps\n")
        assert "".join(text for kind, text in d.source.asked if kind == "keys").startswith("ps")
        await d.press("ctrl+right_square_bracket", "1")
        assert d.app.view == "overview"

    drive(test)


def test_guest_text_cannot_drive_the_terminal_or_the_markup() -> None:
    async def test(d: Driven) -> None:
        nasty = "\x1b[31mred[bold]x[/bold]\x07"
        rows = aggregate([ones((32,), (nasty,), 99)])
        d.source.send(FrameMessage(frame(4, aggregates={"running": rows}, log=nasty + "\n", console=nasty + "\n")))
        for view in ("1", "2", "3", "7", "9"):
            await d.press(view)
            assert "\x1b" not in d.screen()
            assert "\x07" not in d.screen()
            assert "[bold]x" in d.screen() or view != "2"

    drive(test)


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


def test_help_lists_every_key_of_the_place() -> None:
    async def test(d: Driven) -> None:
        await d.press("question_mark")
        await d.shows("Keys that work here")
        assert "freeze the view" in d.screen()
        await d.press("escape")
        assert d.app.screen is d.app.screen_stack[0]

    drive(test)


def test_the_palette_knows_the_actions() -> None:
    names = {action.id for action in ACTIONS if action.where is Where.APP}

    async def test(d: Driven) -> None:
        offered = {command.help for command in d.app.get_system_commands(d.app.screen)}
        assert names - offered <= {"palette", "vm.restart"}

    drive(test)


def test_no_two_actions_of_a_scope_share_a_key() -> None:
    for where in Where:
        keys = [key for action in ACTIONS if action.where is where for key in action.keys.split(",")]
        assert len(keys) == len(set(keys)), where


def test_resizing_while_it_runs() -> None:
    async def test(d: Driven) -> None:
        for size in ((80, 24), (40, 12), (20, 5), (200, 60), (120, 40)):
            await d.pilot.resize_terminal(*size)
            await d.pilot.pause()
            assert len(d.screen().splitlines()) == size[1]
        await d.shows("IRQ top by process")

    drive(test)


def test_tabs_by_mouse() -> None:
    async def test(d: Driven) -> None:
        line = d.screen().splitlines()[1]
        await d.pilot.click(offset=(line.index(VIEW_TITLES[2]) + 1, 1))
        assert d.app.view == VIEWS[2]

    drive(test)


def test_failures_of_requests_are_told() -> None:
    async def test(d: Driven) -> None:
        d.source.answer = Reply(1, ok=False, message="the disk is on fire")
        await d.press("p")
        await d.shows("the disk is on fire")

    drive(test)


def test_scrolling_and_paging_keep_the_cursor_in_sight() -> None:
    async def test(d: Driven) -> None:
        await d.press("2", "G")
        assert d.app.panel is not None
        assert d.app.panel.cursor == len(d.app.panel.rows) - 1
        await d.press("g", "j", "j", "k")
        assert d.app.panel.cursor == 1

    drive(test)


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


def test_probes_lead_to_their_line_in_the_editor() -> None:
    async def test(d: Driven) -> None:
        await d.press("6", "enter")
        assert d.app.view == "edit"

    drive(test)

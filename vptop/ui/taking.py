# SPDX-License-Identifier: GPL-2.0-or-later
"""Taking what the dashboard shows away: files, the clipboard, pictures, the last screen as text."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property, partial
from itertools import islice
from pathlib import Path

from rich.text import Text
from textual import on, work

from vptop.export.parts import encoded
from vptop.export.picture import png, portable
from vptop.model.moment import Moment
from vptop.ui.actions import key_of
from vptop.ui.copying import Copying
from vptop.ui.dialogs.export import ExportScreen, choices_of
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.exporting import TOO_LONG, Choice, Export, Exported, Exporter
from vptop.ui.picturing import Picture
from vptop.ui.render.numbers import counted
from vptop.ui.scripts import ScriptShell
from vptop.ui.widgets.lines import LinePanel

TERMINAL = "(OSC 52; the terminal must allow it)"
MOST_PRINTED = 500
"""Rows of a panel that are left on the terminal at most."""


class TakingShell(ScriptShell):
    """A dashboard whose contents can be written to files and copied."""

    _last: Export | None = None
    """what was exported last"""

    @cached_property
    def exporter(self) -> Exporter:
        """Makes the exports."""
        return Exporter(self.post_message)

    # --- files ---

    def action_export(self) -> None:
        """Write the moment shown to a file."""
        if self._is_exporting():
            return
        if (moment := self.session.moment()) is None:
            self.say("nothing to export yet", "warn")
            return
        moment, picture = moment.detached(), self._picture()
        dialog = ExportScreen(moment, self._choices(moment, picture), self._missing)
        self.push_screen(dialog, self._export)
        dialog.call_after_refresh(picture.read)  # the dialog is painted first

    def action_export_again(self) -> None:
        """Export the moment shown as the last one was: a file that vptop named gets a new name, another is replaced."""
        last, moment = self._last, self.session.moment()
        if self._is_exporting():
            return
        if last is None or moment is None:
            self.say(f"nothing was exported yet; {key_of(self, 'export')} exports", "warn")
            return
        moment = moment.detached()
        choice = next((one for one in self._choices(moment, self._picture()) if one.title == last.choice.title), None)
        if choice is None:
            self.say(f"cannot export: this panel has no rows for {last.choice.title}", "warn")
            return
        self._export(last.again(moment, choice))

    def _is_exporting(self) -> bool:
        """There is one export at a time: while one is being made, ask whether to give it up."""
        if (running := self.exporter.running) is not None:
            made = f"{counted(self.exporter.made, 'byte')} of it are made"
            question = f"{running.name} is still being exported;\n{made}. Give it up?"
            self.confirm("Export", question, self.exporter.give_up)
        return running is not None

    def _choices(self, moment: Moment, picture: Picture) -> list[Choice]:
        """Formats of the moment, of the panel, and of the screen."""
        panel = self.panel
        table = replace(panel.table(), heading=panel.told()) if panel is not None and panel.rows else None
        return [*choices_of(moment, table), *_pictures(picture)]

    @property
    def _missing(self) -> str:
        """Why there are no formats of the panel; empty: there are."""
        if (panel := self.panel) is None:
            return "this view has no rows"
        return "" if panel.rows else f"{panel.title_text()} has no rows"

    def _picture(self) -> Picture:
        """The screen as it is now."""
        return Picture(self, f"vptop: {self.view}")

    def _export(self, export: Export | None) -> None:
        if export is not None and self.exporter.start(export):
            self.say(f"exporting {export.name}…")

    @on(Exported)
    def _was_exported(self, event: Exported) -> None:
        export = event.export
        if event.trouble:
            place = f" to {export.path.parent}" if export.path else ""
            self.say(f"cannot export{place}: {event.trouble}", "bad")
            return
        self._last = export
        if export.path is None:
            self.copy_to_clipboard(event.text)
            self.say(f"copied {len(event.text)} characters {TERMINAL}", "good")
        else:
            if self.is_web:
                self.deliver_binary(export.path)
            done = "wrote, and sent to the browser:" if self.is_web else "wrote"
            self.say(f"{done} {export.path} ({event.size} bytes)", "good")

    def on_unmount(self) -> None:
        """An export that is not ready is given up."""
        self.exporter.end()

    def action_picture(self) -> None:
        """Save the screen as SVG."""
        if not self._is_exporting():
            picture, _ = _pictures(self._picture())
            self._export(Export(picture, Path.cwd() / f"vptop-{self.view}.svg", is_suggested=False))

    # --- the clipboard ---

    def action_copy(self) -> None:
        """Copy the panel as text, through the terminal (OSC 52)."""
        if (panel := self.panel) is not None and panel.rows:
            copying = Copying(panel.copy_lines(), panel.heading, len(panel.rows))
            if copying.go_on():
                self._copy(copying)
            else:
                self.say(f"copying {counted(copying.rows, 'row')} of {copying.heading}…")
                self._copy_later(copying)

    @work(exclusive=True, group="copy")
    async def _copy_later(self, copying: Copying) -> None:
        while not copying.go_on():
            await asyncio.sleep(0)
        self._copy(copying)

    def _copy(self, copying: Copying) -> None:
        rows = f"{counted(copying.rows, 'row')} of {copying.heading}"
        if copying.is_too_long:
            self.say(f"cannot copy {rows}: {TOO_LONG} ({key_of(self, 'export')})", "bad")
        else:
            self.copy_to_clipboard(copying.text)
            self.say(f"copied {rows} {TERMINAL}", "good")

    def action_copy_part(self) -> None:
        """Let the person choose a part of the row under the cursor, and copy it."""
        panel = self.panel
        if panel is None or not (parts := [*panel.copies()]):
            self.say("no row to copy", "warn")
            return

        def copy(picked: str | None) -> None:
            if picked is not None:
                name, text = parts[int(picked)]
                self.copy_to_clipboard(text)
                self.say(f"copied {name}: {_seen(text)} {TERMINAL}", "good")

        width = max(len(name) for name, _ in parts)
        choices = [(str(at), f"{name:<{width}}  {_seen(text)}") for at, (name, text) in enumerate(parts)]
        self.push_screen(PickScreen("Copy", choices), copy)

    # --- the end ---

    def quit_with(self, end: Callable[[], None]) -> None:
        """End that way; while an export is being made, ask first."""
        if (running := self.exporter.running) is None:
            super().quit_with(end)
            return
        question = f"{running.name} is still being exported.\nQuit without it?"
        self.confirm("Quit", question, partial(super().quit_with, end))

    async def action_quit_and_print(self) -> None:
        """Quit, and leave what the view shows on the terminal."""
        text = "\n".join(_printed(panel) for panel in self.active_view.panels if panel.rows)
        self.quit_with(lambda: self.exit(message=Text(text)) if text else self.exit())


def _pictures(picture: Picture) -> tuple[Choice, Choice]:
    """Formats of the screen."""

    def svg() -> str:
        return portable(picture.draw())

    return (
        Choice(".svg", "SVG picture", "the screen as it is", lambda: encoded([svg()])),
        Choice(".png", "PNG picture", "the screen as it is", lambda: iter([png(svg())]), is_text=False),
    )


def _seen(text: str) -> str:
    """A text with tabs on one line of the screen."""
    return text.replace("\t", "  ")


def _printed(panel: LinePanel[object]) -> str:
    """A panel as text, as far as people read on a terminal."""
    most = panel.header_height + MOST_PRINTED
    more = len(panel.rows) - MOST_PRINTED
    rest = [f"… {counted(more, 'more row')}"] if more > 0 else []
    return "".join(f"{line}\n" for line in [panel.told(), *islice(panel.printed_lines(), most), *rest])

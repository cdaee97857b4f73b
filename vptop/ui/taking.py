# SPDX-License-Identifier: GPL-2.0-or-later
"""Taking what the dashboard shows away: files, the clipboard, pictures, the last screen as text."""

from __future__ import annotations

from pathlib import Path

from rich.text import Text

from engine.errors import InputError
from engine.files import write_whole
from vptop.export.picture import png
from vptop.ui.actions import key_of
from vptop.ui.dialogs.export import Choice, Exported, ExportScreen, choices_of
from vptop.ui.dialogs.pick import PickScreen
from vptop.ui.render.numbers import counted
from vptop.ui.scripts import ScriptShell

TERMINAL = "(OSC 52; the terminal must allow it)"


class TakingShell(ScriptShell):
    """A dashboard whose contents can be written to files and copied."""

    _exported: Exported | None = None
    """what was exported last"""

    # --- files ---

    def action_export(self) -> None:
        """Write the moment shown to a file."""
        if (moment := self.session.moment()) is None:
            self.say("nothing to export yet", "warn")
            return
        self.push_screen(ExportScreen(moment, self._choices()), self._was_exported)

    def action_export_again(self) -> None:
        """Export the moment shown as the last one was: a file that vptop named gets a new name, another is replaced."""
        last, moment = self._exported, self.session.moment()
        if last is None or moment is None:
            self.say(f"nothing was exported yet; {key_of(self, 'export')} exports", "warn")
            return
        choice = next((one for one in self._choices() if one.title == last.title), None)
        if choice is None:
            self.say(f"cannot export: this panel has no rows for {last.title}", "warn")
            return
        try:
            self._was_exported(last.again(moment, choice, self.copy_to_clipboard))
        except (OSError, InputError) as error:
            place = f" to {last.path.parent}" if last.path else ""
            self.say(f"cannot export{place}: {getattr(error, 'strerror', None) or error}", "bad")

    def _choices(self) -> list[Choice]:
        """Formats of the moment, of the panel, and of the screen."""
        panel, moment = self.panel, self.session.moment()
        table = panel.table() if panel is not None and panel.rows else None
        svg = self.export_screenshot(title=f"vptop: {self.view}")
        return [
            *(choices_of(moment, table) if moment else ()),
            Choice(".svg", "SVG picture", "the screen as it is", svg.encode),
            Choice(".png", "PNG picture", "the screen as it is", lambda: png(svg)),
        ]

    def _was_exported(self, exported: Exported | None) -> None:
        if exported is not None:
            self._exported = exported
            self.say(exported.told, "good")

    def action_picture(self) -> None:
        """Save the screen as SVG."""
        path = Path.cwd() / f"vptop-{self.view}.svg"
        try:
            write_whole(path, [self.export_screenshot(title=f"vptop: {self.view}").encode()])
        except OSError as error:
            self.say(f"cannot write {path}: {error.strerror or error}", "bad")
            return
        self.say(f"wrote {path}", "good")

    # --- the clipboard ---

    def action_copy(self) -> None:
        """Copy the panel as text, through the terminal (OSC 52)."""
        if (panel := self.panel) is not None and panel.rows:
            self.copy_to_clipboard(panel.copy_text())
            rows = counted(len(panel.rows), "row")
            self.say(f"copied {rows} of {panel.heading} {TERMINAL}", "good")

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
                self.say(f"copied {name}: {text} {TERMINAL}", "good")

        width = max(len(name) for name, _ in parts)
        choices = [(str(at), f"{name:<{width}}  {text}") for at, (name, text) in enumerate(parts)]
        self.push_screen(PickScreen("Copy", choices), copy)

    # --- the end ---

    async def action_quit_and_print(self) -> None:
        """Quit, and leave what the view shows on the terminal."""
        panels = [f"{panel.title_text()}\n{panel.copy_text()}" for panel in self.active_view.panels if panel.rows]
        text = "\n".join(panels)
        self.quit_with(lambda: self.exit(message=Text(text)) if text else self.exit())

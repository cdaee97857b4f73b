# SPDX-License-Identifier: GPL-2.0-or-later
"""What to export, in which format, and to which file."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Input, OptionList, Static

from vptop.export.formats import FORMATS, suggested_name
from vptop.export.shown import Table, formats_of
from vptop.model.moment import Moment
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.labelled import Labelled, LabelledList
from vptop.ui.exporting import Choice, Export
from vptop.ui.line_input import LineInput


class ExportScreen(Dialog[Export | None]):
    """Choose a format, accept or change the path. What writes the file comes after.

    Args:
        moment: what is exported.
        choices: the formats.
        missing: why there are no formats of a panel; empty: there are some.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "cancel"),
        Binding("ctrl+y", "copy", "copy", priority=True),
    ]

    def __init__(self, moment: Moment, choices: Sequence[Choice], missing: str = "") -> None:
        super().__init__()
        self._missing = missing
        self._moment = moment
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Formats above, path below, then what went wrong."""
        with Vertical(classes="dialog export") as box:
            box.border_title = Content(f"Export frame {self._moment.frame.frame}")
            box.border_subtitle = Content("↑↓ format · Tab path · Enter writes · Ctrl+Y copies · Esc leaves")
            width = max(len(one.title) for one in self._choices) + 1
            entries = [Labelled(f"{one.title:<{width}}", one.help) for one in self._choices]
            missing = [Labelled(f"{'Panel:':<{width}}{self._missing}")] if self._missing else []
            yield LabelledList([*entries, *missing])
            yield LineInput(self._path(self._choices[0]), id="export-path")
            yield Static("", id="export-trouble")

    def _path(self, choice: Choice) -> str:
        return str(Path.cwd() / suggested_name(self._moment, choice.suffix))

    @property
    def _chosen(self) -> Choice:
        return self._choices[self.query_one(OptionList).highlighted or 0]

    @on(OptionList.OptionHighlighted)
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        """Change the end of the file name, and keep what the person made of the rest."""
        entry, chosen = self.query_one(Input), self._choices[event.option_index]
        path = Path(entry.value or self._path(chosen))
        known = sorted((one.suffix for one in self._choices), key=len, reverse=True)
        old = next((suffix for suffix in known if path.name.endswith(suffix)), path.suffix)
        entry.value = str(path.with_name(path.name.removesuffix(old) + chosen.suffix))

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def _write(self) -> None:
        path = Path(self.query_one(Input).value).expanduser()
        if trouble := trouble_at(path):
            self._explain(f"{path}: {trouble}")
            return
        self.dismiss(Export(self._chosen, path, path.name == suggested_name(self._moment, self._chosen.suffix)))

    def action_copy(self) -> None:
        """Copy it through the terminal instead (OSC 52)."""
        if self._chosen.is_text:
            self.dismiss(Export(self._chosen))
        else:
            self._explain("a picture cannot be copied as text")

    def _explain(self, trouble: str) -> None:
        self.query_one("#export-trouble", Static).update(Content(f"✗ {trouble}"))


def trouble_at(path: Path) -> str:
    """Why a file cannot be written there, as far as that shows before; empty: nothing speaks against it."""
    if path.is_dir():
        return os.strerror(errno.EISDIR)
    if not path.parent.is_dir():
        return os.strerror(errno.ENOTDIR if path.parent.exists() else errno.ENOENT)
    return "" if os.access(path.parent, os.W_OK | os.X_OK) else os.strerror(errno.EACCES)


def choices_of(moment: Moment, table: Table | None) -> list[Choice]:
    """The formats of a moment, and of the rows of a panel; None: there is no panel."""
    of_moment = [Choice(one.suffix, one.title, one.help, partial(one.render, moment)) for one in FORMATS]
    if table is None:
        return of_moment
    told = f"{table.title} as it is shown"
    return [
        *of_moment,
        *(Choice(one.suffix, f"Panel: {one.title}", told, partial(one.render, table)) for one in formats_of(table)),
    ]

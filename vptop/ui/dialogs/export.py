# SPDX-License-Identifier: GPL-2.0-or-later
"""Where and how to write what is shown."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from engine.probes.frame import Frame
from vptop.export.formats import FORMATS, suggested_name, write


class ExportScreen(ModalScreen[str | None]):
    """Choose a format, accept or change the path; the file is written whole or not at all."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "dismiss", "cancel")]

    def __init__(self, frame: Frame) -> None:
        super().__init__()
        self._frame = frame

    def compose(self) -> ComposeResult:
        """Formats above, path below, then what went wrong."""
        with Vertical(classes="dialog export") as box:
            box.border_title = Content(f"Export frame {self._frame.frame}")
            box.border_subtitle = Content("↑↓ format · Tab path · Enter writes · Esc leaves")
            yield OptionList(*(Option(Content(f"{one.title:<13}{one.help}"), id=one.suffix[1:]) for one in FORMATS))
            yield Input(str(Path.cwd() / suggested_name(self._frame, FORMATS[0].suffix)), id="export-path")
            yield Static("", id="export-trouble")

    @on(OptionList.OptionHighlighted)
    def _choose(self, event: OptionList.OptionHighlighted) -> None:
        path = self.query_one(Input)
        path.value = str(
            Path(path.value or suggested_name(self._frame, "")).with_suffix(FORMATS[event.option_index].suffix)
        )

    @on(OptionList.OptionSelected)
    @on(Input.Submitted)
    def _write(self) -> None:
        path = Path(self.query_one(Input).value).expanduser()
        try:
            size = write(path, self._frame)
        except (OSError, ValueError) as error:
            trouble = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
            self.query_one("#export-trouble", Static).update(Content(f"✗ {path}: {trouble}"))
            return
        self.dismiss(f"wrote {path} ({size} bytes)")

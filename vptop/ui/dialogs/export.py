# SPDX-License-Identifier: GPL-2.0-or-later
"""What to export, in which format, and to which file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
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

from engine.errors import InputError
from engine.files import write_whole
from vptop.export.formats import FORMATS, suggested_name
from vptop.export.shown import SHOWN_FORMATS, ShownFormat, Table
from vptop.model.session import Moment
from vptop.ui.line_input import LineInput


@dataclass(frozen=True, slots=True)
class Choice:
    """A row of the dialog."""

    suffix: str
    title: str
    help: str
    render: Callable[[], bytes]


@dataclass(frozen=True, slots=True)
class Exported:
    """What was exported."""

    title: str
    """of the Choice"""
    path: Path | None
    """None: it was copied"""
    is_suggested: bool
    """vptop made up the name of the file"""
    told: str
    """what was done, in words"""

    def again(self, moment: Moment, choice: Choice, copy: Callable[[str], None]) -> Exported:
        """Export another moment the same way.

        Raises:
            InputError: the moment has nothing that the format shows.
            OSError: the file cannot be written.
        """
        if self.path is None:
            return copied(choice, copy)
        name = suggested_name(moment, choice.suffix) if self.is_suggested else self.path.name
        return written(self.path.with_name(name), choice, is_suggested=self.is_suggested)


def written(path: Path, choice: Choice, *, is_suggested: bool) -> Exported:
    """Write a file, whole or not at all.

    Raises:
        InputError: the moment has nothing that the format shows.
        OSError: the file cannot be written.
    """
    size = write_whole(path, [choice.render()])
    return Exported(choice.title, path, is_suggested, f"wrote {path} ({size} bytes)")


def copied(choice: Choice, copy: Callable[[str], None]) -> Exported:
    """Copy it through the terminal (OSC 52).

    Raises:
        InputError: the moment has nothing that the format shows.
        UnicodeDecodeError: it is a picture.
    """
    text = choice.render().decode()
    copy(text)
    told = f"copied {len(text)} characters (OSC 52; the terminal must allow it)"
    return Exported(choice.title, None, is_suggested=True, told=told)


class ExportScreen(ModalScreen[Exported | None]):
    """Choose a format, accept or change the path; the file is written whole or not at all.

    Args:
        moment: what is exported.
        choices: the formats.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", "cancel"),
        Binding("ctrl+y", "copy", "copy", priority=True),
    ]

    def __init__(self, moment: Moment, choices: Sequence[Choice]) -> None:
        super().__init__()
        self._moment = moment
        self._choices = choices

    def compose(self) -> ComposeResult:
        """Formats above, path below, then what went wrong."""
        with Vertical(classes="dialog export") as box:
            box.border_title = Content(f"Export frame {self._moment.frame.frame}")
            box.border_subtitle = Content("↑↓ format · Tab path · Enter writes · Ctrl+Y copies · Esc leaves")
            options = [Option(Content(f"{one.title:<16}{one.help}")) for one in self._choices]
            yield OptionList(*options)
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
        is_suggested = path.name == suggested_name(self._moment, self._chosen.suffix)
        try:
            self.dismiss(written(path, self._chosen, is_suggested=is_suggested))
        except (OSError, InputError) as error:
            self._explain(f"{path}: {getattr(error, 'strerror', None) or error}")

    def action_copy(self) -> None:
        """Copy it through the terminal instead (OSC 52)."""
        try:
            self.dismiss(copied(self._chosen, self.app.copy_to_clipboard))
        except UnicodeDecodeError:
            self._explain("a picture cannot be copied as text")
        except InputError as error:
            self._explain(str(error))

    def _explain(self, trouble: str) -> None:
        self.query_one("#export-trouble", Static).update(Content(f"✗ {trouble}"))


def choices_of(moment: Moment, table: Table | None) -> list[Choice]:
    """The formats of a moment, and of the rows of a panel; None: there is no panel."""
    of_moment = [Choice(one.suffix, one.title, one.help, partial(one.render, moment)) for one in FORMATS]
    if table is None:
        return of_moment
    told = f"{table.title} as it is shown"
    return [
        *of_moment,
        *(Choice(one.suffix, f"Panel: {one.title}", told, partial(_encoded, one, table)) for one in SHOWN_FORMATS),
    ]


def _encoded(form: ShownFormat, table: Table) -> bytes:
    return form.render(table).encode()

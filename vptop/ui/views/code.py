# SPDX-License-Identifier: GPL-2.0-or-later
"""The machine code of a guest function, with how often each instruction was seen."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.strip import Strip

from engine.guest.symbols import Symbols
from vptop.export.shown import Cells, Table
from vptop.model.code import Instruction, Seen, disassemble
from vptop.model.plain import clean
from vptop.ui.actions import GENERAL, Scope, bindings, key_of
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.render import numbers
from vptop.ui.render.code import code_header, code_row, place_of, written
from vptop.ui.widgets.lines import LinePanel
from vptop.ui.widgets.messages import MessageBar


@dataclass(frozen=True)
class Code:
    """What is shown: bytes that begin at an address, and the address that the person asked for."""

    data: bytes
    start: int
    address: int
    symbols: Symbols
    seen: Seen
    crumbs: str = ""
    """where the person came from"""


TAKING = Scope(
    "Code",
    tuple(
        replace(action, name=f"app.{action.name}")
        for action in GENERAL
        if action.id in ("export", "export.again", "copy", "copy.part", "screenshot")
    ),
)
"""What can be done with it beside reading it."""


class CodePanel(LinePanel[Instruction]):
    """One instruction a line. Enter follows a jump or a call within the function."""

    header_height = 1
    empty = "the guest has no memory mapped there now"

    def __init__(self, code: Code) -> None:
        super().__init__(clean(code.symbols.describe(code.address)), id="code-lines")
        self._code = code
        self._counts: dict[int, tuple[int, int]] = {}

    def on_mount(self) -> None:
        """Disassemble, and go to what was asked for."""
        code = self._code
        self.rows = disassemble(code.data, code.start)
        ends = {one.address + len(one.data): one.address for one in self.rows}
        under_way = {ends[address]: count for address, count in code.seen.calls.items() if address in ends}
        self._counts = {
            one.address: (code.seen.at.get(one.address, 0), under_way.get(one.address, 0)) for one in self.rows
        }
        self._move_to(place_of(self.rows, code.address))
        self.keep_cursor()

    def update_rows(self) -> None:
        """The code stays what it was when it was read."""
        self.keep_cursor()

    def key(self, row: Instruction) -> Hashable:
        """Its address."""
        return row.address

    def draw_header(self, line: int, width: int) -> Strip:
        """Titles."""
        return code_header(width, self.palette)

    def draw(self, row: Instruction, index: int, width: int, *, cursor: bool) -> Strip:
        """An instruction."""
        code = self._code
        return code_row(
            row,
            self._counts[row.address],
            max((at for at, _ in self._counts.values()), default=0),
            code.start,
            code.symbols,
            width,
            self.palette,
            cursor=cursor,
            marked=row.address <= code.address < row.address + len(row.data),
        )

    def table(self) -> Table:
        """The instructions with their counts."""
        columns = written(self._counts, self._code.start, self._code.symbols)
        return Table(self.title_text(), tuple(columns), Cells(self.rows, [*columns.values()]))

    def title_text(self) -> str:
        """The way here, and the function."""
        return f"{self._code.crumbs} › {self.heading}" if self._code.crumbs else self.heading

    def status(self) -> str:
        """What is counted."""
        if not self.rows:
            return "Esc back"
        keys = f"{key_of(self.app, 'export')} exports · {key_of(self.app, 'copy')} copies · Esc back"
        return f"{self.subject()} · {keys}"

    def subject(self) -> str:
        """What is counted, and of how many seconds."""
        if not self.rows:
            return ""
        at, calls = (sum(column) for column in zip(*self._counts.values(), strict=True))
        span = f"in {self._code.seen.seconds:.0f} s"
        return f"{numbers.count(at)} samples here, {numbers.count(calls)} in calls from here {span}"

    def action_open(self) -> None:
        """Go where a jump or a call leads, when that is in this function."""
        row = self.current
        if row is not None and row.target is not None:
            found = [index for index, one in enumerate(self.rows) if one.address == row.target]
            if found:
                self._move_to(found[0])


class CodeScreen(Dialog[None]):
    """A panel over the whole screen; Esc or Backspace goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,backspace,q", "dismiss", "back"), *bindings(TAKING)]

    def __init__(self, code: Code) -> None:
        super().__init__()
        self._code = code

    def compose(self) -> ComposeResult:
        """The panel, and what there is to say."""
        yield CodePanel(self._code)
        yield MessageBar()

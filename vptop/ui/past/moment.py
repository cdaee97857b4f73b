# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that has passed: its registers, code, stack, memory and screen, and steps from there."""

from __future__ import annotations

from concurrent.futures import Future
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from engine.guest.symbols import Symbols
from engine.vm.client import Question
from engine.vm.past.messages import Memory, Unit, View
from engine.vm.protocol import Reply
from vptop.model.plain import clean
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.bridge import Machine
from vptop.ui.dialogs.help import HelpScreen
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.past import describe

MOMENT = Scope(
    "A moment",
    (
        Action("moment.block", "n", "step('block')", "next block"),
        Action("moment.block_back", "N", "step_back('block')", "block before"),
        Action("moment.interrupt", "i", "step('interrupt')", "next interrupt"),
        Action("moment.interrupt_back", "I", "step_back('interrupt')", "interrupt before"),
        Action("moment.firing", "f", "step('firing')", "next firing of the script"),
        Action("moment.firing_back", "F", "step_back('firing')", "firing before"),
        Action("moment.second", "s", "step('second')", "next second"),
        Action("moment.second_back", "S", "step_back('second')", "second before"),
        Action("moment.memory", "g", "memory", "memory at an address or a symbol"),
        Action("moment.down", "j,down", "scroll(1)", "scroll down"),
        Action("moment.up", "k,up", "scroll(-1)", "scroll up"),
        Action("moment.leave", "escape,q", "leave", "leave"),
        Action("moment.help", "question_mark,f1", "help", "keys that work here"),
    ),
    exclusive=True,
)
_KEYS = "n/N block · i/I interrupt · f/F firing · s/S second · g memory · Esc leaves"
_CODE_BYTES, _INSTRUCTIONS = 64, 8
_MEMORY_BYTES = 128


class MomentScreen(ModalScreen[None]):
    """A visit. It asks for one thing at a time; keys that come meanwhile are dropped.

    Args:
        machine: whose past it is.
        tick: of the moment.
        symbols: names of guest addresses.
        name: of the script whose firings can be stepped to.
        source: the script.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOMENT)]

    def __init__(self, machine: Machine, tick: int, symbols: Symbols, name: str, source: str) -> None:
        super().__init__()
        self._machine = machine
        self._tick = tick
        self._symbols = symbols
        self._script = name, source
        self._visit: Question | None = None
        self._busy = True
        self._view: View | None = None
        self._address: int | None = None
        self._code: list[str] = []
        self._memory: list[str] = []
        self._told = "going back to this moment"

    def compose(self) -> ComposeResult:
        """One box that scrolls."""
        with VerticalScroll(classes="dialog moment") as box:
            box.border_title = Content("A moment")
            box.border_subtitle = Content(_KEYS)
            yield Static(self._told, id="moment-text", markup=False)

    def on_mount(self) -> None:
        """Go there."""

        def send() -> Future[Reply]:
            self._visit = self._machine.source.visit(self._tick, *self._script)
            return self._visit.reply

        self._machine.ask(send, self._arrived)

    def on_unmount(self) -> None:
        """End the visit."""
        if self._visit is not None:
            self._machine.ask(partial(self._machine.source.cancel, self._visit), lambda _: None)

    # --- answers ---

    def _arrived(self, reply: Reply) -> None:
        self._busy = False
        if isinstance(reply.past, View):
            self._view = reply.past
            self._told = reply.past.note
            rip = reply.past.frame.vcpus[0].rip
            self._read(rip, _CODE_BYTES, self._code_came)
            self._read(rip if self._address is None else self._address, _MEMORY_BYTES, self._memory_came)
        else:
            self._told = reply.message
        self._show()

    def _read(self, address: int, size: int, done: object) -> None:
        if self._visit is not None and callable(done):
            self._machine.ask(partial(self._machine.source.read_memory, self._visit, address, size), done)

    def _code_came(self, reply: Reply) -> None:
        if isinstance(reply.past, Memory):
            self._code = list(describe.code(reply.past.data, reply.past.address, _INSTRUCTIONS))
            self._show()

    def _memory_came(self, reply: Reply) -> None:
        if isinstance(reply.past, Memory):
            found = reply.past
            self._memory = list(describe.memory(found.data, found.address)) or [f"{found.address:016x}  not mapped"]
            self._show()

    def _show(self) -> None:
        if not self.is_attached:
            return
        parts = [self._told] if self._told else []
        if (view := self._view) is not None:
            screen = [clean(line).rstrip() for line in view.frame.screen]
            parts = [
                describe.heading(view), *parts, "", *describe.registers(view, self._symbols),
                "", "Code", *self._code, "", "Stack", *describe.stack(view, self._symbols),
                "", "Memory", *self._memory, *(["", "Screen", *screen] if screen else []),
                "", "System registers", *describe.system_registers(view),
            ]  # fmt: skip
        self.query_one("#moment-text", Static).update("\n".join(parts))

    # --- actions ---

    def action_step(self, unit: Unit) -> None:
        """On to the next event of a kind."""
        self._step(unit, backward=False)

    def action_step_back(self, unit: Unit) -> None:
        """Back to the event of a kind before."""
        self._step(unit, backward=True)

    def _step(self, unit: Unit, *, backward: bool) -> None:
        if self._busy or self._view is None or self._visit is None:
            return
        self._busy = True
        self._machine.ask(partial(self._machine.source.step, self._visit, unit, backward=backward), self._arrived)

    def action_memory(self) -> None:
        """Show memory from another address on."""

        def answer(text: str | None) -> None:
            if text is not None:
                self._address = describe.place(text, self._symbols)
                self._read(self._address or 0, _MEMORY_BYTES, self._memory_came)

        def wrong(text: str) -> str:
            known = describe.place(text, self._symbols) is not None
            return "" if known else "expected an address such as 0x7c00, or a symbol, with +OFFSET if you like"

        self.app.push_screen(PromptScreen("Memory at", "", wrong), answer)

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_help(self) -> None:
        """Every key that works here."""
        self.app.push_screen(HelpScreen([MOMENT.with_keys(getattr(self.app, "keys_changed", {}))]))

    def action_leave(self) -> None:
        """Back to the dashboard."""
        self.dismiss()

# SPDX-License-Identifier: GPL-2.0-or-later
"""A moment that has passed: its registers, code, stack, memory, console and screen, and steps from there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import ScrollableContainer, Vertical
from textual.content import Content
from textual.widgets import Static

from engine.vm.past.messages import Memory, Unit, View
from engine.vm.protocol import Reply
from vptop.model.names import Name, Strings
from vptop.model.plain import clean
from vptop.model.session import Session
from vptop.ui.actions import Action, Scope, bindings
from vptop.ui.bridge import Machine
from vptop.ui.dialogs.dialog import Dialog
from vptop.ui.dialogs.help import help_of
from vptop.ui.dialogs.prompt import PromptScreen
from vptop.ui.dialogs.suggesting import SuggestingPrompt
from vptop.ui.past import describe
from vptop.ui.past.questions import Questions
from vptop.ui.past.visiting import Act, Visitor

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
        Action("moment.goto", "colon", "goto", "go to a guest time"),
        Action("moment.memory", "g", "memory", "memory at an address or a symbol"),
        Action("moment.cpu", "c", "next_cpu", "code and memory of the next VCPU"),
        Action("moment.other", "v", "other_end", "after why?: where it was counted, and where it began"),
        Action("moment.probe", "o", "probe", "after why?: the line of the probe that counted it"),
        Action("moment.down", "j,down", "scroll(1)", "scroll down"),
        Action("moment.up", "k,up", "scroll(-1)", "scroll up"),
        Action("moment.left", "h,left", "sideways(-1)", "scroll left"),
        Action("moment.right", "l,right", "sideways(1)", "scroll right"),
        Action("moment.page_down", "pagedown", "page(1)", "page down"),
        Action("moment.page_up", "pageup", "page(-1)", "page up"),
        Action("moment.leave", "escape,q", "leave", "cancel a step; leave"),
        Action("moment.help", "question_mark,f1", "help", "keys that work here"),
    ),
    exclusive=True,
)
_KEYS = "n/N block · i/I interrupt · f/F firing · s/S second · g memory · ? keys · Esc"
_KEYS_NARROW = "n i f s on, N I F S back · g memory · ? keys · Esc"
_MEMORY_BYTES = 256
_MEMORY = "Memory at"
_SIDEWAYS = 8
"""Columns that a key scrolls by."""
MOST_SYMBOLS = 40
"""Symbols that are offered for an address."""
LONG = 0.3
"""Seconds after which a step is said to be under way."""


class MomentScreen(Dialog[None]):
    """A visit. It makes one step at a time; keys that come meanwhile wait.

    Args:
        machine: whose past it is.
        session: what is known of it.
        questions: those that are open.
        tick: of the moment.
        name: of the script whose firings can be stepped to.
        source: the script.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings(MOMENT)]

    def __init__(
        self, machine: Machine, session: Session, questions: Questions, tick: int, name: str, source: str
    ) -> None:
        super().__init__()
        self.machine = machine
        self.session = session
        self.questions = questions
        self.tick = tick
        """that was gone to"""
        self.stepped = False
        """since then"""
        self.visitor = Visitor(machine, questions, (name, source), self._arrived, self.say)
        self._view: View | None = None
        self._address: int | None = None
        self._shows_memory = False
        """scroll to memory once it comes: it was asked for"""
        self._cpu = 0
        """VCPU whose code is shown, and as which memory is read"""
        self._code = self._memory = Memory(0, b"")
        self.told = "going back to this moment; Esc cancels"

    def compose(self) -> ComposeResult:
        """When and why it is; below, what scrolls."""
        with Vertical(classes="dialog moment") as box:
            box.border_title = Content("A moment")
            yield Static(self.told, id="moment-head", markup=False)
            with ScrollableContainer(can_focus=False):
                yield Static("", id="moment-text", markup=False)

    def on_mount(self) -> None:
        """Go there."""
        self.begin()

    def on_unmount(self) -> None:
        """End the visit."""
        self.visitor.end()

    def on_resize(self) -> None:
        """Lay the lines out for another width."""
        self.call_after_refresh(self.show_lines)

    def begin(self) -> None:
        """What is asked first."""
        self.go(self.tick)

    def go(self, tick: int) -> None:
        """Go to a moment."""
        self.tick, self.stepped = tick, False
        self.visitor.go(tick)

    def about(self) -> Iterator[str]:
        """Lines about why the person is here."""
        yield from ()

    # --- answers ---

    def machine_ended(self, reason: str) -> None:
        """Say why there are no more steps, beside what is shown."""
        self.say(f"{reason}: no step leads on from here")

    def say(self, text: str) -> None:
        """Show a line above everything else."""
        self.told = text
        self.show_lines()

    def _arrived(self, reply: Reply) -> None:
        if isinstance(reply.past, View):
            self._view = reply.past
            self.told = reply.past.note
            self._read_around(reply.past)
        else:
            self.told = reply.message
        self.show_lines()

    def _read_around(self, view: View) -> None:
        vcpu = view.frame.vcpus[self._cpu]
        self.visitor.read(*describe.code_span(vcpu, self.session.symbols), self._cpu, self._code_came)
        address = describe.code_address(vcpu) if self._address is None else self._address
        self.visitor.read(address, _MEMORY_BYTES, self._cpu, self._memory_came)

    def _code_came(self, reply: Reply) -> None:
        code, view = reply.past, self._view
        if isinstance(code, Memory) and view is not None:
            here = describe.code_address(view.frame.vcpus[self._cpu])
            if here - code.address >= max(1, len(code.data)):  # the start of the function is not mapped
                self.visitor.read(here, describe.CODE_BYTES, self._cpu, self._rest_came)
            else:
                self._rest_came(reply)

    def _rest_came(self, reply: Reply) -> None:
        if isinstance(reply.past, Memory):
            self._code = reply.past
            self.show_lines()

    def _memory_came(self, reply: Reply) -> None:
        wanted, self._shows_memory = self._shows_memory, False
        if isinstance(reply.past, Memory):
            self._memory = reply.past
            self.show_lines()
            if wanted:
                self.call_after_refresh(self._scroll_to_part, _MEMORY)
        elif wanted:
            self.say(reply.message)

    def show_lines(self) -> None:
        """Draw what is known."""
        if not self.is_attached:
            return
        width = self.query_one(ScrollableContainer).scrollable_content_region.width
        self.query_one(".dialog").border_subtitle = Content(_KEYS if width >= describe.WIDE else _KEYS_NARROW)
        self.query_one("#moment-head", Static).update("\n".join(self._head()))
        if self._view is not None:
            self.query_one("#moment-text", Static).update("\n".join(self._lines(self._view, width)))

    def _scroll_to_part(self, title: str) -> None:
        """Show the part that begins with a title, and as much as fits of what comes below."""
        if self._view is not None:
            box = self.query_one(ScrollableContainer)
            lines = [*self._lines(self._view, box.scrollable_content_region.width)]
            at = next((number for number, line in enumerate(lines) if line.startswith(title)), 0)
            box.scroll_to(y=at, animate=False, immediate=True)

    def _head(self) -> Iterator[str]:
        if self._view is not None:
            yield describe.heading(self._view)
        yield from self.about()
        if self.told:
            yield clean(self.told)

    def _lines(self, view: View, width: int) -> Iterator[str]:
        symbols = self.session.symbols
        code = describe.code(self._code.data, self._code.address, view.frame.vcpus[self._cpu], symbols)
        memory = describe.memory(self._memory.data, self._memory.address, width, _MEMORY_BYTES)
        console = self.session.console_at(view.since, view.frame.console)
        of, by = (f" of VCPU{self._cpu}", f", as VCPU{self._cpu} sees it") if len(view.frame.vcpus) > 1 else ("", "")
        parts = {
            "": describe.registers(view, symbols, width),
            f"Code{of}": code,
            **describe.stacks(view, symbols),
            f"{_MEMORY} {clean(symbols.describe(self._memory.address))}{by}": memory,
            "Console": describe.text(console)[-describe.CONSOLE :],
            "Screen": describe.text(view.frame.screen),
            "System registers": describe.system_registers(view, width),
        }
        for title, lines in parts.items():
            if shown := [*lines]:
                yield from (*(["", title] if title else []), *shown)

    # --- actions ---

    def action_step(self, unit: Unit) -> None:
        """On to the next event of a kind."""
        self._step(unit, backward=False)

    def action_step_back(self, unit: Unit) -> None:
        """Back to the event of a kind before."""
        self._step(unit, backward=True)

    def _step(self, unit: Unit, *, backward: bool) -> None:
        self._when_free(partial(self._take_step, unit, backward=backward))
        self.set_timer(LONG, self._still_busy)

    def _take_step(self, unit: Unit, *, backward: bool) -> None:
        self.stepped = True
        self.visitor.step(unit, backward=backward)

    def _when_free(self, act: Act) -> None:
        """Do something once the step has ended that is under way."""
        if not self.visitor.when_free(act):
            self.app.bell()

    def _still_busy(self) -> None:
        if self.visitor.busy:
            self.say(self.visitor.state)

    def action_goto(self) -> None:
        """Go to another guest time, once a step has ended that is under way."""
        view, kept = self._view, self.session.past.moments
        newest = self.session.timeline.ring.get(self.session.timeline.ring.end - 1)
        if view is None or newest is None or not kept:
            self.app.bell()
            return
        hz = view.frame.tsc_hz
        span = round(kept[0] * hz), newest.tsc

        def answer(text: str | None) -> None:
            if text is not None:
                self._when_free(partial(self._go, text))

        def wrong(text: str) -> str:
            tick = describe.moment_of(text, view)
            if tick is None:
                return f"expected {describe.TIMES}"
            kept = f"{span[0] / hz:.3f} to {span[1] / hz:.3f} s"
            return "" if span[0] <= tick <= span[1] else f"expected a time that is kept: {kept}"

        self.app.push_screen(PromptScreen("Go to guest time", f"{view.tick / hz:.9f}", wrong), answer)

    def _go(self, given: str) -> None:
        if self._view is not None:
            self.go(describe.moment_of(given, self._view) or 0)

    def action_memory(self) -> None:
        """Show memory from another address on."""
        symbols = self.session.symbols
        names = Strings.of(symbols)

        def answer(text: str | None) -> None:
            if text is not None:
                self._address, self._shows_memory = describe.place(text, symbols), True
                self.visitor.read(self._address or 0, _MEMORY_BYTES, self._cpu, self._memory_came)

        def suggest(part: str) -> list[Name]:
            return [Name(name, f"{symbols[name]:#x}") for name in names.like(part, MOST_SYMBOLS) if part]

        wrong = partial(describe.wrong_place, symbols=symbols)
        self.app.push_screen(SuggestingPrompt("Memory at", "", wrong, suggest), answer)

    def action_next_cpu(self) -> None:
        """Show code and memory of another VCPU."""
        if self._view is None or len(self._view.frame.vcpus) == 1:
            self.app.bell()
            return
        self._cpu = (self._cpu + 1) % len(self._view.frame.vcpus)
        self._read_around(self._view)

    def action_other_end(self) -> None:
        """There is no other end of a moment."""
        self.app.bell()

    def action_probe(self) -> None:
        """Nothing was counted here."""
        self.app.bell()

    def action_scroll(self, lines: int) -> None:
        """Scroll."""
        self.query_one(ScrollableContainer).scroll_relative(y=lines, animate=False, immediate=True)

    def action_sideways(self, steps: int) -> None:
        """Show the other end of long lines."""
        self.query_one(ScrollableContainer).scroll_relative(x=_SIDEWAYS * steps, animate=False, immediate=True)

    def action_page(self, pages: int) -> None:
        """Scroll by what is seen at once."""
        box = self.query_one(ScrollableContainer)
        box.scroll_relative(y=pages * box.scrollable_content_region.height, animate=False, immediate=True)

    def action_help(self) -> None:
        """Every key that works here."""
        help_of(self, MOMENT)

    def action_leave(self) -> None:
        """Give up the step that is under way; when there is none, back to the dashboard."""
        if self.visitor.cancel():
            self.set_timer(LONG, self._still_busy)
        else:
            self.dismiss()

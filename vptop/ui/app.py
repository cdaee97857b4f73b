# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard: a Shell over the Session of one VM, which it starts, asks and lets be edited."""

from __future__ import annotations

import asyncio
import os
import select
import signal
import sys
import termios
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from threading import Thread
from time import monotonic, sleep

from textual import on, work
from textual.app import SystemCommand
from textual.command import CommandPalette
from textual.dom import DOMNode
from textual.screen import Screen
from textual.widgets import Input, TextArea

from engine.guest.guest import PRELUDE_FILE
from engine.vm.client import Gone
from engine.vm.protocol import FrameMessage, GuestChanged, Hello, Notice, Reply, Written
from engine.vp import Prelude
from vptop.model.code import extent, seen_until
from vptop.ui.actions import Action, actions_of, key_of
from vptop.ui.asking import AskingShell
from vptop.ui.bridge import Arrived, read_symbols
from vptop.ui.dialogs.dialog import Palette
from vptop.ui.dialogs.help import HelpScreen
from vptop.ui.dialogs.reference import ReferenceScreen
from vptop.ui.dialogs.theme import choose_theme
from vptop.ui.filtering import FilteringShell
from vptop.ui.pacing import PacedShell
from vptop.ui.render import plot
from vptop.ui.render.status import Health
from vptop.ui.restoring import RestoringShell
from vptop.ui.taking import TakingShell
from vptop.ui.terminal_keys import know_alt_keys
from vptop.ui.times import TimeShell
from vptop.ui.views.code import Code, CodeScreen
from vptop.ui.views.console import ConsolePanel
from vptop.ui.views.edit import EditView
from vptop.ui.views.probes import SwitchProbe
from vptop.ui.widgets.chrome import StatusBar
from vptop.ui.widgets.leads import ShowCode
from vptop.ui.widgets.messages import Banner

TERMINAL_LOOK = 1.0
"""Seconds between two looks whether the terminal is still there."""


SILENT = 5.0
"""Seconds without a Frame that are worth a word: a guest at a fifth of real time sends one in each."""


class VptopApp(RestoringShell, AskingShell, TakingShell, FilteringShell, PacedShell, TimeShell):
    """Watches one VM through a source of Frames, and lets its scripts be edited."""

    _heard = 0.0
    """when the machine began to start, or the last Frame came"""

    def on_mount(self) -> None:
        """Begin. When the terminal goes away, or somebody asks us to end, we end and take the machine with us."""
        if not self.is_headless:
            signal.signal(signal.SIGHUP, lambda *_: self._in_thread(self._hung_up))
            self._in_thread(self._end_with_server if self.is_web else self._end_with_terminal)
            terminated = partial(self.exit, return_code=128 + signal.SIGTERM)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated)
        self._heard = monotonic()
        self.set_interval(1.0, self._listen)
        know_alt_keys()
        self.app_resume_signal.subscribe(self, lambda _: self.action_redraw())
        self.call_after_refresh(self._in_thread, plot.prepare)
        self._start()

    def action_redraw(self) -> None:
        """Draw everything: something else has written to the terminal."""
        self.screen.refresh()

    def _end_with_terminal(self) -> None:
        """Not every terminal that goes away sends SIGHUP, and the main thread may wait for it to take output."""
        with suppress(termios.error):
            while True:
                termios.tcgetattr(sys.__stdin__ or 0)
                sleep(TERMINAL_LOOK)
        self._hung_up()

    def _end_with_server(self) -> None:
        """A dashboard in a browser draws to a pipe; one that nobody reads any more has an error (poll(2), POLLERR)."""
        pipe = select.poll()
        pipe.register(sys.__stdout__ or 1, 0)
        pipe.poll()
        self._hung_up()

    @staticmethod
    def _in_thread(run: Callable[[], None]) -> None:
        """Beside the screen. A signal's handler must not wait for a lock: the code that it interrupts may hold it."""
        Thread(target=run, name="terminal", daemon=True).start()

    def _hung_up(self) -> None:
        """The terminal is gone: nothing can be drawn or tidied there, and drawing would wait for ever."""
        self.keep_session()
        self.exporter.end()
        self.machine.source.close()
        os._exit(128 + signal.SIGHUP)

    @work(thread=True, exclusive=True, group="power", exit_on_error=False)
    def _start(self) -> None:
        self.machine.start()

    @work(thread=True, exclusive=True, group="power", exit_on_error=False)
    def _restart(self, sources: dict[str, str]) -> None:
        self.machine.restart(sources)

    def on_unmount(self) -> None:
        """Power off."""
        self.machine.source.close()

    def action_command_palette(self) -> None:
        """The palette, opened as dialogs are."""
        if not isinstance(self.screen, CommandPalette):
            self.push_screen(Palette(id="--command-palette"))

    # --- events of the VM ---

    @on(Arrived)
    def _arrived(self) -> None:
        if self.query_one_optional(EditView) is None:  # the screen is being taken down
            return
        frames = asked = False
        for event in self.machine.drain():
            if isinstance(event, FrameMessage):
                self.session.add(event.frame)
                self.session.folded += event.folded
                self.frame_came(event.frame)
                self._in_machine = {script.name for script in event.frame.scripts}
                self.edit_view.set_loaded(self._in_machine)
                frames = True
            elif isinstance(event, Written):
                self._written(event)
            elif isinstance(event, Hello):
                self._hello(event)
            elif isinstance(event, GuestChanged):
                self.session.guest = event.guest
                self._guest_known(event)
            elif isinstance(event, Notice):
                self.say(event.message, {"error": "bad", "warning": "warn"}.get(event.severity, ""))
            elif isinstance(event, Gone):
                self._gone(event)
            else:
                asked = self.past_came(event) or asked
        if frames:
            self._heard = monotonic()
            self.health = Health(gone=self.health.gone)
            self.ask_when_due()
        if asked:
            self.show_moment()
        elif frames:
            self.show_newest()

    def _listen(self) -> None:
        self.unheard(monotonic() - self._heard)

    def unheard(self, seconds: float) -> None:
        """Say so when a machine that starts or runs has sent no Frame for that long."""
        newest = self.session.timeline.ring.get(self.session.timeline.ring.end - 1)
        stands = newest is None or newest.paused or self.session.is_replay
        if seconds >= SILENT and not self.health.gone and (self.health.starting or not stands):
            self.health = Health(starting=self.health.starting, silent=int(seconds))
            for bar in self.query(StatusBar):  # none while the screen is taken down
                bar.show(self.session.moment(), self.health)

    def _hello(self, hello: Hello) -> None:
        self.say_problems()
        self.past_begins()
        self.session.ended = False
        self.session.guest, self.session.vcpus = hello.guest, hello.vcpus
        self._in_machine = set(hello.scripts)
        self.edit_view.set_loaded(self._in_machine)
        self.health = Health(starting=True)
        self.query_one(Banner).show("")
        self._guest_known(hello)
        for name, source in hello.scripts.items():
            self.script_loaded(name, source)
        self.set_scripts()
        self.show_moment()

    def _guest_known(self, known: Hello | GuestChanged) -> None:
        symbols, trouble = read_symbols(known.symbols)
        self.session.set_symbols(symbols)
        self.session.vectors = known.vectors
        self.guest_changed()
        self.edit_view.editor.prelude = Prelude(PRELUDE_FILE, known.prelude, symbols.addresses)
        if trouble:
            self.say(trouble, "warn")

    def _written(self, written: Written) -> None:
        """Show the answer to a key before the second is over."""
        newest = self.session.timeline.ring.get(self.session.timeline.ring.end - 1)
        if newest is not None and newest.tsc == written.since:
            self.session.console.preview(written.at, written.text)
            for panel in self.active_view.query(ConsolePanel):
                panel.update_rows()

    def _gone(self, gone: Gone) -> None:
        self.health = Health(gone=gone.message)
        self.session.ended = True
        for console in self.query(ConsolePanel):
            console.action_leave()
        self.past_gone(gone.message)
        self.query_one(Banner).show(gone.message, gone.stderr, rows=self.session.moment() is not None)
        self.show_moment()

    def _ask(self, what: str, send: Callable[[], Future[Reply]], done: str = "") -> None:
        """Send a request.

        Args:
            what: the request in words, for the message about its failure.
            send: sends it.
            done: the message about its success; empty: none.
        """

        def answered(reply: Reply) -> None:
            if not reply.ok:
                self.say(f"cannot {what}: {reply.message}", "bad")
            elif done:
                self.say(done, "good")

        self.machine.ask(send, answered)

    # --- the VM ---

    def action_pause(self) -> None:
        """Stop guest time or let it go on."""
        moment = self.session.at(self.session.timeline.ring.end - 1)
        if moment and moment.frame.paused:
            self._ask("resume the guest", self.machine.source.resume, "the guest runs")
        else:
            self._ask(
                "pause the guest",
                self.machine.source.pause,
                f"the guest is paused; {key_of(self, 'vm.pause')} resumes it",
            )

    def action_reset(self) -> None:
        """Ask, then press the reset button."""
        self.confirm(
            "Reset",
            "Press the machine's reset button?\nThe guest boots again; scripts stay loaded.",
            partial(self._ask, "reset the machine", self.machine.source.reboot, "the machine was reset"),
        )

    def action_clear_aggregates(self) -> None:
        """Ask, then delete all rows."""
        self.confirm(
            "Clear aggregates",
            "Delete the rows of every aggregate?\nThe history keeps the seconds that it has.",
            partial(self._ask, "clear", self.machine.source.clear_aggregates, "aggregates cleared"),
        )

    def action_restart(self) -> None:
        """Start a new VM with the scripts of the old one."""
        self.health = Health(starting=True)
        self.query_one(Banner).show("")
        self._heard = monotonic()
        self.say("starting the machine again")
        self.session.timeline.go_live()
        self.show_moment()
        self._restart(dict(self.session.sources))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean something only now and then."""
        if action == "restart":
            is_asked = len(self.screen_stack) == 1 and not isinstance(self.focused, Input | TextArea)
            return bool(self.health.gone) and is_asked  # not where Enter answers a dialog
        return True

    @on(SwitchProbe)
    def _switch_probe(self, event: SwitchProbe) -> None:
        """Switch a probe off or on; the next Frame shows it."""

        def answered(reply: Reply) -> None:
            self.session.refused.pop((event.script, event.number), None)
            if reply.ok:
                self.say(reply.message)
            else:
                self.session.refused[event.script, event.number] = reply.message
                self.say(f"cannot switch the probe: {reply.message}", "bad")
                self.show_moment()

        self.machine.ask(lambda: self.machine.source.switch_probe(event.script, event.number, on=event.on), answered)

    @on(ConsolePanel.Typed)
    def _typed(self, event: ConsolePanel.Typed) -> None:
        self._ask("type to the guest", partial(self.machine.source.keys, event.text, event.to))

    @on(ShowCode)
    def _show_code(self, event: ShowCode) -> None:
        """Read the machine code at an address from the guest, and show it with what was counted there."""
        moment = self.session.moment()
        if moment is None:
            return
        symbols = self.session.symbols
        start, size = extent(symbols, event.address)
        counts = seen_until(moment)

        def answered(reply: Reply) -> None:
            if reply.ok:
                self.push_screen(CodeScreen(Code(reply.data, start, event.address, symbols, counts, self.crumbs)))
            else:
                self.say(f"cannot read the guest's memory: {reply.message}", "bad")

        self.machine.ask(partial(self.machine.source.peek, start, size), answered)

    # --- help ---

    def action_help(self) -> None:
        """Every key that works here; what is chosen there is run."""

        async def run(action: Action | None) -> None:
            if action is not None:
                await self._run(action.name)

        self.push_screen(HelpScreen(self.scopes()), run)

    def action_reference(self) -> None:
        """Everything a script can name; in the editor, the chosen name is typed there."""
        view = self.active_view

        def take(name: str | None) -> None:
            if name and isinstance(view, EditView):
                view.editor.area.insert(name)
            elif name:
                self.copy_to_clipboard(name)
                self.say(f"{name} is in the clipboard")

        self.push_screen(ReferenceScreen("types it" if isinstance(view, EditView) else "copies it"), take)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The command palette: every action that is valid now, those of the panel first, and the themes."""
        for action in actions_of(self.scopes()):
            if action.id not in ("palette", "vm.restart"):
                text = f"{action.text} ({action.label})" if action.keys else action.text
                yield SystemCommand(text, action.id, partial(self._run, action.name))
        yield SystemCommand("theme", "choose the colours", partial(choose_theme, self))

    async def _run(self, action: str) -> None:
        """Run an action where its key would: in the panel, in what holds it, or in the app."""
        name = f"action_{action.partition('(')[0]}"
        holders: list[DOMNode] = [*(self.panel.ancestors_with_self if self.panel else ())]
        holders += [self.edit_view.editor.area, self.edit_view.editor] if self.view == "edit" else []
        await self.run_action(action, next((one for one in holders if hasattr(one, name)), self))

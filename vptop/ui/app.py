# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard: a Shell over the Session of one VM, which it starts, asks and lets be edited."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import termios
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from time import sleep

from textual import on, work
from textual.app import SystemCommand
from textual.screen import Screen
from textual.widgets import Input, TextArea

from engine.guest.guest import PRELUDE_FILE
from engine.vm.client import Gone
from engine.vm.protocol import FrameMessage, GuestChanged, Hello, Notice, Reply
from engine.vp import Prelude
from vptop.cli.scriptfiles import ScriptFile
from vptop.source.source import Source
from vptop.ui.actions import ACTIONS, Where
from vptop.ui.bridge import Answered, Arrived, Machine, read_symbols
from vptop.ui.dialogs.confirm import ConfirmScreen
from vptop.ui.dialogs.export import ExportScreen
from vptop.ui.dialogs.help import HelpScreen
from vptop.ui.dialogs.reference import ReferenceScreen
from vptop.ui.editor import EditorPane
from vptop.ui.render.chrome import Health
from vptop.ui.shell import Shell
from vptop.ui.views.edit import EditView
from vptop.ui.views.guest import ConsolePanel
from vptop.ui.views.probes import Jump
from vptop.ui.widgets.chrome import Banner

TERMINAL_LOOK = 1.0
"""Seconds between two looks whether the terminal is still there."""
LOAD = "load:"
"""Begins the name of a request that loads a script; the script's name follows."""


class VptopApp(Shell):
    """Watches one VM through a source of Frames, and lets its scripts be edited."""

    def __init__(self, source: Source, scripts: Sequence[ScriptFile] = ()) -> None:
        self.machine = Machine(source, self.post_message)
        super().__init__(source.check)
        self._in_machine: set[str] = set()
        """names of the scripts that the machine has"""
        self.files = {script.name: script.path for script in scripts}
        for script in scripts:
            self.session.set_source(script.name, script.source)

    def on_mount(self) -> None:
        """Begin. When the terminal goes away, or somebody asks us to end, we end and take the machine with us."""
        if not self.is_headless:
            signal.signal(signal.SIGHUP, self._hung_up)
            Thread(target=self._end_with_terminal, name="terminal", daemon=True).start()
            terminated = partial(self.exit, return_code=128 + signal.SIGTERM)
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, terminated)
        self._start()

    def _end_with_terminal(self) -> None:
        """Not every terminal that goes away sends SIGHUP, and the main thread may wait for it to take output."""
        with suppress(termios.error):
            while True:
                termios.tcgetattr(sys.__stdin__ or 0)
                sleep(TERMINAL_LOOK)
        self._hung_up()

    def _hung_up(self, *_: object) -> None:
        """The terminal is gone: nothing can be drawn or tidied there, and drawing would wait for ever."""
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

    # --- events of the VM ---

    @on(Arrived)
    def _arrived(self) -> None:
        frames = False
        for event in self.machine.drain():
            if isinstance(event, FrameMessage):
                self.session.add(event.frame)
                self.session.folded += event.folded
                self._in_machine = {script.name for script in event.frame.scripts}
                frames = True
            elif isinstance(event, Hello):
                self._hello(event)
            elif isinstance(event, GuestChanged):
                self.session.guest = event.guest
                self._guest_known(event)
            elif isinstance(event, Notice):
                self.say(event.message, {"error": "bad", "warning": "warn"}.get(event.severity, ""))
            else:
                self._gone(event)
        if frames:
            self.health = Health(gone=self.health.gone)
            self.show_moment()

    def _hello(self, hello: Hello) -> None:
        self.say("")
        self.session.guest, self.session.vcpus = hello.guest, hello.vcpus
        self._in_machine = set(hello.scripts)
        self.health = Health(starting=True)
        self.query_one(Banner).show("")
        self._guest_known(hello)
        for name, source in hello.scripts.items():
            self.session.set_source(name, source)
        self.query_one(EditView).set_scripts(self.session.sources)
        self.show_moment()

    def _guest_known(self, known: Hello | GuestChanged) -> None:
        symbols, trouble = read_symbols(known.symbols)
        self.session.set_symbols(symbols)
        self.query_one(EditView).editor.prelude = Prelude(PRELUDE_FILE, known.prelude, symbols.addresses)
        if trouble:
            self.say(trouble, "warn")

    def _gone(self, gone: Gone) -> None:
        self.health = Health(gone=gone.message)
        self.query_one(Banner).show(gone.message, gone.stderr)
        self.show_moment()

    @on(Answered)
    def _answered(self, event: Answered) -> None:
        if event.request.startswith(LOAD):
            self._loaded(event.request.removeprefix(LOAD), event.reply)
        elif not event.reply.ok:
            self.say(f"{event.request}: {event.reply.message}", "bad")
        elif event.request:
            self.say(event.reply.message or event.request, "good")

    # --- the VM ---

    def action_pause(self) -> None:
        """Stop guest time or let it go on."""
        moment = self.session.at(self.session.timeline.ring.end - 1)
        if moment and moment.frame.paused:
            self.machine.ask("the guest goes on", self.machine.source.resume)
        else:
            self.machine.ask("the guest is paused; p lets it go on", self.machine.source.pause)

    def action_reset(self) -> None:
        """Ask, then press the reset button."""
        self._confirmed(
            "Reset",
            "Press the machine's reset button?\nThe guest starts over; scripts stay loaded.",
            "the machine was reset",
            self.machine.source.reboot,
        )

    def action_clear_aggregates(self) -> None:
        """Ask, then delete all rows."""
        self._confirmed(
            "Clear aggregates",
            "Delete the rows of every aggregate?\nThe seconds already shown stay in the history.",
            "aggregates cleared",
            self.machine.source.clear_aggregates,
        )

    def _confirmed(self, title: str, question: str, done: str, send: Callable[[], Future[Reply]]) -> None:
        def answer(yes: bool | None) -> None:
            if yes:
                self.machine.ask(done, send)

        self.push_screen(ConfirmScreen(title, question), answer)

    def action_restart(self) -> None:
        """Start a new VM with the scripts of the old one."""
        self.health = Health(starting=True)
        self.query_one(Banner).show("")
        self.say("starting the machine again")
        self.session.timeline.go_live()
        self.show_moment()
        self._restart(dict(self.session.sources))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Keys that mean something only now and then."""
        if action == "restart":
            return bool(self.health.gone) and not isinstance(self.focused, Input | TextArea)
        return True

    @on(ConsolePanel.Typed)
    def _typed(self, event: ConsolePanel.Typed) -> None:
        self.machine.ask("", partial(self.machine.source.keys, event.text))

    # --- editing ---

    def action_edit(self) -> None:
        """Edit: a probe or an error that is selected, else the script last edited."""
        row = getattr(self.panel, "current", None)
        if self.view == "probes" and self.panel and row is not None:
            self.panel.action_open()
        else:
            self.show_view("edit")

    def action_toggle_edit(self) -> None:
        """To the editor and back."""
        if self.view == "edit":
            self.show_view(self._before_edit)
        else:
            self._before_edit = self.view
            self.show_view("edit")

    @on(Jump)
    def _jump(self, event: Jump) -> None:
        self._before_edit = self.view
        self.show_view("edit")
        self.query_one(EditView).go_to(event.script, event.line, event.column)

    @on(EditorPane.LeaveRequested)
    def _leave_editor(self) -> None:
        self.action_toggle_edit()

    @on(EditorPane.ApplyRequested)
    def _apply(self, event: EditorPane.ApplyRequested) -> None:
        loaded = event.name in self._in_machine
        self.say(f"applying {event.name}")
        send = partial(self.machine.source.load, event.name, event.source, event.name if loaded else "")
        self._pending = event.source
        self.machine.ask(LOAD + event.name, send)

    def _loaded(self, name: str, reply: Reply) -> None:
        if reply.ok:
            self.session.set_source(name, self._pending)
            self._in_machine.add(name)
            self.say(reply.message or f"{name} runs as generation {reply.generation}", "good")
        else:
            errors = sum(place.severity == "error" for place in reply.diagnostics)
            why = f"{errors} error{'s' if errors != 1 else ''}" if errors else reply.message
            before = "; the version before goes on counting" if name in self._in_machine else ""
            self.say(f"not applied: {why}{before}", "bad")
        self.query_one(EditView).show_result(name, reply)

    @on(EditorPane.SaveRequested)
    def _save(self, event: EditorPane.SaveRequested) -> None:
        path = self.files.get(event.name, Path(event.name))
        try:
            path.write_text(event.source, encoding="utf-8")
        except OSError as error:
            self.say(f"{path}: {error.strerror or error}", "bad")
            return
        self.say(f"wrote {path}", "good")

    # --- taking away ---

    def action_export(self) -> None:
        """Write the moment shown to a file."""
        if (moment := self.session.moment()) is None:
            self.say("nothing to export yet", "warn")
            return
        self.push_screen(ExportScreen(moment.frame), self._exported)

    def _exported(self, told: str | None) -> None:
        if told:
            self.say(told, "good")

    def action_copy(self) -> None:
        """Copy the panel as text, through the terminal (OSC 52)."""
        if (panel := self.panel) is not None and panel.rows:
            self.copy_to_clipboard(panel.copy_text())
            self.say(f"copied {len(panel.rows)} rows of {panel.heading}, if the terminal allows it", "good")

    def action_picture(self) -> None:
        """Save the screen as SVG."""
        try:
            path = self.save_screenshot(f"vptop-{self.view}.svg", path=str(Path.cwd()))
        except OSError as error:
            self.say(f"no picture: {error.strerror or error}", "bad")
            return
        self.say(f"wrote {path}", "good")

    def action_help(self) -> None:
        """Every key that works here."""
        self.push_screen(HelpScreen(self.scopes()))

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
        """The command palette: every action of the app, every aggregate, the themes."""
        for action in ACTIONS:
            if action.where is Where.APP and action.id not in ("palette", "vm.restart"):
                yield SystemCommand(f"{action.text} ({action.label})", action.id, partial(self._run, action.name))
        yield SystemCommand("theme", "change the colours", self.search_themes)

    async def _run(self, action: str) -> None:
        await self.run_action(action)


def run(scripts: Sequence[ScriptFile], source: Source) -> int:
    """Show the dashboard over a VM until the person quits. Returns the exit status."""
    app = VptopApp(source, scripts)
    app.run()
    return app.return_code or 0

# SPDX-License-Identifier: GPL-2.0-or-later
"""Why is this row, or this line, there? The past is asked for the firing that it came from, and shown there."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from engine.vm.past.messages import AskedFrame, FiredProbe, Origin, Progress
from engine.vm.protocol import Reply
from vptop.model.cause import Cause
from vptop.model.plain import clean
from vptop.model.session import Session
from vptop.ui.bridge import Machine
from vptop.ui.past.moment import MomentScreen
from vptop.ui.past.questions import Cancel, Questions
from vptop.ui.widgets.leads import Jump


class WhyScreen(MomentScreen):
    """A visit that first asks which moment: where a duration began, else where something was counted or printed.

    Args:
        machine: whose past it is.
        session: what is known of it.
        questions: those that are open.
        cause: what is asked.
    """

    def __init__(self, machine: Machine, session: Session, questions: Questions, cause: Cause) -> None:
        super().__init__(machine, session, questions, 0, cause.question.name, cause.question.source)
        self._cause = cause
        self._origin: Origin | None = None
        self._start = 0
        self._estimated = False
        """the start is the latest that a key of the row allows"""
        self._cancel: Cancel | None = None
        self.told = "looking for the firing; Esc cancels"

    def begin(self) -> None:
        """Ask for the firing."""
        send = partial(self.machine.source.why, self._cause.question)
        self._cancel = self.questions.ask(send, self._progress, self._answered)

    def on_unmount(self) -> None:
        """Ask no more."""
        if self._cancel is not None:
            self._cancel()

    def _progress(self, event: AskedFrame | Progress) -> bool:
        if isinstance(event, Progress):
            self.say(f"looking for the firing: {event.in_words()}; Esc cancels")
        return False

    def _answered(self, reply: Reply) -> None:
        self._cancel = None
        if not self.is_attached:
            return
        if isinstance(reply.past, Origin):
            self._origin = origin = reply.past
            self._estimated = origin.start == origin.tick and self._cause.least > 0
            self._start = max(0, origin.tick - self._cause.least) if self._estimated else origin.start
            self.told = "going back to this moment; Esc cancels"
            self.go(self._start)
        else:
            self.told = f"{self._cause.what}: {reply.message}"
        self.show_lines()

    def about(self) -> Iterator[str]:
        """What was counted or printed, when, and by which probe."""
        if (origin := self._origin) is None:
            return
        what, hz = self._cause, self._hz
        value = f" = {origin.value}" if not what.question.printed and not what.least else ""
        yield f"why? {clean(what.what)}{value}"
        how = "printed" if what.question.printed else "counted"
        probes = ", ".join(map(self._place, origin.probes)) or "an unknown probe"
        yield f"{how} at {origin.tick / hz:.9f} s, block {origin.block}, by {probes}"
        if self._start != origin.tick:
            least = "at least " if self._estimated else ""
            began = f"it began {least}{(origin.tick - self._start) / hz:.6f} s earlier, at {self._start / hz:.9f} s"
            here = "here" if self.tick == self._start and not self.stepped else "v goes there"
            yield f"{began}: {here}"

    @property
    def _hz(self) -> int:
        moment = self.session.moment()
        return moment.frame.tsc_hz if moment is not None else 1

    def _place(self, probe: FiredProbe) -> str:
        return f"{clean(probe.name)}, {clean(probe.file or self._cause.question.name)}:{probe.line}"

    def action_other_end(self) -> None:
        """From where it began to where it was counted, and back."""
        self._when_free(self._to_other_end)

    def _to_other_end(self) -> None:
        if self._origin is None or self._start == self._origin.tick:
            self.app.bell()
            return
        at_start = self.tick == self._start and not self.stepped
        self.go(self._origin.tick if at_start else self._start)

    def action_probe(self) -> None:
        """To the probe in the editor."""
        probe = next(iter(self._origin.probes), None) if self._origin is not None else None
        if probe is None:
            self.app.bell()
            return
        self.dismiss()
        self.app.post_message(Jump(self._cause.question.name, probe.line, file=probe.file))

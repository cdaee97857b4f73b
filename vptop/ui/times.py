# SPDX-License-Identifier: GPL-2.0-or-later
"""Which moment is shown, and which one it is compared with."""

from __future__ import annotations

from itertools import islice

from textual import on

from vptop.model.goto import PlaceError, find
from vptop.model.moment import Moment
from vptop.model.names import Names
from vptop.model.plain import clean
from vptop.ui.actions import key_of
from vptop.ui.dialogs.suggesting import SuggestingPrompt
from vptop.ui.naming import NameProvider
from vptop.ui.render.numbers import clock
from vptop.ui.shell import Shell
from vptop.ui.widgets.chrome import HistoryBar
from vptop.ui.widgets.leads import named

SUGGESTED = 2
"""Names of the list that a message about a part of a name repeats."""
NAMED_THINGS = "an aggregate, a probe, a process or a function of the guest"


class TimeShell(Shell):
    """A Shell that can be frozen, and shows other moments and differences from one of them."""

    COMMANDS = Shell.COMMANDS | {NameProvider}

    # --- time ---

    def action_freeze(self) -> None:
        """Freeze or go live."""
        timeline = self.session.timeline
        if timeline.live:
            timeline.freeze()
        else:
            timeline.go_live()
        self.show_moment()

    def action_step(self, frames: int) -> None:
        """Look at another second."""
        self.session.timeline.step(frames)
        self.show_moment()

    def action_live(self) -> None:
        """Back to the newest second."""
        self.session.timeline.go_live()
        self.show_moment()

    def action_goto(self) -> None:
        """Ask for a moment, or for the name of an aggregate, a probe, a process or a function, and show it."""
        moment = self.session.moment()
        if moment is None:
            self.say("nothing to go to: no second has come yet", "warn")
            return
        names = Names(moment)

        def wrong(text: str) -> str:
            try:
                find(text, self.session)
            except PlaceError as error:
                if named(moment, text) is not None:
                    return ""
                listed = (name.text for name in names.like(text))
                near = tuple(islice(listed, SUGGESTED)) or names.nearest(text)
                hint = f"did you mean {' or '.join(map(clean, near))}? " if near else ""
                return f"{hint}{error}, or the name of {NAMED_THINGS}"
            return ""

        def go(text: str | None) -> None:
            if text:
                self.go_to(moment, text)

        self.push_screen(SuggestingPrompt("Go to -30s, 12:04, v7, max or a name", "", wrong, names.like), go)

    def go_to(self, moment: Moment, text: str) -> None:
        """Show what a text names at a moment: another moment, or what has that name."""
        try:
            self.session.timeline.go_to(find(text, self.session))
            self.show_moment()
        except PlaceError as error:
            lead = named(moment, text)
            if lead is None:
                self.say(str(error), "warn")
            else:
                self.post_message(lead)

    # --- the baseline ---

    def action_baseline(self) -> None:
        """Compare with the moment shown from now on."""
        moment = self.session.moment()
        if moment is None:
            self.say("no second to compare with yet", "warn")
            return
        self.session.set_baseline(moment)
        shows = f"{key_of(self, 'diff.toggle')} shows the differences from it"
        self.say(f"the baseline is {clock(moment.frame.guest_seconds)}; {shows}", "good")
        self.show_moment()

    def action_clear_baseline(self) -> None:
        """Compare with nothing."""
        self.session.set_baseline(None)
        self.say("no baseline")
        self.show_moment()

    def action_compare(self) -> None:
        """Show differences from the baseline, or stop doing so."""
        baseline = self.session.baseline
        if baseline is None:
            makes = f"{key_of(self, 'diff.set')} makes this second the baseline"
            self.say(f"no baseline yet: {makes}, and each reload sets one", "warn")
            return
        self.session.comparing = not self.session.comparing
        since = clock(baseline.moment.frame.guest_seconds)
        self.say(f"differences from {since} ({baseline.why or 'set here'})" if self.session.comparing else "")
        self.show_moment()

    @on(HistoryBar.Scrubbed)
    def _scrubbed(self, event: HistoryBar.Scrubbed) -> None:
        self.session.timeline.go_to(event.sequence)
        self.show_moment()

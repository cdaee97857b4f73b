# SPDX-License-Identifier: GPL-2.0-or-later
"""The dashboard without its machine: views, what is drawn, and where keys go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.events import DescendantFocus, Resize
from textual.filter import LineFilter
from textual.geometry import Size
from textual.screen import Screen
from textual.theme import Theme
from textual.widgets import ContentSwitcher, Input, Static, TextArea

from vptop.model.filterexpr import Filter, parse
from vptop.model.plain import clean
from vptop.model.ring import Ring
from vptop.model.session import Session
from vptop.model.settings import Settings
from vptop.ui.actions import Scope, actions_of, bindings
from vptop.ui.dialogs.jump import JumpScreen
from vptop.ui.dialogs.keys import keys_of_dialog
from vptop.ui.jumping import spots_of
from vptop.ui.keymap import APP, FIRST_IN_FOOTER, LAST_IN_FOOTER
from vptop.ui.line_input import FilterInput
from vptop.ui.render.ascii import AsciiFilter
from vptop.ui.render.chrome import Tab
from vptop.ui.render.status import Health
from vptop.ui.themes import ThemedApp
from vptop.ui.views import VIEWS, View
from vptop.ui.views.view import Step, Zoom
from vptop.ui.widgets.chrome import FooterBar, HistoryBar, StatusBar, TabBar
from vptop.ui.widgets.leads import Drill
from vptop.ui.widgets.lines import LinePanel
from vptop.ui.widgets.messages import Banner, MessageBar

LITTLE = (60, 15)
TINY = (40, 10)


class Shell(ThemedApp):
    """Shows a Session: which view, which moment, which rows."""

    CSS_PATH = Path(__file__).with_name("vptop.tcss")
    CSS = "\n".join(row.layout for row in VIEWS)
    TITLE = "vptop"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = [*bindings(APP)]
    # Textual declares these two for instances, so they cannot be ClassVar here.
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-normal"), (140, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (30, "-tall")]  # noqa: RUF012
    _fitted = Size(0, 0)
    """the size that everything was arranged for"""

    def __init__(
        self,
        session: Session | None = None,
        settings: Settings = Settings(),
        keys: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """Show nothing yet.

        Args:
            session: the Frames to show; None: a new one, as large as the settings say.
            settings: of the user.
            keys: other keys than the usual ones, by the id of their action.
        """
        super().__init__()
        self.settings = settings
        self.keys_changed = keys
        self._ascii = AsciiFilter(enabled=settings.ascii)
        self.set_keymap(dict(keys))
        self.session = Session(Ring(settings.frames, settings.memory_mib << 20)) if session is None else session
        self.session.refresh = settings.refresh
        self.health = Health(starting=True)
        self.view = VIEWS[0].id
        self.view_before = self.view
        """the view that was shown before this one"""
        self._panels: dict[str, LinePanel[object]] = {}
        self._trail: list[Step] = []
        self.animation_level = "none"

    def get_default_screen(self) -> Screen[object]:
        """The screen of the views, with the classes of its size: everything is styled once, not again when told it."""
        screen = super().get_default_screen()
        for size, classes in zip(self.size, (self.HORIZONTAL_BREAKPOINTS, self.VERTICAL_BREAKPOINTS), strict=True):
            screen.add_class([name for least, name in classes if size >= least][-1], update=False)
        return screen

    def compose(self) -> ComposeResult:
        """Two lines above, the views, four lines below."""
        yield StatusBar()
        yield TabBar([Tab(row.id, row.title, row.short) for row in VIEWS])
        yield Banner()
        with ContentSwitcher(initial=VIEWS[0].id, id="views"):
            for row in VIEWS:
                yield row.make(id=row.id)
        yield Static("", id="too-small", markup=False)
        yield HistoryBar()
        yield FilterInput(
            id="filter", placeholder="text  a|b  !without  re:pattern  cnt>100 avg>=5   Enter keeps  Esc clears"
        )
        yield MessageBar()
        yield FooterBar()

    def on_mount(self) -> None:
        """Begin."""
        self.show_view(VIEWS[0].id)
        self.theme_changed_signal.subscribe(self, self._theme_changed)
        self.screen_change_signal.subscribe(self, lambda _: self.call_after_refresh(self._show_footer))

    def say(self, text: str, severity: str = "") -> None:
        """Show one line below the panels."""
        for screen in self.screen_stack:  # one that covers all others has a line of its own
            if (bar := screen.query_one_optional(MessageBar)) is not None:  # none while the screen is taken down
                bar.say(text, severity)

    @on(LinePanel.Said)
    def _said(self, event: LinePanel.Said) -> None:
        self.say(event.text, event.severity)

    def _theme_changed(self, _: Theme) -> None:
        self.show_moment()

    # --- what is shown ---

    @property
    def active_view(self) -> View:
        """The view on screen."""
        return self.query_one(f"#{self.view}", View)

    def show_moment(self) -> None:
        """Draw the moment under the cursor in all that is seen."""
        if self.query_one_optional(StatusBar) is None:  # the screen is being taken down
            return
        moment = self.session.moment()
        with self.batch_update():
            self.query_one(StatusBar).show(moment, self.health)
            self.query_one(TabBar).show(self.view, moment, ended=bool(self.health.gone))
            self.query_one(HistoryBar).show(moment)
            self.active_view.show(moment)
            self._show_footer()

    def show_view(self, view: str) -> None:
        """Switch to a view and to the panel last used there."""
        self.active_view.zoom(None)
        if view != self.view:
            self.query_one(MessageBar).leave()
            self.view_before = self.view
        self.view = view
        self.query_one("#views", ContentSwitcher).current = view
        self.show_moment()
        self.active_view.take_focus(self._panels.get(view))

    @property
    def panel(self) -> LinePanel[object] | None:
        """The panel that keys are for: the focused one, else the one last used in this view, else the first."""
        return self.focused if isinstance(self.focused, LinePanel) else self._usual_panel()

    def _usual_panel(self) -> LinePanel[object] | None:
        shown = self.active_view.panels
        known = self._panels.get(self.view)
        return known if known in shown else next(iter(shown), None)

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        view = self.query_one_optional(f"#{self.view}", View)
        if view is None:  # it is in a dialog, or the screen is being taken down
            return
        if isinstance(event.widget, LinePanel) and view in event.widget.ancestors:
            self._panels[self.view] = event.widget
        self._show_footer()

    def scopes(self) -> tuple[Scope, ...]:
        """Scopes valid now, the most particular first."""
        own = self.active_view.scopes(self.panel)
        valid = own if any(scope.exclusive for scope in own) else (*own, APP)
        return tuple(scope.with_keys(self.keys_changed) for scope in valid)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """What changes the lines of all widgets before they are drawn."""
        return [*super().get_line_filters(), *([self._ascii] if self._ascii.enabled else [])]

    def _show_footer(self) -> None:
        footer = self.screen_stack[0].query_one_optional(FooterBar) if self.screen_stack else None
        if footer is None:  # the screen is being taken down
            return
        if self.screen is not self.screen_stack[0]:
            footer.show_text(keys_of_dialog(self.screen))
            return
        typing = isinstance(self.focused, TextArea | Input)
        listed = [action for action in actions_of(self.scopes()) if action.footer]
        shown = [one for action in listed if (one := action.while_typing if typing else action)]
        last = [action for action in shown if action.id in LAST_IN_FOOTER]
        others = sorted(
            (action for action in shown if action not in last), key=lambda action: action.id not in FIRST_IN_FOOTER
        )
        footer.show(others, last)

    @on(Resize)
    def _resized(self, event: Resize) -> None:
        if event.size == self._fitted:  # the first is told twice
            return
        self._fitted = event.size
        width, height = event.size
        little = width < LITTLE[0] or height < LITTLE[1]
        tiny = width < TINY[0] or height < TINY[1]
        ground = self.screen_stack[0]  # a dialog may be over it
        ground.set_class(little, "-little")
        ground.set_class(tiny, "-tiny")
        words = f"vptop needs {TINY[0]}×{TINY[1]}\nthis is {width}×{height}\n\nthe machine goes on running"
        ground.query_one("#too-small", Static).update(words)
        ground.query_one(MessageBar).wrap(event.size)
        ground.query_one(Banner).wrap(event.size)
        self.call_after_refresh(self.show_moment)

    # --- moving about ---

    def action_view(self, view: str) -> None:
        """Show a view."""
        self._forget_trail()
        self.show_view(view)

    @on(Drill)
    def _drill(self, event: Drill) -> None:
        """Show another view, filtered by what a row is about, and remember the way back."""
        self._trail.append(Step(self.view, self.panel, event.crumb))
        self.show_view(event.view)
        target = self.active_view.drilled
        if target is None:
            return
        self._trail[-1].target = target
        self._trail[-1].filters = {panel: panel.filter for panel in self.active_view.query(LinePanel)}
        target.about(event.aggregate)
        target.crumbs = self.crumbs
        target.set_filter(parse(event.text))
        self.screen.set_focus(target)

    def lasting_filter(self, panel: LinePanel[object]) -> Filter:
        """The filter of a panel without what leads have made of it."""
        return next((step.filters[panel] for step in self._trail if panel in step.filters), panel.filter)

    @property
    def crumbs(self) -> str:
        """What the person came through."""
        return " › ".join(clean(step.crumb) for step in self._trail)

    def action_go_back(self) -> None:
        """Back to where the last row led from."""
        if not self._trail:
            return
        step = self._trail.pop()
        step.undo()
        self.show_view(step.view)
        if step.panel is not None and step.panel in self.active_view.panels:
            self.screen.set_focus(step.panel)

    def _forget_trail(self) -> None:
        while self._trail:
            self._trail.pop().undo()

    @on(TabBar.Chosen)
    def _tab_chosen(self, event: TabBar.Chosen) -> None:
        self.show_view(event.view)

    @on(LinePanel.OpenView)
    def _open_view(self, event: LinePanel.OpenView) -> None:
        self.show_view(VIEWS[event.digit - 1].id)

    @on(FooterBar.Chosen)
    async def _footer_chosen(self, event: FooterBar.Chosen) -> None:
        await self.run_action(
            event.name, self.panel if self.panel and hasattr(self.panel, f"action_{event.name}") else None
        )

    def action_focus_next(self) -> None:
        """The next panel of the view, also one that is not on screen."""
        self._next_panel(1)

    def action_focus_previous(self) -> None:
        """The panel before."""
        self._next_panel(-1)

    def _next_panel(self, step: int) -> None:
        if self.active_view.panel_after(self.focused, step) is not None:
            self.call_after_refresh(self.show_moment)
        elif step > 0:
            self.screen.focus_next()
        else:
            self.screen.focus_previous()

    def action_zoom(self) -> None:
        """One panel over the whole view, or all of them."""
        view = self.active_view
        view.zoom(None if view.zoomed is Zoom.FULL else self.panel)
        self.call_after_refresh(self.show_moment)

    def action_resize(self, step: int) -> None:
        """The panel in its usual place, over half of the view, or over all of it."""
        view = self.active_view
        view.zoom(self.panel, view.next_size(step))
        self.call_after_refresh(self.show_moment)

    def action_jump(self) -> None:
        """Label the views, the panels and the rows on screen; the label that is typed goes there."""

        def go(picked: Callable[[], object] | None) -> None:
            if picked is not None:
                picked()

        self.push_screen(JumpScreen(spots_of(self)), go)

    # --- back ---

    def action_clear(self) -> None:
        """Undo the last restriction: the zoom, the way from another row, the filter. The message goes with the last."""
        if self.active_view.zoomed:
            self.active_view.zoom(None)
            self.call_after_refresh(self.show_moment)
        elif self._trail:
            self.action_go_back()
        else:
            self.say("")
            if self.panel:
                self.panel.clear()

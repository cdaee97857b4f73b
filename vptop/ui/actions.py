# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user can do: actions with their keys, gathered in scopes.

Each scope stands in the module that it serves; `vptop.ui.keymap` assembles them. Bindings, footer, help and the
command palette are made from the same actions.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """An action; `name` with its arguments is the Textual action that runs."""

    id: str
    keys: str
    """separated by commas; empty: the command palette alone has it"""
    name: str
    text: str
    footer: str = ""
    """short text for the footer; empty: not in the footer"""
    shown: str = ""
    """how the keys are written, where Textual's names do not serve"""
    priority: bool = False
    """comes before what the focused widget makes of the key"""

    @property
    def is_letter(self) -> bool:
        """True when each of its keys is a character that can be typed into a text."""
        return all(len(_LABELS.get(key, key)) == 1 or key == "space" for key in self.keys.split(","))

    @property
    def label(self) -> str:
        """The keys as the help and the footer show them."""
        return self.shown or " ".join(dict.fromkeys(_label(key) for key in self.keys.split(",")))


@dataclass(frozen=True, slots=True)
class Scope:
    """Actions that are valid in the same place; the title is their heading in the help."""

    title: str
    actions: tuple[Action, ...]
    exclusive: bool = False
    """while it is valid, no other scope is"""


_LABELS = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "comma": ",",
    "colon": ":",
    "full_stop": ".",
    "asterisk": "*",
    "space": "Space",
    "escape": "Esc",
    "enter": "Enter",
    "end": "End",
    "up": "↑",
    "down": "↓",
    "left": "←",
    "right": "→",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "tab": "Tab",
    "@": "Space",
    "underscore": "/",
}


def _label(key: str) -> str:
    """A key as it is written in the help: Ctrl+S, Alt+Enter, F8."""
    *modifiers, last = key.split("+")
    name = _LABELS.get(last, last)
    if not modifiers:
        return name.upper() if len(name) > 1 and name[1:].isdigit() else name
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name[:1].upper() + name[1:]])


def bindings(*scopes: Scope) -> list[Binding]:
    """The bindings of these scopes, for a widget or the app."""
    return [
        Binding(action.keys, action.name, action.text, show=False, id=action.id, priority=action.priority)
        for action in actions_of(scopes)
        if action.keys
    ]


def actions_of(scopes: Iterable[Scope]) -> list[Action]:
    """The actions of these scopes, in order."""
    return [action for scope in scopes for action in scope.actions]


GENERAL = (
    Action("panel.next", "tab", "focus_next", "next panel"),
    Action("panel.previous", "shift+tab", "focus_previous", "previous panel"),
    Action("time.freeze", "space", "freeze", "freeze the view; live again", "Freeze"),
    Action("time.back", "left_square_bracket", "step(-1)", "one second back"),
    Action("time.on", "right_square_bracket", "step(1)", "one second on"),
    Action("time.back10", "left_curly_bracket", "step(-10)", "ten seconds back"),
    Action("time.on10", "right_curly_bracket", "step(10)", "ten seconds on"),
    Action("time.live", "end", "live", "back to live"),
    Action("time.goto", "colon", "goto", "go to a time, a version, the busiest second"),
    Action("diff.set", "b", "baseline", "make this second the baseline"),
    Action("diff.clear", "B", "clear_baseline", "forget the baseline"),
    Action("diff.toggle", "d", "compare", "differences from the baseline, on and off", "Diff"),
    Action("filter.open", "slash", "filter", "filter: text a|b !not re:x cnt>9", "Filter"),
    Action("filter.clear", "escape", "clear", "clear the filter, leave the zoom"),
    Action("drill.back", "backspace", "go_back", "back to where the row led from"),
    Action("panel.zoom", "z", "zoom", "panel to full size and back", "Zoom"),
    Action("edit.open", "e", "edit", "edit the script", "Edit"),
    Action("edit.toggle", "f2", "toggle_edit", "to the editor and back", priority=True),
    Action("reference", "f3", "reference", "what scripts can name: probes, variables, functions", "Names"),
    Action("export", "x", "export", "write this second to a file", "Export"),
    Action("capture", "C", "capture", "write every second to a file for `vptop replay`; end that"),
    Action("copy", "y", "copy", "copy the panel's rows to the clipboard", "Copy"),
    Action("vm.pause", "p", "pause", "pause or resume the guest", "Pause"),
    Action("vm.reset", "R", "reset", "press the machine's reset button (asks)"),
    Action("vm.clear", "0", "clear_aggregates", "clear every aggregate (asks)"),
    Action("vm.restart", "enter", "restart", "after the VM ended: start it again", priority=True),
    Action("screenshot", "f9", "picture", "save the screen as SVG"),
    Action("help", "question_mark,f1", "help", "keys that work here", "Keys"),
    Action("palette", "ctrl+p", "command_palette", "command palette", "Palette"),
    Action("suspend", "ctrl+z", "suspend_process", "suspend vptop; `fg` in the shell resumes it"),
    Action("quit", "q,ctrl+q", "quit", "quit", "Quit"),
)
"""Actions of the app beside those that show a view. Those with priority are refused where they have no meaning."""

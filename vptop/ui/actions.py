# SPDX-License-Identifier: GPL-2.0-or-later
"""What a user can do: actions with their keys, gathered in scopes.

Each scope stands in the module that it serves; `vptop.ui.keymap` assembles them. Bindings, footer, help and the
command palette are made from the same actions.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from textual.binding import Binding
from textual.keys import REPLACED_KEYS, Keys, key_to_character


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
    def while_typing(self) -> Action | None:
        """The action with the keys that cannot be typed into a text; None when it has no other keys."""
        keys = [key for key in self.keys.split(",") if len(key) > 1 and key not in _MARKS and key != "space"]
        return replace(self, keys=",".join(keys)) if keys else None

    @property
    def written(self) -> tuple[str, ...]:
        """Its keys as `read_key` reads them, punctuation marks as such."""
        return tuple(_MARKS.get(key, key) for key in self.keys.split(",") if key)

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

    def with_keys(self, keys: Mapping[str, str]) -> Scope:
        """The scope under a key map: other keys by the id of their action, separated by commas."""
        return replace(
            self,
            actions=tuple(
                replace(action, keys=keys[action.id], shown="") if action.id in keys else action
                for action in self.actions
            ),
        )


_LABELS = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "comma": ",",
    "plus": "+",
    "apostrophe": "'",
    "greater_than_sign": ">",
    "less_than_sign": "<",
    "colon": ":",
    "full_stop": ".",
    "asterisk": "*",
    "space": "Space",
    "escape": "Esc",
    "backspace": "Backspace",
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


_MODIFIERS = ("alt", "ctrl", "shift", "super")
_BY_LABEL = {label.lower(): key for key, label in _LABELS.items() if key not in ("@", "underscore")}
_MARKS = {key: label for key, label in _LABELS.items() if len(label) == 1 and label.isascii() and len(key) > 1}
KEY_NAMES = tuple(sorted({key.value for key in Keys if "+" not in key.value and "<" not in key.value} | {*_BY_LABEL}))
"""Keys that are no single character, as Textual and as the help writes them."""


def read_key(text: str) -> str:
    """A key as a person writes it (`ctrl+s`, `F5`, `Esc`, `?`) as Textual names it; empty: there is no such key."""
    before, plus, last = text.strip().rpartition("+")
    if not last and plus:  # the key + itself
        before, last = before.removesuffix("+"), "plus"
    modifiers = sorted(before.lower().split("+")) if before else []
    if not set(modifiers) <= set(_MODIFIERS):
        return ""
    if len(last) == 1 and last.isprintable():
        name = _BY_LABEL.get(last, last.lower() if modifiers else last)
        return "+".join([*modifiers, name])
    lowered = _BY_LABEL.get(last.lower(), last.lower())
    known = lowered in KEY_NAMES or lowered in REPLACED_KEYS or key_to_character(lowered) is not None
    return "+".join([*modifiers, lowered]) if known else ""


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
    Action("panel.next", "tab", "focus_next", "next panel, also one that is not on screen"),
    Action("panel.previous", "shift+tab", "focus_previous", "previous panel"),
    Action("time.freeze", "space", "freeze", "freeze the view; live again", "Freeze"),
    Action("time.back", "left_square_bracket", "step(-1)", "one second back"),
    Action("time.on", "right_square_bracket", "step(1)", "one second on"),
    Action("time.back10", "left_curly_bracket", "step(-10)", "ten seconds back"),
    Action("time.on10", "right_curly_bracket", "step(10)", "ten seconds on"),
    Action("time.live", "end", "live", "back to live"),
    Action("time.slower", "greater_than_sign", "slower", "live: a new picture after more seconds"),
    Action("time.faster", "less_than_sign", "faster", "live: a new picture after fewer seconds, down to each one"),
    Action("time.goto", "colon", "goto", "go to a time, a version, the busiest second, a name"),
    Action("past.visit", "M", "visit", "visit this moment: registers, code, stack, memory, steps"),
    Action("past.when", "W", "when", "when did a condition hold? search the kept past"),
    Action("past.budget", "H", "past_budget", "memory for the checkpoints of the past"),
    Action("diff.set", "b", "baseline", "make this second the baseline"),
    Action("diff.clear", "B", "clear_baseline", "forget the baseline"),
    Action("diff.toggle", "d", "compare", "differences from the baseline, on and off", "Diff"),
    Action("filter.open", "slash", "filter", "filter: text a|b !not proc~x re:x cnt>9 avg>2ms", "Filter"),
    Action("filter.clear", "escape", "clear", "clear the filter, leave the zoom"),
    Action("drill.back", "backspace", "go_back", "back to where the row led from"),
    Action("panel.zoom", "z", "zoom", "panel to full size and back", "Zoom"),
    Action("panel.larger", "plus", "resize(1)", "panel to the next size: normal, half, full"),
    Action("panel.smaller", "_", "resize(-1)", "panel to the size before"),
    Action("jump", "apostrophe", "jump", "label what can be reached; typing a label goes there"),
    Action("edit.open", "e", "edit", "edit the script", "Edit"),
    Action("edit.toggle", "f2", "toggle_edit", "to the editor and back", priority=True),
    Action("library", "f6", "library", "load a script of the library"),
    Action("reference", "f3", "reference", "what scripts can name: probes, variables, functions", "Names"),
    Action("export", "x", "export", "write this second to a file", "Export"),
    Action("export.again", "X", "export_again", "export again as the last time"),
    Action("capture", "C", "capture", "write every second to a file for `vptop replay`; end that"),
    Action("copy", "y", "copy", "copy the panel's rows to the clipboard", "Copy"),
    Action("copy.part", "Y", "copy_part", "copy the row, or one cell of it"),
    Action("vm.pause", "p", "pause", "pause or resume the guest", "Pause"),
    Action("vm.reset", "R", "reset", "press the machine's reset button (asks)"),
    Action("vm.clear", "0", "clear_aggregates", "clear every aggregate (asks)"),
    Action("vm.restart", "enter", "restart", "after the VM ended: start it again", priority=True),
    Action("screenshot", "f9", "picture", "save the screen as SVG"),
    Action("help", "question_mark,f1", "help", "keys that work here", "Keys"),
    Action("palette", "ctrl+p", "command_palette", "command palette", "Palette"),
    Action("redraw", "ctrl+l", "redraw", "draw the whole screen anew"),
    Action("suspend", "ctrl+z", "suspend_process", "suspend vptop; `fg` in the shell resumes it"),
    Action("quit", "q,ctrl+q", "quit", "quit", "Quit"),
    Action("quit.print", "Q", "quit_and_print", "quit, and leave what the view shows on the terminal"),
)
"""Actions of the app beside those that show a view. Those with priority are refused where they have no meaning."""


def key_of(app: object, action_id: str, actions: Iterable[Action] = GENERAL) -> str:
    """The first key of an action as the help shows it, under the key map of the app's user.

    Args:
        app: the dashboard.
        action_id: of one of the actions.
        actions: that may be meant.
    """
    keys: Mapping[str, str] = getattr(app, "keys_changed", {})
    scope = Scope("", tuple(action for action in actions if action.id == action_id)).with_keys(keys)
    return scope.actions[0].label.split(" ")[0]

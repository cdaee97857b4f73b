# SPDX-License-Identifier: GPL-2.0-or-later
"""Every action of the dashboard in one table. Bindings, footer, help and the command palette are made from it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from textual.binding import Binding


class Where(StrEnum):
    """Where keys are valid. The values are the headings of the help."""

    APP = "Everywhere"
    LIST = "Lists, tables and trees"
    TABLE = "Tables"
    STACKS = "Stacks"
    AGGREGATES = "Aggregates"
    LOG = "Log"
    CONSOLE = "Guest console"
    TYPING = "While typing to the guest"
    EDITOR = "Editor"


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do. `name` with its arguments is what Textual runs."""

    id: str
    keys: str
    name: str
    text: str
    where: Where
    footer: str = ""
    """short text for the footer; empty: not shown there"""
    shown: str = ""
    """how the keys are written, when Textual's names will not do"""

    @property
    def is_letter(self) -> bool:
        """Every key of it is one that can be typed into a text."""
        return all(len(_LABELS.get(key, key)) == 1 or key == "space" for key in self.keys.split(","))

    @property
    def label(self) -> str:
        """The keys as people read them."""
        return self.shown or " ".join(dict.fromkeys(_label(key) for key in self.keys.split(",")))


_LABELS = {
    "slash": "/",
    "question_mark": "?",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "left_curly_bracket": "{",
    "right_curly_bracket": "}",
    "comma": ",",
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
    """A key as people read it: Ctrl+S, Alt+Enter, F8."""
    *modifiers, last = key.split("+")
    name = _LABELS.get(last, last)
    if not modifiers:
        return name.upper() if len(name) > 1 and name[1:].isdigit() else name
    return "+".join([*(modifier.capitalize() for modifier in modifiers), name[:1].upper() + name[1:]])


VIEWS = ("overview", "aggregates", "irq", "latency", "stacks", "probes", "log", "edit", "guest")
VIEW_TITLES = ("Overview", "Aggregates", "IRQ", "Latency", "Stacks", "Probes", "Log", "Edit", "Guest")
VIEW_SHORT = ("Over", "Agg", "IRQ", "Lat", "Stk", "Prb", "Log", "Edit", "Gst")

_APP = Where.APP
ACTIONS: tuple[Action, ...] = (
    *(
        Action(f"view.{view}", str(digit), f"view('{view}')", f"show {title}", _APP)
        for digit, (view, title) in enumerate(zip(VIEWS, VIEW_TITLES, strict=True), start=1)
    ),
    Action("panel.next", "tab", "next_panel", "next panel", _APP),
    Action("panel.previous", "shift+tab", "previous_panel", "previous panel", _APP),
    Action("time.freeze", "space", "freeze", "freeze the view; live again", _APP, "Freeze"),
    Action("time.back", "left_square_bracket", "step(-1)", "one second back", _APP),
    Action("time.on", "right_square_bracket", "step(1)", "one second on", _APP),
    Action("time.back10", "left_curly_bracket", "step(-10)", "ten seconds back", _APP),
    Action("time.on10", "right_curly_bracket", "step(10)", "ten seconds on", _APP),
    Action("time.live", "end", "live", "back to live", _APP),
    Action("filter.open", "slash", "filter", "filter: text a|b !not re:x cnt>9", _APP, "Filter"),
    Action("filter.clear", "escape", "clear", "clear the filter, leave the zoom", _APP),
    Action("panel.zoom", "z", "zoom", "panel to full size and back", _APP, "Zoom"),
    Action("edit.open", "e", "edit", "edit the script", _APP, "Edit"),
    Action("edit.toggle", "f2", "toggle_edit", "to the editor and back", _APP),
    Action("reference", "f3", "reference", "what scripts can name: probes, variables, functions", _APP, "Names"),
    Action("export", "x", "export", "write this second to a file", _APP, "Export"),
    Action("copy", "y", "copy", "copy the panel's rows to the clipboard", _APP, "Copy"),
    Action("vm.pause", "p", "pause", "pause the guest, or let it go on", _APP, "Pause"),
    Action("vm.reset", "R", "reset", "press the machine's reset button (asks)", _APP),
    Action("vm.clear", "0", "clear_aggregates", "clear every aggregate (asks)", _APP),
    Action("vm.restart", "enter", "restart", "after the VM died: start it again", _APP),
    Action("screenshot", "f9", "picture", "save the screen as SVG", _APP),
    Action("help", "question_mark,f1", "help", "keys that work here", _APP, "Keys"),
    Action("palette", "ctrl+p", "command_palette", "command palette", _APP, "Palette"),
    Action("quit", "q,ctrl+q", "quit", "quit", _APP, "Quit"),
    Action("list.down", "j,down", "move(1)", "down", Where.LIST),
    Action("list.up", "k,up", "move(-1)", "up", Where.LIST),
    Action("list.page_down", "pagedown", "page(1)", "page down", Where.LIST),
    Action("list.page_up", "pageup", "page(-1)", "page up", Where.LIST),
    Action("list.top", "g,home", "top", "first", Where.LIST, shown="g Home"),
    Action("list.bottom", "G", "bottom", "last", Where.LIST),
    Action("list.left", "h,left", "sideways(-1)", "left; in a tree: collapse", Where.LIST),
    Action("list.right", "l,right", "sideways(1)", "right; in a tree: expand", Where.LIST),
    Action("list.open", "enter", "open", "open: view, source line, callees", Where.LIST),
    Action("sort.pick", "s", "sort", "sort by another column", Where.TABLE, "Sort"),
    Action("sort.previous", "comma", "sort_step(-1)", "sort by the column to the left", Where.TABLE),
    Action("sort.next", "full_stop", "sort_step(1)", "sort by the column to the right", Where.TABLE),
    Action("sort.reverse", "r", "reverse", "reverse the order", Where.TABLE),
    Action("aggregate.next", "a", "aggregate(1)", "next aggregate", Where.AGGREGATES, "Next aggr"),
    Action("aggregate.previous", "A", "aggregate(-1)", "previous aggregate", Where.AGGREGATES),
    Action("stacks.form", "T", "form", "tree or flat list", Where.STACKS, "Tree/flat"),
    Action("stacks.invert", "i", "invert", "callers below callees, and back", Where.STACKS),
    Action("stacks.subtree", "asterisk", "subtree", "expand everything below", Where.STACKS),
    Action("log.follow", "f", "follow", "follow the end, or stay", Where.LOG, "Follow"),
    Action("log.aggregates", "b", "blocks", "show or hide printed aggregates", Where.LOG),
    Action("console.type", "i", "type", "type to the guest", Where.CONSOLE, "Type"),
    Action("typing.leave", "ctrl+right_square_bracket", "leave", "stop typing to the guest", Where.TYPING, "Done"),
    Action("edit.apply", "ctrl+s,ctrl+j", "apply", "apply to the running machine", Where.EDITOR, "Apply"),
    Action("edit.save", "ctrl+o", "save", "write to the script's file", Where.EDITOR, "Write"),
    Action("edit.reload", "ctrl+r", "reload", "back to the text that runs", Where.EDITOR),
    Action("edit.revert", "alt+z", "revert", "run the version before again", Where.EDITOR, "Revert"),
    Action("edit.complete", "ctrl+@,ctrl+space", "complete", "words that fit here", Where.EDITOR, "Complete"),
    Action("edit.fix", "ctrl+g,alt+enter", "fix", "do what the diagnostic proposes", Where.EDITOR, "Fix"),
    Action("problem.next", "f8", "problem(1)", "next problem", Where.EDITOR, "Problem"),
    Action("problem.previous", "shift+f8,f20", "problem(-1)", "previous problem", Where.EDITOR, shown="Shift+F8"),
    Action("edit.definition", "f12", "definition", "to the definition of the word", Where.EDITOR),
    Action("edit.comment", "ctrl+underscore,ctrl+slash", "comment", "comment lines in or out", Where.EDITOR),
    Action("edit.script", "f9", "pick_script", "choose another script", Where.EDITOR, "Script"),
    Action("edit.leave", "escape", "leave", "back to the view before", Where.EDITOR, "Leave"),
)


PRIORITY = {"vm.restart", "edit.toggle"}
"""Actions that come before what the focused widget makes of the key; both are refused when they have no meaning."""


def bindings(*wheres: Where) -> list[Binding]:
    """The bindings of these scopes, for a widget or the app."""
    return [
        Binding(action.keys, action.name, action.text, show=False, id=action.id, priority=action.id in PRIORITY)
        for action in ACTIONS
        if action.where in wheres
    ]


def in_scopes(wheres: Iterable[Where]) -> list[Action]:
    """The actions valid in these scopes, in the order of the table."""
    valid = set(wheres)
    return [action for action in ACTIONS if action.where in valid]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Every scope of the dashboard, assembled from the modules that declare them, and the key map of the user."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from vptop.model.settings import Keys, suggestion
from vptop.ui.actions import GENERAL, KEY_NAMES, Action, Scope, read_key
from vptop.ui.past.moment import MOMENT
from vptop.ui.past.when import WHEN
from vptop.ui.views import VIEWS
from vptop.ui.widgets.lines import LIST
from vptop.ui.widgets.table import TABLE

DIGITS = range(1, 10)
"""Views that a key opens; the tabs and the palette open those behind them, too."""
APP = Scope(
    "Everywhere",
    (
        *(
            Action(
                f"view.{view.id}",
                f"{digit},alt+{digit}" if digit in DIGITS else "",
                f"view('{view.id}')",
                f"{view.title}: {view.help}",
            )
            for digit, view in enumerate(VIEWS, start=1)
        ),
        *GENERAL,
    ),
)
SCOPES: tuple[Scope, ...] = (APP, LIST, TABLE, *(scope for view in VIEWS for scope in view.make.SCOPES), MOMENT, WHEN)
"""All of them; within one, no two actions share a key."""
FIRST_IN_FOOTER = frozenset({"time.freeze", "filter.open"})
"""What is wanted most, on narrow screens, too."""
LAST_IN_FOOTER = frozenset({"help", "palette", "quit"})
"""Actions at the right end of the footer, which are seen at every width."""
SHARED = (APP, LIST, TABLE)
"""Scopes that are valid together with others: a key of theirs must not be a key of another scope either."""


def checked(wanted: Mapping[str, Keys]) -> tuple[dict[str, str], list[str]]:
    """The key map that a user wrote.

    Returns:
        Keys, separated by commas, by the id of their action; and what is wrong with the rest, which is left out.
    """
    known = {action.id for scope in SCOPES for action in scope.actions}
    keys: dict[str, str] = {}
    problems: list[str] = []
    for action, given in wanted.items():
        if action not in known:
            problems.append(f"{given.place}: unknown action `{action}`; {suggestion(action, sorted(known))}")
            continue
        names = [read_key(text) for text in given.keys]
        wrong = [text for text, name in zip(given.keys, names, strict=True) if not name]
        if wrong:
            near = suggestion(wrong[0].rpartition("+")[2].lower(), KEY_NAMES) if wrong[0] else ""
            hint = f"; {near}" if near.startswith("did") else ""
            problems.append(
                f"{given.place}: {action}: unknown key `{wrong[0]}`; expected one such as `z`, `ctrl+s` or `f5`{hint}"
            )
        else:
            keys[action] = ",".join(names)
    for action in list(keys):
        for key, other in [*_clashes(action, keys)]:
            problems.append(f"{wanted[action].place}: {action}: the key `{key}` is taken by {other.id} ({other.text})")
            keys.pop(action, None)
    return keys, problems


def _clashes(changed: str, keys: Mapping[str, str]) -> Iterator[tuple[str, Action]]:
    """Keys of an action that another action has where both are valid; those they share by default are left out."""
    home, usual = next((scope, action) for scope in SCOPES for action in scope.actions if action.id == changed)
    for scope in SCOPES:
        together = scope is home or ((home in SHARED or scope in SHARED) and not (scope.exclusive or home.exclusive))
        for other in scope.actions if together else ():
            shared = set(usual.keys.split(",")) & set(other.keys.split(","))
            mine, theirs = (set(keys.get(one.id, one.keys).split(",")) - {""} for one in (usual, other))
            if other.id != changed:
                yield from ((key, other) for key in sorted((mine & theirs) - shared))

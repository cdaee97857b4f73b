# SPDX-License-Identifier: GPL-2.0-or-later
"""The columns of a table."""

from __future__ import annotations

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.dialogs.columns import ColumnsScreen
from vptop.ui.render.columns import Choice

TITLES = [("a", "FIRST"), ("b", "SECOND"), ("c", "THIRD")]
PICKED: list[tuple[tuple[str, ...], Choice | None]] = [
    (("enter",), Choice(frozenset({"b"}), ("a", "b", "c"))),
    (("space", "enter"), Choice(frozenset({"a", "b"}), ("a", "b", "c"))),
    (("j", "space", "enter"), Choice(frozenset(), ("a", "b", "c"))),
    (("J", "J", "enter"), Choice(frozenset({"b"}), ("b", "c", "a"))),
    (("j", "shift+up", "enter"), Choice(frozenset({"b"}), ("b", "a", "c"))),
    (("space", "j", "j", "space", "enter"), Choice(frozenset({"a", "b"}), ("a", "b", "c"))),
    (("0",), Choice()),
    (("escape",), None),
]


def test_columns_are_hidden_and_moved_and_one_is_left() -> None:
    async def test(d: Driven) -> None:
        for keys, picked in PICKED:
            answers: list[Choice | None] = []
            d.app.push_screen(ColumnsScreen(TITLES, {"b"}, {"c"}), answers.append)
            await d.shows("THIRD  (too narrow for it)")
            await d.press(*keys)
            await d.until(answers.__len__, "an answer")
            assert answers == [picked], keys

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""While a dialog is open, the last line of the screen has its keys."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive


@pytest.mark.parametrize(
    ("key", "keys"),
    [
        ("question_mark", "↑ ↓ Enter runs one · / filters · Esc closes"),
        ("colon", "Tab ↓ chooses · Enter goes · Esc leaves"),
        ("R", "y yes · n no"),
        ("ctrl+p", "Esc closes"),
    ],
)
def test_keys_of_a_dialog_instead_of_those_below_it(key: str, keys: str) -> None:
    async def test(driven: Driven) -> None:
        def footer() -> str:
            return driven.screen().splitlines()[-1].strip()

        before = footer()
        assert keys not in before
        await driven.press(key)
        await driven.until(lambda: footer() == keys, footer())
        await driven.press("escape")
        await driven.until(lambda: footer() == before, footer())

    drive(test)

# SPDX-License-Identifier: GPL-2.0-or-later
"""All actions together."""

from __future__ import annotations

import pytest

from tests.vptop.ui.driving import Driven, drive
from vptop.ui.actions import Scope
from vptop.ui.keymap import APP, LAST_IN_FOOTER, SCOPES


def test_the_palette_knows_the_actions() -> None:
    names = {action.id for action in APP.actions}

    async def test(d: Driven) -> None:
        offered = {command.help for command in d.app.get_system_commands(d.app.screen)}
        assert names - offered <= {"palette", "vm.restart"}

    drive(test)


@pytest.mark.parametrize("scope", SCOPES, ids=lambda scope: scope.title)
def test_no_two_actions_of_a_scope_share_a_key(scope: Scope) -> None:
    keys = [key for action in scope.actions for key in action.keys.split(",")]
    assert len(keys) == len(set(keys))


def test_action_ids_are_unique() -> None:
    ids = [action.id for scope in SCOPES for action in scope.actions]
    assert len(ids) == len(set(ids))
    assert set(ids) >= LAST_IN_FOOTER

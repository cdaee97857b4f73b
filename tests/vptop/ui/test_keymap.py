# SPDX-License-Identifier: GPL-2.0-or-later
"""All actions together."""

from __future__ import annotations

from typing import Any

import pytest
from textual.actions import parse as parse_action
from textual.widgets import Static

from tests.vptop.ui.driving import Driven, drive
from vptop.model.settings import Keys
from vptop.ui.actions import Scope
from vptop.ui.keymap import APP, LAST_IN_FOOTER, SCOPES, checked
from vptop.ui.views import VIEWS


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


ENDED = "vm.restart"
"""The action whose key means something only when the VM has ended."""


def test_every_key_of_the_help_reaches_its_action(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every action is pressed once in a view where the help lists it; what it does is left to other tests."""
    ran: list[str] = []

    async def test(d: Driven) -> None:
        async def note(action: Any, default_namespace: Any = None, namespaces: Any = None) -> bool:
            name = parse_action(action)[1] if isinstance(action, str) else action[1]
            assert hasattr(default_namespace, f"action_{name}") or hasattr(d.app, f"action_{name}"), name
            ran.append(action.removeprefix("app.") if isinstance(action, str) else name)
            return name != "restart"  # the VM has not ended

        missing: list[str] = []
        pressed = {ENDED}
        for view in VIEWS:
            d.app.show_view(view.id)
            await d.pilot.pause()
            for panel in d.app.active_view.panels:
                panel.focus()
                await d.pilot.pause()
                with monkeypatch.context() as patched:
                    patched.setattr(d.app, "run_action", note)
                    for action in [one for scope in d.app.scopes() for one in scope.actions]:
                        if action.id in pressed or not action.keys:
                            continue
                        pressed.add(action.id)
                        ran.clear()
                        await d.press(action.keys.split(",")[0])
                        if action.name not in ran:
                            missing.append(f"{action.id} in {view.id}")
        assert not missing
        assert len(pressed) > 50

    drive(test)


def keys(**wanted: str) -> dict[str, Keys]:
    return {name.replace("__", "."): Keys(f"s.toml:{line}", (key,)) for line, (name, key) in enumerate(wanted.items())}


def test_a_key_map_may_swap_keys() -> None:
    assert checked(keys(panel__zoom="space", time__freeze="z")) == ({"panel.zoom": "space", "time.freeze": "z"}, [])


def test_what_is_wrong_with_a_key_map_is_left_out_and_named() -> None:
    known, problems = checked(keys(pannel__zoom="f7", quit="ctl+x", panel__zoom="space", list__top="q"))
    assert known == {}
    assert problems == [
        "s.toml:0: unknown action `pannel.zoom`; did you mean `panel.zoom`?",
        "s.toml:1: quit: unknown key `ctl+x`; expected one such as `z`, `ctrl+s` or `f5`",
        "s.toml:2: panel.zoom: the key `space` is taken by time.freeze (freeze the view; live again)",
        "s.toml:3: list.top: the key `q` is taken by quit (quit)",
    ]


def test_the_keys_of_the_user_work_and_stand_in_the_help() -> None:
    async def test(d: Driven) -> None:
        await d.press("z")
        assert not d.app.active_view.zoomed
        await d.press("f7")
        assert d.app.active_view.zoomed
        await d.press("question_mark")
        await d.shows("Keys that work here")
        texts = [str(part.render()) for part in d.app.screen.query(Static)]
        assert any("F7         panel to full size and back" in text for text in texts)

    drive(test, keys={"panel.zoom": "f7"})


def test_messages_name_the_keys_of_the_user() -> None:
    async def test(d: Driven) -> None:
        await d.press("f7")
        await d.shows("F8 shows the differences")
        await d.press("f5")
        await d.shows("F5 live")
        await d.shows("Alt+L ] step")
        await d.press("7", "k", "k")
        await d.shows("ü follows the end")

    mapped = {"diff.set": "f7", "diff.toggle": "f8", "time.freeze": "f5", "time.back": "alt+l", "log.follow": "ü"}
    drive(test, (160, 50), keys=mapped)


SHADOWING = {
    "list.open": "vm.restart",  # which is refused unless the VM has ended
    "flame.out": "drill.back",  # one step back, inside of the graph first
    "edit.script": "screenshot",
    "edit.leave": "filter.clear",
    "find.next": "vm.restart",
    "find.close": "filter.clear",
    "moment.goto": "time.goto",
    "moment.leave": "quit",
    "moment.help": "help",
    "when.search": "vm.restart",
    "when.leave": "filter.clear",
    "when.help": "help",
    "find.undo": "suspend",
}
"""Actions of a place that take the key of one that works everywhere."""


def test_keys_that_work_everywhere_are_taken_on_purpose_only() -> None:
    everywhere = {key: action.id for action in APP.actions for key in action.keys.split(",")}
    taken = {
        action.id: everywhere[key]
        for scope in SCOPES
        if scope is not APP
        for action in scope.actions
        for key in action.keys.split(",")
        if key in everywhere
    }
    assert taken == SHADOWING

# SPDX-License-Identifier: GPL-2.0-or-later
"""Actions and how their keys are written."""

from __future__ import annotations

import pytest

from vptop.ui.actions import Action, Scope, actions_of, bindings, read_key


@pytest.mark.parametrize(
    ("keys", "label"),
    [
        ("slash", "/"),
        ("q,ctrl+q", "q Ctrl+Q"),
        ("ctrl+underscore,ctrl+slash", "Ctrl+/"),
        ("shift+f8", "Shift+F8"),
        ("left_square_bracket", "["),
        ("pageup", "PgUp"),
        ("G", "G"),
    ],
)
def test_labels(keys: str, label: str) -> None:
    assert Action("some.id", keys, "run", "text").label == label


def test_a_label_of_its_own_wins() -> None:
    assert Action("some.id", "alt+left_parenthesis", "run", "text", shown="Alt+(").label == "Alt+("


@pytest.mark.parametrize(
    ("keys", "left"),
    [("j,down", "down"), ("j", None), ("space", None), ("ctrl+s", "ctrl+s"), ("question_mark,f1", "f1")],
)
def test_keys_that_can_be_typed_have_no_effect_while_typing(keys: str, left: str | None) -> None:
    action = Action("some.id", keys, "run", "text").while_typing
    assert (action.keys if action else None) == left


def test_bindings_are_made_of_actions_that_have_keys() -> None:
    scope = Scope("Some", (Action("a", "a", "first", "one"), Action("b", "", "second", "two")))
    assert [action.id for action in actions_of([scope])] == ["a", "b"]
    (binding,) = bindings(scope)
    assert (binding.key, binding.action, binding.id, binding.show) == ("a", "first", "a", False)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("z", "z"),
        ("G", "G"),
        ("?", "question_mark"),
        ("Esc", "escape"),
        ("Ctrl+S", "ctrl+s"),
        ("shift+ctrl+F5", "ctrl+shift+f5"),
        ("PgUp", "pageup"),
        ("question_mark", "question_mark"),
        ("+", "plus"),
        ("ctl+s", ""),
        ("spaec", ""),
        ("", ""),
    ],
)
def test_keys_are_read_as_they_are_shown(text: str, key: str) -> None:
    assert read_key(text) == key


def test_a_key_map_changes_keys_and_labels() -> None:
    scope = Scope(
        "Some", (Action("a", "alt+left_parenthesis", "first", "one", shown="Alt+("), Action("b", "b", "b", "b"))
    )
    changed = scope.with_keys({"a": "f5,x"})
    assert [action.label for action in changed.actions] == ["F5 x", "b"]

# SPDX-License-Identifier: GPL-2.0-or-later
"""Slots: joined ones are of one type."""

from __future__ import annotations

from engine.vp.analysis.types import Origin, Slot, merge
from engine.vp.diagnostics.diagnostic import Span
from engine.vp.tables.builtins import Type


def test_nothing_decides_for_an_integer() -> None:
    assert Slot().resolved() is Type.INTEGER


def test_joined_slots_learn_from_each_other() -> None:
    one, two, three = Slot(), Slot(), Slot()
    assert one.join(two)
    assert two.join(three)
    assert three.join(Slot(Type.STRING))
    assert one.resolved() is Type.STRING
    assert not one.join(Slot(Type.INTEGER))


def test_branches_of_one_type_merge_and_others_are_kept_apart() -> None:
    assert merge(Slot(Type.STRING), Slot()).resolved() is Type.STRING
    one, two = Slot(Type.STRING), Slot(Type.INTEGER)
    mixed = merge(one, two)
    assert mixed.mixed == (one, two)
    assert merge(mixed, Slot(Type.STRING)) is mixed


def test_an_origin_names_its_place() -> None:
    assert str(Origin("a literal")) == "a literal"
    assert str(Origin("a literal", "a.vp", Span(2, 3, 2, 4))) == "a literal at a.vp:2:3"

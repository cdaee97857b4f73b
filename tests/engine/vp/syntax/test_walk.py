# SPDX-License-Identifier: GPL-2.0-or-later
"""Walking the tree."""

from __future__ import annotations

from engine.vp import parse
from engine.vp.syntax.ast import Broken, Integer, Vprobe
from engine.vp.syntax.walk import walk

TEXT = "(vprobe P (cond ((f 1) (do 2 (aggr a (3) (4) (+ 5 6))))) (baginsert b 7 (bagremove b 8)) (setint i 9) 10)"


def test_every_expression_is_met_once_in_order() -> None:
    (form,) = parse(TEXT)[0].forms
    assert isinstance(form, Vprobe)
    assert [found.value for found in walk(form.body) if isinstance(found, Integer)] == list(range(1, 11))


def test_the_parts_of_a_broken_form_are_met() -> None:
    (form,) = parse("(vprobe P (setint (f 1) (g 2) (+ 3 4)))")[0].forms
    assert isinstance(form, Vprobe)
    found = list(walk(form.body))
    assert isinstance(found[0], Broken)
    assert [one.value for one in found if isinstance(one, Integer)] == [3, 4]

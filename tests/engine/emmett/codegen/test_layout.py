# SPDX-License-Identifier: GPL-2.0-or-later
"""How VP text is laid out: short expressions on one line, others with each operand on its own."""

from __future__ import annotations

from engine.emmett import Options, translate
from engine.vp import parse
from engine.vp.diagnostics.source import SourceText
from engine.vp.syntax.unparse import to_source

PROGRAM = """\
int f(int a, int b) { return a * b; }
VMM1Hz {
   if (f(x, 2) > 4) y = x + f(y, x) * 2; else seen[x, "k"]++;
   x = 1;
}
"""
AT_TWO = """\
(version 1.0)
(definteger x)
(definteger y)
(defaggr seen 1 1)
(defun f (a b) (* a b))
(vprobe VMM1Hz
   (do~
      (cond~
         ((> (f x 2) 4)
            (setint~
               y
               (+~
                  x
                  (* (f y x) 2))))
         (1 (aggr seen (x) ("k") 1)))
      (setint x 1)))
""".replace("~", " ")
"""An operator on a line of its own is followed by a blank: `~` here."""


def text(height: int) -> str:
    result = translate([SourceText("a", PROGRAM)], Options(height=height))
    assert result.vp is not None
    return result.vp.text


def test_the_layout_of_the_original_compiler() -> None:
    assert text(2) == AT_TWO


def test_the_height_changes_nothing_but_blanks() -> None:
    assert text(1000).count("\n") == 6
    wanted = to_source(parse(AT_TWO)[0])
    assert all(to_source(parse(text(height))[0]) == wanted for height in (0, 1, 5, 1000))

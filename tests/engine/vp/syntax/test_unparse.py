# SPDX-License-Identifier: GPL-2.0-or-later
"""The syntax tree as text. Random trees are printed in tests/engine/vp/properties."""

from __future__ import annotations

import pytest

from engine.vp import parse
from engine.vp.syntax.unparse import to_source

LAYOUT = """(version "1.0")
(definteger i -0x1F)
(defstring s "a\\n\\"b\\"")
(defaggr a 1 2)
(defbag b 4)
(defun f (x)
  (setint x 1)
  x)
(vprobe VMM1Hz
  (cond (RIP (do 1 (f 2))) (1 (aggr a (1) (s "k") 2)))
  (logaggr a))
"""


def test_the_usual_layout_is_printed() -> None:
    script, diagnostics = parse(LAYOUT)
    assert diagnostics == ()
    assert to_source(script) == LAYOUT


def test_a_broken_form_has_no_text() -> None:
    script, _ = parse("(vprobe VMM1Hz (setint))")
    with pytest.raises(ValueError, match="could not be read"):
        to_source(script)

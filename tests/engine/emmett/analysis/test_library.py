# SPDX-License-Identifier: GPL-2.0-or-later
"""Functions without a declaration."""

from __future__ import annotations

from engine.emmett.analysis.library import FUNCTIONS, OPERATORS, functions_of, usage
from engine.emmett.types.types import INT64, STRING
from engine.vp import Prelude
from engine.vp.tables.builtins import BUILTINS

PRELUDE = Prelude(
    "<p>",
    """
(defstring text)
(defun os~helper () text)
(defun name () (os~helper))
(defun loop () (loop))
(defun number (n) (+ n 1))
(defun literal () "x")
""",
)


def test_all_functions_of_vp_can_be_called() -> None:
    assert {row.name for row in BUILTINS.values() if row.kind == "function"} <= set(FUNCTIONS)
    assert not set(OPERATORS) & set(FUNCTIONS)


def test_functions_of_a_prelude_have_the_types_of_their_results() -> None:
    found = functions_of(PRELUDE)
    assert {name: row.result for name, row in found.items()} == {
        "name": STRING, "loop": INT64, "number": INT64, "literal": STRING,
    }  # fmt: skip
    assert [len(found[name].parameters) for name in ("name", "number")] == [0, 1]
    assert functions_of(None) == {}


def test_usage_names_the_types() -> None:
    assert usage(FUNCTIONS["sprintf"]) == "sprintf(string variable, format, …)"
    assert usage(FUNCTIONS["logaggr"]) == "logaggr(aggregate)"

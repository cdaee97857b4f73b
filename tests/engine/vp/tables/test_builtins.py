# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the builtins hold together, and each example compiles."""

from __future__ import annotations

import pytest

from engine.vp import Severity, compile_script
from engine.vp.tables.builtins import BUILTINS, FORMAT, SYNONYMS, Builtin, builtin_named

VARIABLES = (
    "(defstring my-rip)(defstring command-line)(defstring stack)"
    + "".join(f"(definteger {name})" for name in ("a", "b", "var1", "var2", "pte", "addr", "ptr", "invalid-addr", "pt"))
    + "(definteger flag-a)(definteger flag-b)(definteger now)"
)


@pytest.mark.parametrize("row", BUILTINS.values(), ids=lambda row: row.name)
def test_each_example_is_a_call_that_compiles(row: Builtin) -> None:
    assert row.example.startswith(f"({row.name}")
    compiled = compile_script(f"{VARIABLES}(vprobe VMM1Hz {row.example})")
    assert [found.message for found in compiled.diagnostics if found.severity is Severity.ERROR] == []


@pytest.mark.parametrize("row", BUILTINS.values(), ids=lambda row: row.name)
def test_each_row_is_consistent(row: Builtin) -> None:
    assert row.doc.endswith(".")
    assert FORMAT not in row.parameters[:-1]
    assert row.most is None or row.least <= row.most
    if row.omitted is not None:
        assert 0 <= row.omitted[0] < len(row.parameters)


@pytest.mark.parametrize(
    ("name", "signature"),
    [
        ("getgueststr", "(getgueststr STRING-VARIABLE [INTEGER] INTEGER)"), ("+", "(+ INTEGER INTEGER …)"),
        ("sprintf", "(sprintf STRING-VARIABLE FORMAT …)"), ("assert", "(assert INTEGER [FORMAT …])"),
        ("exit", "(exit)"),
    ],
)  # fmt: skip
def test_signatures_show_what_may_be_left_out_and_repeated(name: str, signature: str) -> None:
    assert BUILTINS[name].signature == signature


def test_parameters_follow_the_number_of_arguments() -> None:
    shorter = BUILTINS["getgueststr"].parameters_of(2)
    assert [parameter and parameter.value for parameter in shorter] == ["STRING-VARIABLE", "INTEGER"]
    assert [parameter and parameter.value for parameter in BUILTINS["+"].parameters_of(4)] == ["INTEGER"] * 4
    assert BUILTINS["printf"].parameters_of(3)[1:] == (None, None)
    assert BUILTINS["logint"].parameters_of(2)[1] is None


def test_synonyms_name_builtins() -> None:
    for word, name in SYNONYMS.items():
        assert word not in BUILTINS
        assert builtin_named(word) is BUILTINS[name]
    assert builtin_named("nothing") is None

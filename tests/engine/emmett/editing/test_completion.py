# SPDX-License-Identifier: GPL-2.0-or-later
"""What could stand at a place, and what a word means."""

from __future__ import annotations

from engine.emmett.editing.completion import candidates, meaning, names_of, prefix_at
from engine.vp import Prelude
from engine.vp.tables.forms import SPECIALS

TEXT = "int total;\nint twice(int n) { return n + n; }\nVMM1Hz { tot }\n"
PRELUDE = Prelude("<prelude>", "(defun curtid () 1)\n")


def names(text: str, line: int, column: int) -> list[str]:
    return [one.name for one in candidates(text, line, column, PRELUDE)]


def test_names_of_the_program_and_the_language_fit() -> None:
    assert names(TEXT, 3, 13) == ["total"]
    assert names("VMM1Hz { cur }", 1, 13) == ["curpid", "curprocname", "curtid"]
    assert names("VMM1Hz { prin }", 1, 14) == ["printf"]
    assert names("VMM1Hz { RS }", 1, 12) == ["RSI", "RSP"]


def test_parameters_and_locals_fit_in_their_body() -> None:
    text = "int near;\nint f(int need) { int nerve; nerve = ne; return need; }\nVMM1Hz { ne }\n"
    assert names(text, 2, 40) == ["near", "need", "nerve"]
    assert names(text, 3, 12) == ["near"]


def test_at_top_level_probes_fit() -> None:
    assert "Guest_IRQ" in names("Gue", 1, 4)
    assert "printf" not in names("", 1, 1)


def test_symbols_of_the_guest_complete_probes_and_addresses() -> None:
    prelude = Prelude("guest.vp", "", {"handle_irq": 0x1000, "handle_irq.isra.0": 0x2000, "init_task": 0x3000})

    def offered(text: str) -> list[str]:
        return [one.name for one in candidates(text, 1, len(text) + 1, prelude)]

    assert offered("GUEST:ENTER:hand") == ["GUEST:ENTER:handle_irq", "GUEST:ENTER:handle_irq.isra.0"]
    assert offered("int x; GUEST:ENTER:handle_irq.i") == ["GUEST:ENTER:handle_irq.isra.0"]
    assert prefix_at("GUEST:ENTER:handle_irq.i", 1, 25) == "GUEST:ENTER:handle_irq.i"
    assert offered("GUEST:ENTER:") == [], "a hundred thousand are no help"
    assert offered("VMM1Hz { x = &init") == ["init_task"]
    assert "init_task" not in offered("VMM1Hz { x = init")


def test_a_colon_in_a_body_ends_a_word() -> None:
    text = "int total; VMM1Hz { x = y ? a:tot"
    assert prefix_at(text, 1, len(text) + 1) == "tot"
    assert names(text, 1, len(text) + 1) == ["total"]


def test_nothing_fits_in_strings_and_comments() -> None:
    assert names('VMM1Hz { printf("cur', 1, 21) == []
    assert names("// cur", 1, 7) == []


def test_words_mean_something() -> None:
    found = meaning(TEXT, 2, 6)
    assert found is not None
    assert (found.signature, found.doc) == ("int twice(int n)", "Defined on line 2.")
    register = meaning("VMM1Hz { x = RIP; }", 1, 14)
    assert register is not None
    assert register.kind == "variable"
    assert meaning("VMM1Hz { }", 1, 8) is None
    probe = meaning("GUEST:0x10 { }", 1, 3)
    assert probe is not None
    assert probe.kind == "probe"


def test_functions_that_are_forms_of_vp_have_its_documentation() -> None:
    (form,) = candidates("VMM1Hz { logagg }", 1, 16, PRELUDE)
    assert (form.name, form.doc) == ("logaggr", SPECIALS["logaggr"].doc)


def test_names_of_a_body_are_found_before_others() -> None:
    source = "int n;\nint f(int n)\n{\n   int m;\n   m = n;\n   return m;\n}\nDisk_IOStart(int a) { n = a; }\n"
    places = [meaning(source, line, column) for line, column in ((5, 8), (5, 4), (8, 28), (8, 24))]
    assert [one.place if one else None for one in places] == [(2, 11), (4, 8), (8, 18), (1, 5)]


def test_definitions_are_found_in_texts_with_errors() -> None:
    assert [one.name for one in names_of("int a;\nstring s = ;\nVMM1Hz { x = ").own] == ["a"]
    assert [(one.name, one.kind) for one in names_of("aggr a; bag b; string s; void f() { }").own] == [
        ("a", "aggregate"), ("b", "bag"), ("s", "string"), ("f", "function"),
    ]  # fmt: skip

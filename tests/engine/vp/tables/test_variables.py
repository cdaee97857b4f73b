# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the built-in variables."""

from __future__ import annotations

from engine.core.variables import Variable
from engine.vp.tables.builtins import Type
from engine.vp.tables.variables import SPELLINGS, VARIABLES


def test_every_variable_of_the_core_has_a_name() -> None:
    numbers = [row.number for row in VARIABLES.values() if row.number is not None]
    assert set(numbers) == set(Variable)
    assert len(numbers) == len(Variable) + len(SPELLINGS)


def test_names_of_the_probe_and_of_errors_are_strings() -> None:
    strings = [name for name, row in VARIABLES.items() if row.type is Type.STRING]
    assert strings == ["PROBENAME", "EXCNAME", "EXCDESC"]
    assert VARIABLES["PROBENAME"].number is None


def test_registers_are_vcpu_state_and_counters_are_not() -> None:
    assert all(VARIABLES[name].is_vcpu_state for name in ("RIP", "CR3", "GSBASE", "VMCS_EXIT_QUAL", "VCPUID"))
    assert not any(VARIABLES[name].is_vcpu_state for name in ("TSC", "NUMVCPUS", "ARG0", "PROBENAME"))


def test_documentation_is_made_of_sentences() -> None:
    assert all(row.doc.endswith(".") for row in VARIABLES.values())

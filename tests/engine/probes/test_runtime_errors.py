# SPDX-License-Identifier: GPL-2.0-or-later
"""Every run-time error of the core has a text that names its detail."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine.core import library
from engine.core.variables import Variable
from engine.probes.runtime_errors import Fault, describe


def test_the_kinds_are_the_core_s() -> None:
    header = (Path(library.SOURCES) / "include" / "vpcore.h").read_text()
    enumerators = header[header.index("VPC_RUNTIME_NONE") : header.index("vpc_runtime_error;")]
    names = re.findall(r"VPC_RUNTIME_(\w+)", enumerators)
    assert [kind.name for kind in Fault] == names


@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        (Fault.UNMAPPED, 0xDEAD000, "guest address 0xdead000 is not mapped"),
        (Fault.PHYSICAL, 0xDEAD000, "guest physical address 0xdead000 is not memory"),
        (Fault.NO_VCPU, Variable.RIP, "RIP is VCPU state: no access to it on non-vcpu vmx threads"),
        (Fault.DIVIDE, 0, "division by zero"),
        (Fault.FORMAT, 3, "conversion 3 of a computed format has no argument of its type"),
        (Fault.NO_PATTERN, 0x1000, "no matching code at or behind 0x1000"),
        (Fault.RETURNS, 0x1000, "a return to 0x1000 will be missed: too many calls or callers"),
    ],
)
def test_texts_name_what_went_wrong(kind: Fault, detail: int, text: str) -> None:
    assert describe(kind, detail) == text


@pytest.mark.parametrize("kind", [kind for kind in Fault if kind is not Fault.NONE])
def test_every_kind_has_a_text_of_its_own(kind: Fault) -> None:
    assert not describe(kind, 0).startswith("run-time error")


def test_a_kind_from_the_future_is_still_told() -> None:
    assert describe(99, 16) == "run-time error 99 (0x10)"

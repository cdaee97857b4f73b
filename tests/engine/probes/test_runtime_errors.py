# SPDX-License-Identifier: GPL-2.0-or-later
"""Every run-time error of the core has a text that names its detail."""

from __future__ import annotations

import pytest

from engine.core.runtime_errors import RuntimeErrorKind
from engine.core.variables import Variable
from engine.probes.runtime_errors import describe


@pytest.mark.parametrize(
    ("kind", "detail", "text"),
    [
        (RuntimeErrorKind.UNMAPPED, 0xDEAD000, "guest address 0xdead000 is not mapped"),
        (RuntimeErrorKind.PHYSICAL, 0xDEAD000, "guest physical address 0xdead000 is not memory"),
        (RuntimeErrorKind.NO_VCPU, Variable.RIP, "RIP is VCPU state: no access to it on non-vcpu vmx threads"),
        (RuntimeErrorKind.DIVIDE, 0, "division by zero"),
        (RuntimeErrorKind.FORMAT, 3, "conversion 3 of a computed format has no argument of its type"),
        (RuntimeErrorKind.NO_PATTERN, 0x1000, "no matching code at or behind 0x1000"),
        (RuntimeErrorKind.RETURNS, 0x1000, "a return to 0x1000 will be missed: too many calls or callers"),
    ],
)
def test_texts_name_what_went_wrong(kind: RuntimeErrorKind, detail: int, text: str) -> None:
    assert describe(kind, detail) == text


@pytest.mark.parametrize("kind", [kind for kind in RuntimeErrorKind if kind is not RuntimeErrorKind.NONE])
def test_every_kind_has_a_text_of_its_own(kind: RuntimeErrorKind) -> None:
    assert not describe(kind, 0).startswith("run-time error")


def test_a_kind_from_the_future_is_still_told() -> None:
    assert describe(99, 16) == "run-time error 99 (0x10)"

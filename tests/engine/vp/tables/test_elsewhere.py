# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of other generations."""

from __future__ import annotations

import pytest

from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.elsewhere import ABSENT_DOMAINS, ABSENT_FUNCTIONS, ABSENT_VARIABLES, absent_domain
from engine.vp.tables.variables import VARIABLES


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("VMK:ENTER:foo", "VMK"),
        ("VMM2:TIMER:1sec", "VMM2"),
        ("GUEST17:ENTER:0x10", "GUEST17"),
        ("VMM1:TIMER:1sec", None),
        ("VMX:TIMER:1sec", None),
        ("GUEST:ENTER:0x10", None),
        ("VMK", None),
        ("Guest_IRQ", None),
    ],
)
def test_domains_that_do_not_exist_here(name: str, domain: str | None) -> None:
    found = absent_domain(name)
    assert (found[0] if found else None) == domain


def test_what_is_absent_is_not_there_and_says_why() -> None:
    assert not set(ABSENT_FUNCTIONS) & {*BUILTINS, *SYNONYMS}
    assert not set(ABSENT_VARIABLES) & set(VARIABLES)
    for reasons in (ABSENT_FUNCTIONS, ABSENT_VARIABLES, ABSENT_DOMAINS):
        assert all(reason and not reason.endswith(".") for reason in reasons.values())

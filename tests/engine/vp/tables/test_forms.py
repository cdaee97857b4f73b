# SPDX-License-Identifier: GPL-2.0-or-later
"""The rows of the special forms."""

from __future__ import annotations

import pytest

from engine.vp.tables.builtins import BUILTINS, SYNONYMS
from engine.vp.tables.forms import OTHER_LANGUAGES, SPECIALS


def test_names_are_those_of_the_signatures() -> None:
    for name, row in SPECIALS.items():
        assert row.signature.startswith(f"({name} ")
        assert row.doc.endswith(".")
        assert name not in BUILTINS
        assert name not in SYNONYMS


@pytest.mark.parametrize(
    ("name", "most"), [("aggr", 5), ("definteger", 3), ("do", None), ("logaggr", 2), ("cond", None)]
)
def test_the_number_of_parts_is_that_of_the_signature(name: str, most: int | None) -> None:
    assert SPECIALS[name].most == most


def test_words_of_other_languages_lead_to_words_of_vp() -> None:
    assert not OTHER_LANGUAGES.keys() & {*BUILTINS, *SPECIALS, *SYNONYMS}
    assert {word for word in OTHER_LANGUAGES.values() if not word.isdigit()} <= {*BUILTINS, *SPECIALS}

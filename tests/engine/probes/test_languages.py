# SPDX-License-Identifier: GPL-2.0-or-later
"""The suffix of a file name decides in which language a script is read."""

from __future__ import annotations

import pytest

from engine.probes.languages import LANGUAGES, compile_script, language_of
from engine.vp import VP


@pytest.mark.parametrize("name", ["a.vp", "A.VP", "dir.emt/a.vp", "<script>", "notes.txt", ""])
def test_vp_is_the_language_of_its_suffix_and_of_no_suffix(name: str) -> None:
    assert language_of(name) is VP


def test_each_language_is_found_by_all_its_suffixes() -> None:
    for suffix, language in LANGUAGES.items():
        assert suffix in language().suffixes
        assert all(LANGUAGES[other]() is language() for other in language().suffixes)
        assert suffix == suffix.lower()
        assert suffix.startswith(".")


def test_a_script_is_compiled_under_its_name() -> None:
    compiled = compile_script("(vprobe VMM1Hz 1)", "a.vp")
    assert compiled.program is not None
    assert compiled.program.name == "a.vp"

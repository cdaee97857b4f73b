# SPDX-License-Identifier: GPL-2.0-or-later
"""The suffix of a file name decides in which language a script is read."""

from __future__ import annotations

import pytest

from engine.probes.languages import LANGUAGES, compile_script, language_of
from engine.vp import VP


@pytest.mark.parametrize("name", ["a.vp", "A.VP", "dir.emt/a.vp", "<script>", "notes.txt", ""])
def test_vp_is_the_language_of_its_suffix_and_of_no_suffix(name: str) -> None:
    assert language_of(name) is VP


def test_each_suffix_belongs_to_one_language() -> None:
    suffixes = [suffix for language in LANGUAGES for suffix in language.suffixes]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix == suffix.lower() and suffix.startswith(".") for suffix in suffixes)


def test_a_script_is_compiled_under_its_name() -> None:
    compiled = compile_script("(vprobe VMM1Hz 1)", "a.vp")
    assert compiled.program is not None
    assert compiled.program.name == "a.vp"

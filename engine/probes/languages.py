# SPDX-License-Identifier: GPL-2.0-or-later
"""The languages of scripts. The suffix of a file name decides which one a script is written in."""

from __future__ import annotations

from pathlib import PurePath

from engine.emmett import Emmett
from engine.vp import VP, Compilation, Language, Limits, Prelude

LANGUAGES: tuple[Language, ...] = (VP, Emmett())
"""All languages; the first is that of texts without a suffix, such as scripts on a command line."""
SUFFIXES: dict[str, Language] = {suffix: language for language in LANGUAGES for suffix in language.suffixes}


def language_of(name: str) -> Language:
    """The language of a script by its file name."""
    return SUFFIXES.get(PurePath(name).suffix.lower(), LANGUAGES[0])


def compile_script(
    source: str, name: str, *, prelude: Prelude | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile a script in the language of its file name; errors of the script come back as diagnostics."""
    return language_of(name).compile(source, name, prelude, limits)

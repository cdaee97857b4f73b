# SPDX-License-Identifier: GPL-2.0-or-later
"""The languages of scripts. The suffix of a file name decides which one a script is written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import PurePath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.vp import Compilation, Language, Limits, Prelude

_USUAL = ".vp"
"""Suffix of the language of texts without a suffix, such as scripts on a command line."""


def _vp() -> Language:
    from engine.vp import VP

    return VP


@cache
def _emmett() -> Language:
    from engine.emmett import Emmett

    return Emmett()


LANGUAGES: Mapping[str, Callable[[], Language]] = {_USUAL: _vp, ".emt": _emmett}
"""Every language, by the suffix of its file names. One is imported when the first script in it is met."""


def language_of(name: str) -> Language:
    """The language of a script by its file name."""
    return LANGUAGES.get(PurePath(name).suffix.lower(), LANGUAGES[_USUAL])()


def compile_script(
    source: str, name: str, *, prelude: Prelude | None = None, limits: Limits | None = None
) -> Compilation:
    """Compile a script in the language of its file name; errors of the script come back as diagnostics."""
    return language_of(name).compile(source, name, prelude, limits)

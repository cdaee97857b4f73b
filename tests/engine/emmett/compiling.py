# SPDX-License-Identifier: GPL-2.0-or-later
"""Small programs through the compiler."""

from __future__ import annotations

from collections.abc import Mapping

from engine.emmett import Options, translate
from engine.vp.diagnostics.source import SourceText

SYMBOLS = {"main": 0x1000}


def vp_of(program: str, addresses: Mapping[str, int] | None = None) -> str:
    """The VP text of a correct program, an expression to a line."""
    options = Options(addresses=SYMBOLS if addresses is None else addresses, height=1000)
    result = translate([SourceText("a.emt", program)], options)
    assert result.vp is not None, result.diagnostics
    return result.vp.text


def body_of(program: str) -> str:
    """What the statements of the last probe become."""
    return vp_of(program).splitlines()[-1].split(" ", 2)[2].removesuffix(")")


def codes_of(program: str) -> list[str]:
    """The codes of everything that is said about a program."""
    result = translate([SourceText("a.emt", program)], Options(addresses=SYMBOLS))
    return [one.code for one in result.diagnostics]

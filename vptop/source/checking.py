# SPDX-License-Identifier: GPL-2.0-or-later
"""What the editor is told about a text: its tokens, the names that it defines, what is wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.vm.protocol import Place
    from engine.vp import Limits
    from engine.vp.editing.names import Names
    from engine.vp.editing.token_list import TokenList
    from vptop.model.script import ScriptFacts


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a script meets in the machine that it is checked for."""

    prelude: str | None = None
    """VP functions of the guest; None: no guest is known"""
    symbols: str = ""
    """path of the file with its symbols"""
    types: str = ""
    """path of the file with the types of its kernel (BTF)"""
    limits: Limits | None = None
    """of the machine; None: the usual ones"""


@dataclass(frozen=True, slots=True)
class Finding:
    """A part of what is told about a text; what is None comes in another part."""

    tokens: TokenList | None = None
    names: Names | None = None
    facts: ScriptFacts | None = None
    places: tuple[Place, ...] | None = None
    trouble: str = ""
    """why the text could not be checked"""
    is_last: bool = False
    """nothing follows"""


TakeFinding = Callable[[Finding], None]
"""Called with each finding in order, from another thread."""


@dataclass(frozen=True, slots=True)
class CheckRequest:
    """What the process that checks is asked for."""

    number: int
    """counts the requests"""
    name: str
    """of the script"""
    source: str
    surroundings: Surroundings | None = None
    """None: those of the request before"""

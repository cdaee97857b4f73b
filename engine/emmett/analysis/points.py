# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of probes: symbols of the guest in them become addresses."""

from __future__ import annotations

import re

from engine.emmett.analysis.context import Context
from engine.emmett.syntax.ast import Name, Probe
from engine.emmett.syntax.location import Location

MOST_ARGUMENTS = 10
_KIND = "ENTER|EXIT|STEP|OFFSET|READ|WRITE"
_WITH_SYMBOL = re.compile(
    rf"(?P<before>(?:GUEST\d*:)?(?:{_KIND}):|GUEST(?:_READ|_WRITE|_RET)?\d*:)(?P<symbol>[^:]+)(?P<after>(?::.*)?)"
)
_NUMBER = re.compile(r"0[xX][0-9A-Fa-f]+|\d+")
_RETURNS = re.compile(r"GUEST_RET:|(?:GUEST\d*:)?EXIT:")


def vp_point(context: Context, point: Name) -> str:
    """The probe's name in VP; an unknown symbol is reported."""
    found = _WITH_SYMBOL.fullmatch(point.name)
    if found is None or _NUMBER.fullmatch(found["symbol"]) or found["symbol"] in _KIND.split("|"):
        return point.name
    start = point.at.start + found.start("symbol")
    written = point.at.source.text[point.at.start : point.at.end] == point.name
    at = Location(point.at.source, start, start + len(found["symbol"])) if written else point.at
    return f"{found['before']}{context.address(found['symbol'], at):#x}{found['after']}"


def check_parameters(context: Context, probe: Probe) -> None:
    """Report more parameters than the probe can have."""
    most = 1 if _RETURNS.match(probe.point.name) else MOST_ARGUMENTS
    if len(probe.parameters) > most:
        message = f"`{probe.point.name}` takes at most {most} parameter{'' if most == 1 else 's'}"
        at = probe.parameters[most].at
        context.report("E622", at, f"{message}; {len(probe.parameters)} given", expected="fewer parameters")

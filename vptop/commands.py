# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of the VProbes toolkit: vmrun, vprobe, emmett."""

from __future__ import annotations

import sys
from collections.abc import Sequence

FAILED = 1
USAGE = 2
HOSTS = 2
"""`-T ws` and its value."""


def vmrun() -> None:
    """`vmrun [-T HOST] COMMAND VMX …`: so far what can be told without a running virtual machine."""
    sys.exit(_vmrun(sys.argv[1:]))


def vprobe() -> None:
    """`vprobe [options] VMX SCRIPT…`."""
    sys.exit(_not_there("vprobe", "`vptop run SCRIPT` runs VP scripts on the bundled guest"))


def emmett() -> None:
    """`emmett [options] FILE…`."""
    sys.exit(_not_there("emmett", "`vptop run SCRIPT` runs VP scripts on the bundled guest"))


def _vmrun(words: Sequence[str]) -> int:
    if words[:1] == ["-T"]:
        words = words[HOSTS:]
    if not words:
        sys.stderr.write("usage: vmrun [-T HOST] vprobeVersion|vprobeListProbes|vprobeListGlobals [VMX]\n")
        return USAGE
    command = words[0]
    if command == "vprobeVersion":
        from engine.vp.limits import LANGUAGE_VERSION

        major, minor = LANGUAGE_VERSION
        sys.stdout.write(f"VProbes version: {major}.{minor} (enabled)\n")
        return 0
    if command in ("vprobeListProbes", "vprobeListGlobals"):
        from vptop import listing

        return listing.show("probes" if command == "vprobeListProbes" else "globals", "*")
    return _not_there(f"vmrun {command}", "`vptop` and `vptop run SCRIPT` load scripts into the bundled guest")


def _not_there(command: str, instead: str) -> int:
    sys.stderr.write(f"{command} is not there yet; {instead}\n")
    return FAILED

# SPDX-License-Identifier: GPL-2.0-or-later
"""Commands of the VProbes toolkit that are still to come: vprobe."""

from __future__ import annotations

import sys

from vptop.cli import console

FAILED = 1


def vprobe() -> None:
    """`vprobe [options] VMX SCRIPT…`."""
    sys.exit(_not_there("vprobe", "`vptop run SCRIPT` runs VP scripts on the bundled guest"))


def _not_there(command: str, instead: str) -> int:
    console.complain(f"{command} is not there yet; {instead}")
    return FAILED

# SPDX-License-Identifier: GPL-2.0-or-later
"""The symbols of a guest's kernel: `vptop guest symbols`."""

from __future__ import annotations

import sys
from fnmatch import fnmatchcase
from pathlib import Path

from engine.errors import InputError
from engine.vm.boot_media import boot_media
from engine.vm.options import PowerOn
from vptop.cli import console

NOTHING = 1


def show(power: PowerOn, pattern: str, output: Path | None = None) -> int:
    """Print the symbols that match a pattern, or write them to a file; status 1 when there is none.

    Raises:
        InputError: the file cannot be written.
    """
    guest = boot_media(power).guest
    found = guest.symbols.matching(lambda name: fnmatchcase(name, pattern))
    if not found:
        like = "" if pattern == "*" else f" like {pattern}"
        console.complain(f"{guest.name}: no symbols{like} are known before it runs")
        return NOTHING
    if output is None:
        sys.stdout.writelines(found.lines())
        return 0
    try:
        found.write(output)
    except OSError as error:
        raise InputError(f"{output}: {error.strerror or error}") from error
    return 0

# SPDX-License-Identifier: GPL-2.0-or-later
"""The `vptop` command: its entry point, which imports little, so that a machine starts at once."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from engine.vm import process
from vptop.cli.imports import uncollected
from vptop.cli.standard_streams import guarded

WITHOUT_MACHINE = ("-h", "--help", "--version", "--batch")
"""Options without which words that begin with an option open the dashboard."""
SCRIPTS = (".vp", ".emt")


@guarded("vptop")
def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point: run a command and exit with its status.

    Where the command will probably open the dashboard over a machine of its own, the VM process starts before the
    command line is parsed: both import for a third of a second.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    if arguments is None and sys.stdout.isatty() and opens_dashboard(given):
        process.prepare(paced=True, paused=True)
    try:
        with uncollected():
            from vptop.cli.commands import run_command

        sys.exit(run_command(given))
    finally:
        process.abandon_prepared()


def opens_dashboard(words: Sequence[str]) -> bool:
    """Whether these arguments look like those of a dashboard over a new machine that no .vmx file describes."""
    if any(word in WITHOUT_MACHINE or word.endswith(".vmx") for word in words):
        return False
    return not words or words[0] == "linux" or words[0].startswith("--") or words[0].endswith(SCRIPTS)

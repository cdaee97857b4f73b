# SPDX-License-Identifier: GPL-2.0-or-later
"""A machine and scripts to watch it with, in the dashboard or as text: what the commands that do so share."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from engine.vm import running
from engine.vm.options import PowerOn
from vptop.cli.configuration import LookOptions
from vptop.cli.imports import uncollected
from vptop.cli.standard_streams import quiet_pipe
from vptop.model.scriptfiles import ScriptFile, bundled, joined, read_all

BROWSER = "TEXTUAL_DRIVER"
"""Environment variable that is set where the screen goes to a browser."""


def watch(
    scripts: Sequence[Path],
    power: PowerOn,
    look: LookOptions,
    vmx: Path | None = None,
    *,
    batch: bool = False,
    only_check: bool = False,
) -> int:
    """Show a machine until the person quits, or it is off. Returns the exit status.

    Args:
        scripts: those to load.
        power: the machine.
        look: how the dashboard is drawn.
        vmx: the virtual machine's file; one that runs is watched where it runs.
        batch: print text, whatever standard output is.
        only_check: raise what is wrong with these, and show nothing.
    """
    if power.replay:
        from engine.vm import recording

        recording.read(Path(power.replay))  # what cannot be repeated is told here, not by a VM process
    attached = vmx is not None and running.is_running(vmx)
    chosen = joined(read_all(scripts)) if attached else choose(scripts, power)
    if batch or not (only_check or has_screen()):
        from vptop.cli import batch as text

        quiet_pipe()
        return text.watch(chosen, power)
    from engine.vm.boot_media import check

    check(power)  # as is what cannot boot
    if only_check:
        return 0
    from vptop.source.live import LiveSource

    sources = {script.name: script.source for script in chosen}
    source = LiveSource(sources, power, vmx=vmx, attached=attached)
    with uncollected():  # while the machine is starting
        from vptop.ui.start import run as run_dashboard

    return run_dashboard(chosen, source, in_ascii=wants_ascii(look))


def has_screen() -> bool:
    """Whether a dashboard can be shown: on a terminal, or in a browser."""
    return sys.stdout.isatty() or bool(os.environ.get(BROWSER))


def wants_ascii(look: LookOptions) -> bool:
    """It was asked for, or the terminal's encoding has nothing else.

    Python takes UTF-8 where the locale is C or POSIX (PEP 540); a user who has set that locale gets ASCII.
    """
    plain_locale = sys.flags.utf8_mode and {"C", "POSIX"} & {os.environ.get(name) for name in ("LC_ALL", "LANG")}
    return look.ascii or bool(plain_locale) or (sys.stdout.encoding or "").lower().replace("-", "") != "utf8"


def split(words: Sequence[Path]) -> tuple[Path | None, tuple[Path, ...]]:
    """The .vmx file that is named first, if one is, and the scripts."""
    if words and words[0].suffix == ".vmx":
        return words[0], tuple(words[1:])
    return None, tuple(words)


def choose(paths: Sequence[Path], power: PowerOn) -> list[ScriptFile]:
    """The programs that these files make; of no files, the set that fits the machine."""
    if paths:
        return joined(read_all(paths))
    if power.replay:
        from engine.vm import recording

        power = recording.read(Path(power.replay)).header.power
    return bundled(linux=bool(power.kernel))

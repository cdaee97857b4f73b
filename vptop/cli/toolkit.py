# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of the VProbes toolkit: vmrun and vprobe."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Mapping, Sequence

from engine.vp.diagnostics.nearest import nearest
from engine.vp.limits import LANGUAGE_VERSION
from vptop.cli import console, listing

FAILED = 1
USAGE = 2
HOSTS = 2
"""`-T ws` and its value."""


def vmrun() -> None:
    """`vmrun [-T HOST] COMMAND VMX …`: so far what can be told without a running virtual machine."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(_vmrun(sys.argv[1:]))


def vprobe() -> None:
    """`vprobe [options] VMX SCRIPT…`."""
    sys.exit(_not_there("vprobe", "`vptop run SCRIPT` runs VP scripts on the bundled guest"))


def _version(_: Sequence[str]) -> int:
    sys.stdout.write("VProbes version: {}.{} (enabled)\n".format(*LANGUAGE_VERSION))
    return 0


def _list(topic: str) -> Callable[[Sequence[str]], int]:
    """Behind the VMX, a pattern of names may stand."""
    return lambda words: listing.show(topic, words[1] if len(words) > 1 else "*")


_COMMANDS: Mapping[str, Callable[[Sequence[str]], int]] = {
    "vprobeVersion": _version,
    "vprobeListProbes": _list("probes"),
    "vprobeListGlobals": _list("globals"),
}
"""What vmrun does with the words behind a command: the VMX and the command's own (manual, table 1-1)."""
_ON_A_RUNNING_MACHINE = ("vprobeLoad", "vprobeLoadFile", "vprobeReset", "start", "stop", "list")


def _vmrun(words: Sequence[str]) -> int:
    if words[:1] == ["-T"]:
        words = words[HOSTS:]
    if not words:
        console.complain(f"usage: vmrun [-T HOST] {'|'.join(_COMMANDS)} [VMX [PATTERN]]")
        return USAGE
    command, *rest = words
    if command in _COMMANDS:
        return _COMMANDS[command](rest)
    if command in _ON_A_RUNNING_MACHINE:
        return _not_there(f"vmrun {command}", "`vptop` and `vptop run SCRIPT` load scripts into a machine of their own")
    close = nearest(command, (*_COMMANDS, *_ON_A_RUNNING_MACHINE))
    hint = f"did you mean {', '.join(close)}?" if close else f"there are {', '.join(_COMMANDS)}"
    console.complain(f"vmrun: no command {command}; {hint}")
    return USAGE


def _not_there(command: str, instead: str) -> int:
    console.complain(f"{command} is not there yet; {instead}")
    return FAILED

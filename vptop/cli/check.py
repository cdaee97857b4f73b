# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop check`: diagnostics and, when asked for, the bytecode. Starts no machine."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from engine.probes.languages import compile_script
from engine.vm.boot_media import boot_media, prelude_of
from engine.vm.options import PowerOn
from engine.vp.codegen.disassemble import disassemble as listing_of
from vptop.cli import console
from vptop.model.script import hint_diagnostics
from vptop.model.scriptfiles import ScriptFile


def check(scripts: Sequence[ScriptFile], power: PowerOn, *, disassemble: bool) -> int:
    """Tell what is wrong with each script on standard error; returns 1 when one has an error."""
    status = 0
    prelude = prelude_of(boot_media(power).guest)
    for script in scripts:
        compilation = compile_script(script.source, script.name, prelude=prelude, limits=power.limits)
        console.show_diagnostics((*compilation.diagnostics, *hint_diagnostics(script.source, script.name)))
        if compilation.program is None:
            status = 1
        elif disassemble:
            sys.stdout.write(console.harmless(listing_of(compilation.program, power.limits.code_bytes)) + "\n")
    return status

# SPDX-License-Identifier: GPL-2.0-or-later
"""The prelude for a guest of which nothing is known."""

from __future__ import annotations

from engine.guest.guest import PRELUDE_FILE
from engine.guest.symbols import Symbols
from engine.guest.unknown import unknown_guest
from engine.vp import Prelude, compile_script


def test_scripts_for_any_guest_compile() -> None:
    guest = unknown_guest("disk.img")
    script = "(defaggr a 1 1) (vprobe In (aggr a ((curpid)) ((curprocname)) 1))"
    compiled = compile_script(script, prelude=Prelude(PRELUDE_FILE, guest.prelude))
    assert compiled.diagnostics == ()
    assert compiled.program is not None


def test_it_keeps_the_symbols_that_its_kernel_names() -> None:
    assert unknown_guest("kernel", Symbols([(1, "T", "start")])).symbols["start"] == 1
    assert len(unknown_guest("disk.img").symbols) == 0

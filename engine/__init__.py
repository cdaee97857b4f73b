# SPDX-License-Identifier: GPL-2.0-or-later
"""vptop's engine: the VP language, the virtual PC, and what joins them.

from engine import VirtualMachine
with VirtualMachine.bundled() as vm:
    script = vm.load(open("vptop.vp").read())
    vm.run(seconds=3)
    for row in script.aggregates["running"]:
        print(row)
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from engine.errors import InputError, MachineStoppedError, VptopError

if TYPE_CHECKING:
    from engine.vm.virtual_machine import ScriptRefused, VirtualMachine

__all__ = ["InputError", "MachineStoppedError", "ScriptRefused", "VirtualMachine", "VptopError"]


def __getattr__(name: str) -> object:
    """The other public names, imported when first used: checking a script needs no machine."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from engine.vm import virtual_machine

    return getattr(virtual_machine, name)

# SPDX-License-Identifier: GPL-2.0-or-later
"""`python -m buildtools [core|bios|guest|bytecode|sanitized]…` builds what is named, or the first four."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

from buildtools.bios import BIOS
from buildtools.bytecode import compile_modules
from buildtools.core import CORE, SANITIZED_CORE
from buildtools.guest import GUEST
from buildtools.toolchain import ROOT

TARGETS = {target.name: target for target in (CORE, BIOS, GUEST)}
RECIPES: dict[str, Callable[[], Sequence[Path]]] = {
    **{name: target.build for name, target in TARGETS.items()},
    "bytecode": compile_modules,
    "sanitized": SANITIZED_CORE.build,
}
DEFAULT = (*TARGETS, "bytecode")


def main(names: Sequence[str]) -> int:
    """Build and print what was built; 2 when a name is unknown."""
    unknown = [name for name in names if name not in RECIPES]
    if unknown:
        sys.stderr.write(f"buildtools: unknown target `{unknown[0]}`, expected one of {', '.join(RECIPES)}\n")
        return 2
    for name in names or DEFAULT:
        sys.stdout.writelines(f"{path.relative_to(ROOT)}\n" for path in RECIPES[name]())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

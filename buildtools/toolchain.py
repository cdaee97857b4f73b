# SPDX-License-Identifier: GPL-2.0-or-later
"""The C compiler that pip installs, and rebuilding only what changed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
WORK = ROOT / "build"
ZIG = [sys.executable, "-m", "ziglang"]
CC = [*ZIG, "cc"]


def run(command: Sequence[str], cwd: Path = ROOT) -> None:
    """Run a build command; its messages go to the terminal.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    cache = os.environ.get("ZIG_GLOBAL_CACHE_DIR", str(WORK / "zig"))
    subprocess.run(command, check=True, env=os.environ | {"ZIG_GLOBAL_CACHE_DIR": cache}, cwd=cwd)


def sources_in(folder: Path, *suffixes: str) -> list[Path]:
    """All files below a folder whose names end so, sorted."""
    return sorted(path for path in folder.rglob("*") if path.suffix in suffixes)


@dataclass(frozen=True, slots=True)
class Target:
    """Outputs, and everything that they depend on."""

    name: str
    outputs: tuple[Path, ...]
    sources: tuple[Path, ...]
    flags: tuple[str, ...]
    make: Callable[[], None]

    def build(self) -> tuple[Path, ...]:
        """Make the outputs unless they were made from the same sources with the same flags."""
        stamp, digest = WORK / f"{self.name}.stamp", self._digest()
        current = stamp.exists() and stamp.read_text() == digest and all(path.exists() for path in self.outputs)
        if not current:
            self.make()
            WORK.mkdir(exist_ok=True)
            stamp.write_text(digest)
        return self.outputs

    def _digest(self) -> str:
        state = hashlib.sha256("\0".join(self.flags).encode())
        for path in _with_this_package(self.sources):
            state.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
        return state.hexdigest()


def _with_this_package(sources: Iterable[Path]) -> list[Path]:
    """The recipes decide about the result as much as the sources do."""
    return [*sources, *sources_in(Path(__file__).parent, ".py")]

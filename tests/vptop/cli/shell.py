# SPDX-License-Identifier: GPL-2.0-or-later
"""A real shell in which the commands of the toolkit are typed as in the manual."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import EntryPoint
from pathlib import Path

ROOT = Path(__file__).parents[3]
LIMIT = 120
POINTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]


def install(folder: Path) -> None:
    """Every entry point of the distribution as an executable."""
    folder.mkdir()
    for name, value in POINTS.items():
        point = EntryPoint(name, value, "console_scripts")
        path = folder / name
        code = f"from {point.module} import {point.attr}; {point.attr}()"
        path.write_text(f'#!/bin/sh\nexec {sys.executable} -W error -c "{code}" "$@"\n')
        path.chmod(0o755)


@dataclass
class Shell:
    """A shell in a directory of its own."""

    folder: Path

    def environment(self) -> dict[str, str]:
        """With the commands on the path, and nothing of the user's."""
        return os.environ | {
            "PATH": f"{self.folder / 'bin'}:{os.environ['PATH']}",
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "100",
            "XDG_RUNTIME_DIR": str(self.folder / "run"),
            "XDG_CONFIG_HOME": str(self.folder / "config"),
        }

    def __call__(self, line: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Type a line."""
        return subprocess.run(
            ["/bin/bash", "-c", line],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=self.folder,
            env=self.environment(),
            timeout=LIMIT,
            check=False,
        )

    def ok(self, line: str) -> str:
        """Type a line that succeeds; what it prints."""
        result = self(line)
        assert result.returncode == 0, (line, result.stdout, result.stderr)
        return result.stdout

    def wait_for(self, done: Callable[[], bool]) -> None:
        """Until something is so."""
        end = time.monotonic() + LIMIT
        while not done():
            assert time.monotonic() < end
            time.sleep(0.02)

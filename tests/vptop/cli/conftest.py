# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands, run as a person runs them: as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIMIT = 120
ENTRY = {"vptop": "main"}
"""Modules of commands whose name is another."""
Command = Callable[..., "subprocess.CompletedProcess[str]"]


def command_line(name: str, *arguments: str) -> list[str]:
    """The command of an entry point, without needing it installed."""
    module, function = {"emmett": ("vptop.cli.emmett", "run")}.get(name, (f"vptop.cli.{ENTRY.get(name, name)}", "main"))
    return [sys.executable, "-W", "error", "-c", f"from {module} import {function}; {function}()", *arguments]


def environment() -> dict[str, str]:
    return os.environ | {"PYTHONPATH": str(ROOT), "COLUMNS": "100"}


def started(*arguments: str, cwd: Path | None = None) -> subprocess.Popen[bytes]:
    """Start a command whose output is read while it runs.

    Without a buffer, communicate() gets all that readline() has left.
    """
    return subprocess.Popen(
        command_line(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
        cwd=cwd,
        bufsize=0,
    )


@pytest.fixture
def vptop(tmp_path: Path) -> Command:
    """Run `vptop` in an empty directory."""

    def run(*arguments: str, stdin: str = "", name: str = "vptop") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command_line(name, *arguments),
            input=stdin,
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=environment(),
            timeout=LIMIT,
            check=False,
        )

    return run

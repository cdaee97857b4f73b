# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop settings`: every setting and key of the dashboard, as the file in which they are set."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from platformdirs import user_config_path

from vptop.cli import console
from vptop.model.settings import FILE, KEYS, TABLE, Settings, read

PROBLEMS = 1


def path() -> Path:
    """The user's file of settings."""
    return user_config_path("vptop") / FILE


def show(*, default: bool) -> int:
    """Print the settings as a file; what is wrong with the user's goes to standard error. Returns the exit status.

    Args:
        default: print the settings that vptop comes with, not the user's.
    """
    from vptop.ui.keymap import SCOPES, checked

    known, problems = (Settings(), []) if default else read(path())
    keys, wrong_keys = checked(known.keys)
    lines = [f"# {'Defaults' if default else 'Settings'} of vptop; they are read from {path()}"]
    for row in TABLE:
        lines += [f"# {row.help}", f"{row.name} = {json.dumps(getattr(known, row.name))}"]
    lines += ["", f"[{KEYS}]"]
    for scope in SCOPES:
        lines += ["", f"# {scope.title}"]
        for action in scope.with_keys(keys).actions:
            words = action.written
            value = json.dumps(words[0] if len(words) == 1 else words)
            line = f"{json.dumps(action.id)} = {value}"
            lines.append(f"{line if words else f'# {line}':<46}  # {action.text}")
    sys.stdout.write("\n".join(lines) + "\n")
    for problem in (*problems, *wrong_keys):
        console.complain(problem)
    return PROBLEMS if problems or wrong_keys else 0

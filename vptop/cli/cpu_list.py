# SPDX-License-Identifier: GPL-2.0-or-later
"""The models of CPUs that `--cpu` takes, and their list."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable

from engine.vm.options import CPU_MODELS
from engine.vm.settings import Line, Value, fields

LIST = "list"
COLUMNS = 100


def chosen(name: str) -> dict[str, Value]:
    """The model of that name, as a field of PowerOn.

    Raises:
        ConfigurationError: there is no such model.
        SystemExit: the name was `list`, and the models have been printed.
    """
    if name != LIST:
        return fields(Line("--cpu", "guest.cpu", name))
    sys.stdout.writelines(_lines())
    raise SystemExit(0)


def _lines() -> Iterable[str]:
    """Each model with its features."""
    for model in CPU_MODELS.values():
        yield f"{model.name}: {model.summary}\n"
        for line in textwrap.wrap(" ".join(sorted(model.features)), COLUMNS - 4):
            yield f"    {line}\n"

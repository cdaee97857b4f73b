# SPDX-License-Identifier: GPL-2.0-or-later
"""Every public exception has the one root and says what a caller can do."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import pytest

import engine
import vptop
from engine.errors import InputError, MachineStoppedError, VptopError
from engine.guest import symbol_files


def modules() -> list[str]:
    return [
        found.name
        for package in (engine, vptop)
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}.")
        if not found.name.endswith(("__main__", "libvpcore"))
    ]


def exceptions() -> list[type[Exception]]:
    found = {
        thing
        for name in modules()
        for thing in vars(importlib.import_module(name)).values()
        if isinstance(thing, type) and issubclass(thing, Exception) and thing.__module__ == name
    }
    return sorted(found, key=lambda kind: kind.__qualname__)


INTERNAL = {
    "engine.emmett.types.layout.LayoutError",
    "engine.machine.devices.virtio.queue.BrokenQueueError",
    "engine.vp.syntax.shapes.ShapeError",
}
"""Caught within their own package: they become a diagnostic or a device status."""
PUBLIC = [
    kind
    for kind in exceptions()
    if not kind.__name__.startswith("_") and f"{kind.__module__}.{kind.__qualname__}" not in INTERNAL
]


def test_the_exceptions_are_found() -> None:
    assert {"ScriptRefused", "SymbolError", "CoreError", "VmGone"} <= {kind.__name__ for kind in PUBLIC}


@pytest.mark.parametrize("kind", PUBLIC, ids=lambda kind: kind.__name__)
def test_public_exceptions_have_one_root(kind: type[Exception]) -> None:
    assert issubclass(kind, VptopError)


@pytest.mark.parametrize("kind", [kind for kind in PUBLIC if kind is not VptopError], ids=lambda kind: kind.__name__)
def test_an_exception_says_what_a_caller_can_do(kind: type[Exception]) -> None:
    what_it_is, _, what_to_do = " ".join((kind.__doc__ or "").split()).partition(". ")
    assert what_it_is, "no docstring"
    assert what_to_do.endswith("."), f"expected a second sentence: {kind.__doc__}"


def test_what_was_given_and_what_broke_are_told_apart() -> None:
    assert not issubclass(InputError, MachineStoppedError)
    assert not issubclass(MachineStoppedError, InputError)


def test_raising_one_stops_at_the_root_only() -> None:
    with pytest.raises(VptopError, match=r"nowhere\.sym"):
        symbol_files.read(Path("nowhere.sym"))

# SPDX-License-Identifier: GPL-2.0-or-later
"""The device models of a machine as bytes: the graph of their objects, cut where it meets CPUs, RAM and disk image.

Written with pickle, since that keeps a graph as it is; read by a reader that knows only the classes of this package and
a few plain ones, so a file can bring in no code.
"""

from __future__ import annotations

import functools
import hashlib
import io
import pickle
from collections.abc import Callable
from pathlib import Path

from engine.core.tables import SOURCES
from engine.machine.machine import Machine

_PACKAGES = ("engine.machine.", "engine.core.points")
_PLAIN = {
    ("builtins", "bytearray"), ("builtins", "set"), ("builtins", "frozenset"), ("collections", "Counter"),
    ("collections", "deque"), ("collections", "OrderedDict"), ("functools", "partial"), ("random", "Random"),
    ("datetime", "datetime"), ("datetime", "timedelta"),
}  # fmt: skip
_GETATTR = ("builtins", "getattr")
_PROTOCOL = 5


@functools.cache
def version() -> str:
    """A digest of the device models and the core: state is valid only for the same digest."""
    digest = hashlib.sha256()
    here = Path(__file__).parent
    for path in (*sorted(here.rglob("*.py")), *sorted(Path(SOURCES).rglob("*.[ch]"))):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:32]


def dump(machine: Machine) -> bytes:
    """The state of every device and of the event queue."""
    out = io.BytesIO()
    _Writer(machine, out).dump(machine.device_graph())
    return out.getvalue()


def load(machine: Machine, data: bytes) -> None:
    """Put devices in the places of a machine's own.

    Raises:
        pickle.UnpicklingError: the bytes refer to something other than device state.
    """
    machine.adopt(_Reader(machine, io.BytesIO(data)).load())


class _Writer(pickle.Pickler):
    def __init__(self, machine: Machine, out: io.BytesIO) -> None:
        super().__init__(out, _PROTOCOL)
        self._names = {id(thing): name for name, thing in machine.fixtures().items()}

    def persistent_id(self, thing: object) -> str | None:
        return self._names.get(id(thing))


class _Reader(pickle.Unpickler):
    def __init__(self, machine: Machine, source: io.BytesIO) -> None:
        super().__init__(source)
        self._fixtures = machine.fixtures()

    def persistent_load(self, name: object) -> object:
        if isinstance(name, str) and name in self._fixtures:
            return self._fixtures[name]
        raise pickle.UnpicklingError(f"no part of the machine: {name!r}")

    def find_class(self, module: str, name: str) -> type | Callable[[object, str], object]:
        if (module, name) == _GETATTR:
            return _method
        if (module, name) in _PLAIN or module.startswith(_PACKAGES):
            found = super().find_class(module, name)
            if isinstance(found, type):
                return found
        raise pickle.UnpicklingError(f"no class of a device: {module}.{name}")


def _method(owner: object, name: str) -> object:
    """A bound method, of a device or another part of the machine."""
    if not type(owner).__module__.startswith(_PACKAGES) or name.startswith("__"):
        raise pickle.UnpicklingError(f"no method of a device: {name}")
    return getattr(owner, name)

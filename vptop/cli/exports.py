# SPDX-License-Identifier: GPL-2.0-or-later
"""Files that a command writes at its end, each in the format of its suffix."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from engine import VirtualMachine
from engine.probes.frame import Frame
from vptop.cli import console
from vptop.export.format import ExportError
from vptop.export.formats import format_of, write
from vptop.model.scriptfiles import ScriptFile
from vptop.model.session import Session


class Exports:
    """The Frames of a run, and the files that are made of them.

    Raises:
        ExportError: a file name has the suffix of no format.
    """

    def __init__(self, paths: Sequence[Path], scripts: Sequence[ScriptFile]) -> None:
        for path in paths:
            format_of(path)
        self._paths, self._session = paths, Session()
        for script in scripts:
            self._session.set_source(script.name, script.source)

    def add(self, frame: Frame) -> None:
        """Keep a Frame."""
        self._session.add(frame)

    def know(self, vm: VirtualMachine) -> None:
        """Take what the machine knows of its guest."""
        self._session.guest = vm.guest.name
        self._session.set_symbols(vm.guest.symbols)
        self._session.vectors = vm.vectors

    def write(self) -> bool:
        """Write the files; False when one could not be."""
        return write_exports(self._session, self._paths)


def write_exports(session: Session, paths: Sequence[Path]) -> bool:
    """Write the newest moment of a session to files; says on standard error what could not be written."""
    good, moment = True, session.moment()
    if moment is None:
        return good
    for path in paths:
        try:
            write(path, moment)
        except (OSError, ExportError) as error:
            good = False
            console.complain(f"{path}: {getattr(error, 'strerror', None) or error}")
    return good

# SPDX-License-Identifier: GPL-2.0-or-later
"""What is lost while a VM runs, as Notices: each loss is reported once, and again to clients that connect later."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from engine.probes.frame import ScriptState
from engine.vm.output import OutputFile
from engine.vm.protocol import Notice


class Losses:
    """Detects what has been lost."""

    def __init__(self, outputs: Sequence[OutputFile]) -> None:
        self._outputs = outputs
        self._told: set[str] = set()

    def fresh(self, scripts: Iterable[ScriptState]) -> list[Notice]:
        """Losses that have not been reported yet."""
        notices = list(self.lasting(scripts))
        found = [notice for notice in notices if notice.message not in self._told]
        self._told = {notice.message for notice in notices}
        return found

    def lasting(self, scripts: Iterable[ScriptState]) -> Iterator[Notice]:
        """Every loss that still holds."""
        for output in self._outputs:
            if output.failure:
                yield Notice("error", output.failure)
        for script in scripts:
            if script.errors_lost:
                yield Notice(
                    "warning",
                    f"{script.name}: run-time errors in too many places; further places are not listed",
                )

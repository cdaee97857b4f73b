# SPDX-License-Identifier: GPL-2.0-or-later
"""`vmware.log` beside the .vmx: where the manual promises warnings (p. 10)."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

LOG = "vmware.log"


def write(vmx: Path, messages: Iterable[str]) -> None:
    """Append a line for each message. A log that cannot be written stops nothing."""
    lines = list(messages)
    if not lines:
        return
    now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    with contextlib.suppress(OSError), (vmx.parent / LOG).open("a", encoding="utf-8") as file:
        file.writelines(f"{now}| vmx| W: {message}\n" for message in lines)

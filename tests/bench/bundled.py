# SPDX-License-Identifier: GPL-2.0-or-later
"""The bundled guest's disk image against QEMU's translator: CPU seconds of both, from power-on to a line by which the
guest tells how much work it has done.
"""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

from engine.guest.bundled import DISK_IMAGE, NAME
from tests.bench import marks
from tests.bench.child import SLICE, machine_with_disk
from tests.bench.measure import heading, row

TURNS = 3
DONE = b"syslogd: another hundred records"
"""The logger has written a hundred records, one in 60 ms, while all other processes worked."""
BUDGET = 1.1


def bundled() -> None:
    """Print the comparison, or what is missing for it."""
    heading(f"the disk of the {NAME}, from power-on to its line of a hundred records: CPU seconds over QEMU's TCG")
    if shutil.which(marks.QEMU) is None:
        print(marks.MISSING_QEMU)
        return
    ours = qemu = math.inf
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder, "disk.img")
        disk.write_bytes(DISK_IMAGE.read_bytes())
        drive = ("-drive", f"file={disk},format=raw,if=ide,snapshot=on")
        card = ("-device", "rtl8139,netdev=n", "-netdev", "user,id=n,restrict=on")
        for _ in range(TURNS):
            ours = min(ours, marks.until(machine_with_disk(disk, SLICE), DONE))
            qemu = min(qemu, marks.until(marks.qemu(*drive, *card), DONE))
    row(f"{ours:.2f} s, QEMU {qemu:.2f} s", f"{ours / qemu:.2f}", f"<= {BUDGET}", ours / qemu <= BUDGET)


if __name__ == "__main__":
    bundled()

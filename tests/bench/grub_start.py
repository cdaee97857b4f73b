# SPDX-License-Identifier: GPL-2.0-or-later
"""The start from a disk with GRUB to the kernel's first line, against QEMU's translator."""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path

from tests.bench import linux_guest, marks
from tests.bench.child import SLICE, machine_with_disk
from tests.bench.linux_guest import FIRST_LINE
from tests.bench.measure import heading, row
from tests.linux import grub

TURNS = 2
BUDGET = 1.2
OPTIONS = "console=ttyS0 earlyprintk=ttyS0"


def grub_start() -> None:
    """Print the comparison, or what is missing for it."""
    heading("start from a disk with GRUB to the kernel's first line: CPU seconds over QEMU's TCG")
    if shutil.which(marks.QEMU) is None:
        print(marks.MISSING_QEMU)
        return
    if shutil.which("mke2fs") is None:
        print("  not measured: mke2fs is not installed (Debian: apt-get install e2fsprogs)")
        return
    ours = qemu = math.inf
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        guest = linux_guest.make(work)
        if guest is None:
            return
        image = work / "disk.img"
        image.write_bytes(grub.disk(guest.packed, guest.initrd.read_bytes(), work, OPTIONS))
        for _ in range(TURNS):
            ours = min(ours, marks.until(machine_with_disk(image, SLICE), FIRST_LINE))
            qemu = min(qemu, marks.until(marks.qemu("-drive", f"file={image},format=raw,if=ide"), FIRST_LINE))
    row(f"{ours:.2f} s, QEMU {qemu:.2f} s", f"{ours / qemu:.2f}", f"<= {BUDGET}", ours / qemu <= BUDGET)


if __name__ == "__main__":
    grub_start()

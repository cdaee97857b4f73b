# SPDX-License-Identifier: GPL-2.0-or-later
"""What leaves the guest on real processors, against QEMU's translator: CPUID, CR8, the PM timer, CR0.WP, CR4.PGE."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from tests.bench import loop, marks
from tests.bench.child import SHORT_SLICE, machine_with_disk
from tests.bench.measure import heading, row

TURNS = 5
BUDGET = 1.5
KINDS = {
    "b": "CPUID",
    "c": "write of CR8",
    "d": "read of CR8",
    "e": "read of the PM timer",
    "f": "toggle of CR0.WP",
    "g": "toggle of CR4.PGE",
}
"""By the mark that the guest prints after so many of them; see exits.S."""
TIMES = 2_000_000


def exits() -> None:
    """Print the comparison, or what is missing for it."""
    heading("exits: nanoseconds of CPU time each, over QEMU's TCG")
    if shutil.which(marks.QEMU) is None:
        print(marks.MISSING_QEMU)
        return
    ours: dict[str, float] = {}
    qemu: dict[str, float] = {}
    with tempfile.TemporaryDirectory() as folder:
        disk = Path(folder, "disk.img")
        disk.write_bytes(loop.assembled("exits.S") + bytes(1 << 20))
        for _ in range(TURNS):
            marks.keep_best(ours, marks.spans(machine_with_disk(disk, SHORT_SLICE)))
            marks.keep_best(qemu, marks.spans(marks.qemu("-drive", f"file={disk},format=raw,if=ide")))
    for letter, name in KINDS.items():
        ratio = ours[letter] / qemu[letter]
        text = f"{name}: {ours[letter] / TIMES * 1e9:.0f} ns, QEMU {qemu[letter] / TIMES * 1e9:.0f} ns"
        row(text, f"{ratio:.2f}", f"<= {BUDGET}", ratio <= BUDGET)


if __name__ == "__main__":
    exits()

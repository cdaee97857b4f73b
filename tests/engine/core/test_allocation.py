# SPDX-License-Identifier: GPL-2.0-or-later
"""The allocator of the C library."""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
from engine.core.allocation import give_back_large_blocks

def resident():
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) >> 10

give_back_large_blocks()
bytearray(31 << 20)
before = resident()
blocks, small = [], []
for _ in range(8):
    blocks.append(bytearray(8 << 20))
    small.append(bytes(2000))
del blocks
print(resident() - before)
"""


def test_columns_that_are_freed_are_given_back_to_the_system() -> None:
    alone = {name: value for name, value in os.environ.items() if name != "LD_PRELOAD"}  # a sanitizer has its own
    result = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, env=alone)
    assert int(result.stdout) < 8

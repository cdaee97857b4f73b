# SPDX-License-Identifier: GPL-2.0-or-later
"""Where blocks end, by which the clock advances."""

from __future__ import annotations

from tests.engine.probes.small import STOP, guest

LENGTHS = range(70, 100, 3)
"""ENTERs of which the code has some 64 KiB, which is more than a block can have."""


def test_probes_do_not_change_where_large_blocks_end() -> None:
    """Each of three has ten, which make its code larger."""
    streams = "".join(
        f"    movl $0x310000, %esp\n    movl %esp, %ebp\n    jmp large_{n}\nlarge_{n}:\n    .fill {n}, 4, 0x40000c8\n"
        for n in LENGTHS
    )  # enter $0, $4
    source = f"{streams}{STOP}"
    with guest(source) as plain:
        plain.run()
        blocks = plain.machine.counters().blocks
    with guest(source) as watched:
        places = [watched.places[f"large_{n}"] + 4 * k for n in LENGTHS[-3:] for k in range(10)]
        watched.load("".join(f'(vprobe GUEST:{place:#x} (printf "{place:#x}\\n"))\n' for place in places))
        watched.run()
        assert watched.numbers == [(place,) for place in places]
        assert watched.machine.counters().blocks == blocks

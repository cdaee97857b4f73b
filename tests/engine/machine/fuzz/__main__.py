# SPDX-License-Identifier: GPL-2.0-or-later
"""Random guests for a long time: `python -m tests.engine.machine.fuzz [--minutes N] [--seed S] [KIND…]`.

Batches of guests run in processes of their own, so that a crash is one guest's. What fails is printed with the kind and
seed that repeat it; the exit status is 1 then.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence

from tests.engine.machine.fuzz.guests import KINDS
from tests.engine.machine.fuzz.running import outcome

MODULE = "tests.engine.machine.fuzz"
BATCH = 20
SLOWEST_SECONDS = 600
"""for a batch"""


def child(kind: str, first: int, count: int) -> None:
    """Run guests twice each and print how it went, a line when one begins and one when it fails."""
    for seed in range(first, first + count):
        print("begin", seed, flush=True)
        try:
            one, other = outcome(kind, seed), outcome(kind, seed)
        except Exception as error:  # noqa: BLE001 # each is a finding
            places = "".join(traceback.format_tb(error.__traceback__, -2))
            print(f"failed {kind} {seed}: {type(error).__name__}: {error}\n{places}", flush=True)
            continue
        if one != other:
            print(f"failed {kind} {seed}: two runs differ: {one} {other}", flush=True)


def batch(kind: str, first: int, count: int) -> Iterator[str]:
    """Run guests in a process; yields what failed."""
    last = first + count
    while first < last:
        words = [sys.executable, "-m", MODULE, "--child", kind, str(first), str(last - first)]
        with tempfile.TemporaryFile("w+") as out:
            try:
                status = subprocess.run(words, stdout=out, timeout=SLOWEST_SECONDS, check=False).returncode
            except subprocess.TimeoutExpired:
                status = -1
            out.seek(0)
            lines = out.read().split("\n")
        yield from (line for line in lines if line and not line.startswith("begin "))
        if status == 0:
            return
        begun = [int(line.split()[1]) for line in lines if line.startswith("begin ")]
        yield f"failed {kind} {begun[-1] if begun else first}: the process ended with status {status}"
        first = (begun[-1] if begun else first) + 1


def main(arguments: Sequence[str]) -> int:
    if arguments[:1] == ["--child"]:
        child(arguments[1], int(arguments[2]), int(arguments[3]))
        return 0
    parser = argparse.ArgumentParser(prog="fuzz", description=__doc__)
    parser.add_argument("kinds", nargs="*", default=list(KINDS), metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--minutes", type=float, default=20.0)
    parser.add_argument("--seed", type=int, default=0, help="the first seed")
    options = parser.parse_args(arguments)
    end, seed, failed = time.monotonic() + 60 * options.minutes, options.seed, 0
    while time.monotonic() < end:
        for kind in options.kinds:
            for line in batch(kind, seed, BATCH):
                failed += line.startswith("failed ")
                print(line, flush=True)
        seed += BATCH
    print(f"{len(options.kinds)} kinds, seeds {options.seed} to {seed - 1}: {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

# SPDX-License-Identifier: GPL-2.0-or-later
"""Every program where its output cannot be written: one line and exit status 1."""

from __future__ import annotations

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PROGRAMS = {
    "vptop": ("vptop.cli.main:main", ["list", "probes"]),
    "vmrun": ("vptop.cli.vmrun:main", ["list"]),
    "emmett": ("vptop.cli.emmett:run", [str(Path(__file__).parents[3] / "docs/emmett/hello.emt")]),
    "vprobe": ("vptop.cli.vprobe:main", ["--help"]),
    "vprobe-tail": ("vptop.cli.tail:main", ["--help"]),
    "vprobe-stackfilt": ("vptop.cli.stacktools:stackfilt", ["--help"]),
    "vprobe-dwarffrob": ("vptop.cli.structs:main", ["--help"]),
}
START = "import sys, importlib; m, f = sys.argv.pop(1).split(':'); getattr(importlib.import_module(m), f)()"


def run(entry: str, words: list[str], *, shell: str, encoding: str = "utf-8") -> subprocess.CompletedProcess[str]:
    """Run an entry point under a redirection of the shell."""
    command = ["sh", "-c", f'"$@" {shell}', "sh", sys.executable, "-c", START, entry, *words]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3]), "PYTHONIOENCODING": encoding}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment, timeout=60)


def test_a_full_disk_is_one_message_of_each_program() -> None:
    with ThreadPoolExecutor() as pool:
        done = dict(zip(PROGRAMS, pool.map(lambda one: run(*one, shell=">/dev/full"), PROGRAMS.values()), strict=True))
    assert {program: (one.stderr, one.returncode) for program, one in done.items()} == {
        program: (f"{program}: cannot write to standard output: No space left on device\n", 1) for program in PROGRAMS
    }


def test_closed_output_is_one_message() -> None:
    done = run("vptop.cli.main:main", ["list", "probes"], shell=">&-")
    assert (done.stderr, done.returncode) == ("vptop: cannot write to standard output: Bad file descriptor\n", 1)


def test_a_reader_that_leaves_ends_the_program_without_a_word() -> None:
    done = run("vptop.cli.main:main", ["list", "functions"], shell="| head -1")
    assert (len(done.stdout.splitlines()), done.stderr) == (1, "")


def test_without_standard_error_and_input_it_works() -> None:
    done = run("vptop.cli.main:main", ["list", "probes"], shell="<&- 2>&-")
    assert done.returncode == 0
    assert "VMM1Hz" in done.stdout


def test_characters_that_the_encoding_lacks_are_replaced() -> None:
    done = run("vptop.cli.main:main", ["--help"], shell="", encoding="ascii")
    assert done.returncode == 0
    assert done.stdout.isascii()

# SPDX-License-Identifier: GPL-2.0-or-later
"""`vprobe-tail`."""

from __future__ import annotations

import subprocess
from pathlib import Path

from engine.guest.symbols import Symbols
from tests.vptop.cli.shell import Shell, install
from vptop.cli.tail import Rows, table

BLOCK = """\
aggr: a (1 integer key) (1 string key)
  a[0x1010,"x"] == avg 1 count 1 min 1 max 1 latest 1
  a[0x1100,"y"] == avg 1 count 3 min 1 max 1 latest 1
"""
SYMBOLS = Symbols([(0x1000, "T", "main"), (0x1100, "T", "work")])


def test_rows_come_by_count_and_a_header_begins_anew() -> None:
    rows = Rows()
    rows.feed(BLOCK[:60])
    rows.feed(BLOCK[60:] + "noise\n")
    assert [(row.keys, row.count) for row in rows.all()] == [(("0x1100", "y"), 3), (("0x1010", "x"), 1)]
    rows.feed(BLOCK.replace("count 1", "count 9"))
    assert [row.count for row in rows.all()] == [9, 3]


def test_the_table_has_names_and_shares_and_fits_the_screen() -> None:
    rows = Rows()
    rows.feed(BLOCK)
    first, second = table(rows.all(), SYMBOLS, height=24)
    assert first == f"{'work':<25} {'y':<25} {3:>10}  75.00%"
    assert second.startswith("main+0x10 ")
    assert table(rows.all(), Symbols(), height=6) == [f"{'0x1100':<25} {'y':<25} {3:>10}  75.00%"]
    assert table([], Symbols(), height=24) == []


def test_a_file_is_followed_from_its_end(tmp_path: Path) -> None:
    install(tmp_path / "bin")
    shell = Shell(tmp_path)
    path = tmp_path / "vprobe.out"
    path.write_text(BLOCK.replace("count 3", "count 77"))
    process = subprocess.Popen(
        ["/bin/bash", "-c", "exec vprobe-tail vprobe.out"],
        stdout=subprocess.PIPE, cwd=tmp_path, env=shell.environment(), text=True,
    )  # fmt: skip
    assert process.stdout is not None
    try:
        shell.wait_for(lambda: _reads(process.pid, path))
        with path.open("a") as file:
            file.write(BLOCK)
        assert process.stdout.readline().split() == ["0x1100", "y", "3", "75.00%"]
    finally:
        process.terminate()
        process.wait()
        process.stdout.close()
    missing = shell("vprobe-tail nowhere")
    assert (missing.returncode, missing.stderr) == (1, "vprobe-tail: nowhere: No such file or directory\n")
    assert shell("vprobe-tail").returncode == 2
    assert "SYMTAB" in shell.ok("vprobe-tail --help")


def _reads(pid: int, path: Path) -> bool:
    """Whether a process has the file open, at its end."""
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            if link.readlink() == path:
                position = Path(f"/proc/{pid}/fdinfo/{link.name}").read_text().split()[1]
                return int(position) == path.stat().st_size
        except OSError:
            continue
    return False

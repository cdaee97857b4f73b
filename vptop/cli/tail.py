# SPDX-License-Identifier: GPL-2.0-or-later
"""`vprobe-tail`: the latest rows of aggregates in vprobe.out, most frequent first, once a second."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

from engine.errors import InputError, VptopError
from engine.guest.symbols import Symbols
from vptop.cli import console
from vptop.cli.aggregate_text import HEADER, TextRow, parse_row
from vptop.cli.manual import TAIL, help_text
from vptop.cli.standard_streams import guarded
from vptop.cli.symbol_files import read_symbols

OK, FAILED, USAGE = 0, 1, 2
REFRESH = 1.0
KEY_WIDTH = 25
MARGIN = 5
"""Lines of the terminal that are left free."""
CLEAR = "\x1b[H\x1b[2J"


class TailError(InputError):
    """The file cannot be followed. Name another one."""


class Rows:
    """The latest rows of each aggregate: a header begins them anew."""

    def __init__(self) -> None:
        self._rows: dict[str, list[TextRow]] = {}
        self._rest = ""

    def feed(self, text: str) -> None:
        """More of the file."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            header = HEADER.match(line)
            row = parse_row(line)
            if header is not None:
                self._rows[header["name"]] = []
            elif row is not None:
                self._rows.setdefault(row.name, []).append(row)

    def all(self) -> list[TextRow]:
        """Every row, most frequent first."""
        rows = [row for group in self._rows.values() for row in group]
        return sorted(rows, key=lambda row: (-row.count, row.keys))


def table(rows: Iterable[TextRow], symbols: Symbols, height: int) -> list[str]:
    """Lines for a screen of some height: keys, count, share of all counts."""
    rows = list(rows)
    total = sum(row.count for row in rows)
    shown = []
    for row in rows[: max(0, height - MARGIN)]:
        keys = "".join(f"{_key(key, symbols):<{KEY_WIDTH}.{KEY_WIDTH}} " for key in row.keys)
        shown.append(f"{keys}{row.count:>10} {100 * row.count / total:6.2f}%")
    return shown


def _key(key: str, symbols: Symbols) -> str:
    return symbols.describe(int(key, 16)) if key.startswith("0x") and len(symbols) else console.harmless(key)


@guarded("vprobe-tail")
def main() -> None:
    """Entry point: `vprobe-tail FILE`."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    words = sys.argv[1:]
    if words and words[0] in ("-h", "--help"):
        sys.stdout.write(help_text(TAIL))
        sys.exit(OK)
    if len(words) != 1:
        sys.stderr.write(help_text(TAIL).split("\n\n")[0] + "\n")
        sys.exit(USAGE)
    try:
        _follow(Path(words[0]))
    except VptopError as error:
        sys.stderr.write(f"vprobe-tail: {console.harmless(str(error))}\n")
        sys.exit(FAILED)
    except KeyboardInterrupt:
        sys.exit(OK)


def _follow(path: Path) -> None:
    """Show what is appended from now on, until Ctrl-C."""
    name = os.environ.get("SYMTAB", "")
    symbols = read_symbols(Path(name)) if name else Symbols()
    rows = Rows()
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            file.seek(0, os.SEEK_END)
            while True:
                rows.feed(file.read())
                lines = table(rows.all(), symbols, shutil.get_terminal_size((80, 24)).lines)
                clear = CLEAR if sys.stdout.isatty() else ""
                sys.stdout.write(clear + "".join(f"{line}\n" for line in lines) + ("" if clear or not lines else "\n"))
                sys.stdout.flush()
                time.sleep(REFRESH)
    except OSError as error:
        raise TailError(f"{path}: {error.strerror or error}") from error

# SPDX-License-Identifier: GPL-2.0-or-later
"""The `emmett` command: Emmett programs to VP text, with the options of the toolkit's compiler."""

from __future__ import annotations

import getopt
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from engine.emmett import Options, Translation, translate
from engine.emmett.files import beside
from engine.emmett.symbol_file import parse_symbols
from engine.emmett.types.models import ELSEWHERE, MODELS, refusal
from engine.vp.diagnostics.source import SourceText
from vptop.cli import console
from vptop.cli.manual import EMMETT, help_text
from vptop.cli.standard_streams import guarded

FAILED, USAGE = 1, 2
FILE_BYTES = 64 << 20
"""Largest file that is read; symbols of a kernel with its modules take 20 MiB."""
STDIN, COMMAND_LINE = "<stdin>", "<cmdline>"
HELP = help_text(EMMETT)


class _RefusedError(Exception):
    """Something on the command line that cannot be done; the text says what."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Compile what the command line says; returns the exit status."""
    try:
        given = _given(sys.argv[1:] if arguments is None else arguments)
    except getopt.GetoptError as error:
        sys.stderr.write(f"emmett: {console.harmless(error.msg)}\n{HELP.splitlines()[0]}\n")
        return USAGE
    names = {name for name, _ in given}
    if names & {"-h", "--help"}:
        sys.stderr.write(HELP)
        return 0
    try:
        options, sources = _options(given), _sources(given)
    except _RefusedError as refused:
        sys.stderr.write(f"Error: {console.harmless(str(refused))}\n")
        return FAILED
    return _compile(sources, options, verbose="-v" in names)


def _given(words: Sequence[str]) -> list[tuple[str, str]]:
    """Options and their values in the order given; files are values of an option without a name.

    Raises:
        getopt.GetoptError: unknown options, or one without its value.
    """
    given: list[tuple[str, str]] = []
    rest = list(words)
    while rest:
        found, rest = getopt.getopt(rest, "ac:fHi:m:s:vh", ["help"])
        given += found
        given += [("", file) for file in rest[:1]]
        rest = rest[1:]
    return given


@guarded("emmett")
def run() -> None:
    """The entry point."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    sys.exit(main())


def _compile(sources: Sequence[SourceText], options: Options, *, verbose: bool) -> int:
    if verbose:
        sys.stderr.write(f"reading {', '.join(console.harmless(source.name) for source in sources)}\n")
    result = translate(sources, options)
    console.show_diagnostics(result.diagnostics)
    if verbose:
        _list(result)
    if result.vp is None:
        return FAILED
    sys.stdout.write(result.vp.text)
    return 0


def _list(result: Translation) -> None:
    symbols = result.symbols
    rows = [f"variable {one.type} {one.name}" for one in symbols.globals()]
    for function in symbols.functions.values():
        parameters = ", ".join(f"{one.type} {one.name}" for one in function.parameters)
        rows.append(f"function {function.result} {function.name}({parameters})")
    rows += [f"probe {probe.written}" for probe in symbols.probes]
    sys.stderr.write("".join(f"{console.harmless(row)}\n" for row in rows))


# --- options ---


def _options(found: Sequence[tuple[str, str]]) -> Options:
    options = Options(opener=beside)
    for name, value in found:
        if name == "-a":
            options = replace(options, log_aggregates=True)
        elif name == "-i":
            options = replace(options, height=_height(value))
        elif name == "-m":
            if value not in MODELS:
                reason, expected = refusal(value)
                hint = f": {reason}; expected {expected}" if value in ELSEWHERE else ""
                raise _RefusedError(f"Invalid memory model: {value}{hint}")
            options = replace(options, model=MODELS[value])
        elif name == "-s":
            options = replace(options, addresses=parse_symbols(_read(value)))
    return options


def _height(value: str) -> int:
    if not value.isascii() or not value.isdigit() or len(value) > 9:
        raise _RefusedError(f"Invalid height: {value} (a number from 0 on)")
    return int(value)


def _sources(given: Sequence[tuple[str, str]]) -> list[SourceText]:
    """The inputs in the order in which they were given; without any, standard input."""
    readers = {"": _file, "-c": _code, "-f": _standard_input}
    inputs = [readers[name](value) for name, value in given if name in readers]
    return inputs or [_standard_input()]


def _standard_input(_: str = "") -> SourceText:
    return SourceText(STDIN, _decoded(sys.stdin.buffer.read()))


def _code(code: str) -> SourceText:
    if code.endswith(".emt") or (code and not set(code) & set(" \t\n;{}()") and Path(code).is_file()):
        raise _RefusedError("code looks like file name. Extra '-c'?")
    return SourceText(COMMAND_LINE, code)


def _file(name: str) -> SourceText:
    if set(name) & set("{};\n") and not Path(name).exists():
        raise _RefusedError("file name looks like code. Missing '-c'?")
    return SourceText(name, _read(name))


def _read(name: str) -> str:
    try:
        with Path(name).open("rb") as file:
            data = file.read(FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "invalid name"
        raise _RefusedError(f"{name}: {reason}") from error
    if len(data) > FILE_BYTES:
        raise _RefusedError(f"{name}: larger than {FILE_BYTES} bytes")
    return _decoded(data)


def _decoded(data: bytes) -> str:
    """Text of a program: UTF-8, or Latin-1 as in the days of the toolkit."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")

# SPDX-License-Identifier: GPL-2.0-or-later
"""Stacks with names and as graphs: `vprobe-stackfilt`, `-stacksresolve`, `-stacks2dot` and `-stackvis`."""

from __future__ import annotations

import argparse
import itertools
import os
import re
import signal
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from queue import SimpleQueue

from engine.errors import InputError, VptopError
from engine.guest.stacks import ANYWHERE, parse
from engine.guest.symbols import Symbols
from engine.probes.frame import AggregateData, AggregateId, Frame
from engine.vm import running
from engine.vm.client import Gone, VmClient
from engine.vm.configuration import read_vmx
from engine.vm.diagnostics import diagnostics_of
from engine.vm.protocol import FrameMessage
from engine.vm.running import NotRunningError
from vptop.cli import console
from vptop.cli.aggregate_text import parse_row, replace_stacks
from vptop.cli.manual import STACKFILT, STACKS2DOT, STACKSRESOLVE, STACKVIS, Manual, help_text
from vptop.cli.standard_streams import guarded
from vptop.cli.symbol_files import read_symbols

OK, FAILED, USAGE = 0, 1, 2
SYMTAB = "SYMTAB"
"""Environment variable that names the symbol file."""
_VIS = "stackvis.vp"
_RESOLVED = re.compile(r"\+0x[0-9a-f]+(?= \[|$)")
"""The distance from the start of a function, as in `main+0x20` and `main+0x20 [program]`."""


class _Parser(argparse.ArgumentParser):
    """Explains itself as the manual does."""

    def __init__(self, manual: Manual) -> None:
        super().__init__(prog=manual.name, add_help=False)
        self._manual = manual
        self.add_argument("-h", "--help", action="store_true")

    def format_help(self) -> str:
        return help_text(self._manual)

    def format_usage(self) -> str:
        return help_text(self._manual).split("\n\n")[0] + "\n"


def _main(manual: Manual, declare: Callable[[_Parser], object], act: Callable[[argparse.Namespace], int]) -> None:
    """Entry point of a tool: parse, act, end with its status."""
    guarded(manual.name)(_run)(manual, declare, act)


def _run(manual: Manual, declare: Callable[[_Parser], object], act: Callable[[argparse.Namespace], int]) -> None:
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    parser = _Parser(manual)
    declare(parser)
    if {"-h", "--help"} & set(sys.argv[1:]):
        sys.stdout.write(parser.format_help())
        sys.exit(OK)
    try:
        status = act(parser.parse_args())
    except VptopError as error:
        sys.stderr.write(f"{manual.name}: {console.harmless(str(error))}\n")
        status = FAILED
    except KeyboardInterrupt:
        status = OK
    sys.exit(status)


def _symbols(paths: Sequence[str]) -> Symbols:
    """The symbols of a kernel in the first file, and the functions of programs in the others."""
    name = paths[0] if paths else os.environ.get(SYMTAB, "")
    found = read_symbols(Path(name)) if name else Symbols()
    if not paths[1:]:
        return found
    from engine.guest.linux.symbol_table import SymbolTable, TableSymbols  # of what few name
    from engine.vm.linux.programs import programs_of

    return TableSymbols([SymbolTable.of(found.triples())], programs_of(paths[1:]))


def _take_symbols(parser: _Parser) -> None:
    parser.add_argument("symtab", nargs="*")


def frames_of(text: str, symbols: Symbols) -> tuple[str, ...]:
    """Each frame of a stack as `name+0x12`, innermost first; the mark of a stack that was cut is dropped."""
    stack = parse(_as_guest(text))
    return stack.describe(symbols) if stack else (text,)


def _as_guest(text: str) -> str:
    """A stack of VMware's monitor in the form of a guest's."""
    return text.replace("VMM_", "GUEST_", 1)


# --- filters ---------------------------------------------------------------------------------------------------------


def resolved(lines: Iterable[str], symbols: Symbols, separator: str) -> Iterator[str]:
    """Lines with names in the place of addresses, frames separated."""
    for line in lines:
        yield replace_stacks(line, lambda stack: separator.join(frames_of(stack, symbols)))


def filtered(lines: Iterable[str], symbols: Symbols) -> Iterator[str]:
    """Lines with each frame of a stack on a line of its own, indented, behind what the stack was part of."""
    for line in lines:
        stacks = ANYWHERE.findall(line)
        yield ANYWHERE.sub("stack", line)
        for stack in stacks:
            yield from (f"    {frame}\n" for frame in frames_of(stack, symbols))


def stacksresolve() -> None:
    """`vprobe-stacksresolve [--commasep] [--vmm64] [SYMTAB [PROGRAM...]]`."""

    def declare(parser: _Parser) -> None:
        parser.add_argument("--commasep", action="store_true")
        parser.add_argument("--vmm64", action="store_true")
        _take_symbols(parser)

    def act(options: argparse.Namespace) -> int:
        symbols = _symbols(options.symtab)
        sys.stdout.writelines(resolved(sys.stdin, symbols, "," if options.commasep else "\t"))
        return OK

    _main(STACKSRESOLVE, declare, act)


def stackfilt() -> None:
    """`vprobe-stackfilt [SYMTAB [PROGRAM...]]`."""

    def act(options: argparse.Namespace) -> int:
        for line in filtered(sys.stdin, _symbols(options.symtab)):
            sys.stdout.write(line)
            sys.stdout.flush()
        return OK

    _main(STACKFILT, _take_symbols, act)


# --- graphs ----------------------------------------------------------------------------------------------------------


def calls_of(lines: Iterable[str], symbols: Symbols) -> Counter[tuple[str, str]]:
    """How often each function was found as the caller of another; rows of aggregates are weighted by their counts."""
    calls: Counter[tuple[str, str]] = Counter()
    for line in lines:
        row = parse_row(line)
        texts = row.keys if row else (line.strip(),)
        for text in texts:
            for functions in _functions(text, symbols):
                for callee, caller in itertools.pairwise(functions):
                    calls[caller, callee] += row.count if row else 1
    return calls


def _functions(text: str, symbols: Symbols) -> list[tuple[str, ...]]:
    """The functions of stacks, innermost first: as gueststack writes them, or resolved and separated by tabs."""
    stacks = (parse(_as_guest(match)) for match in ANYWHERE.findall(text))
    found = [stack.functions(symbols) for stack in stacks if stack is not None]
    if not found and "\t" in text:
        found = [tuple(_RESOLVED.sub("", name) for name in text.split("\t") if name)]
    return found


def dot(calls: Counter[tuple[str, str]]) -> str:
    """A call graph in Graphviz's language; heavier edges are thicker."""
    most = max(calls.values(), default=1)
    lines = [
        f'  "{_quoted(caller)}" -> "{_quoted(callee)}" [label="{count}" penwidth={1 + 4 * count / most:.2f}];'
        for (caller, callee), count in sorted(calls.items(), key=lambda item: (-item[1], item[0]))
    ]
    return "\n".join(["digraph stacks {", "  node [shape=box fontname=monospace];", *lines, "}"]) + "\n"


def _quoted(name: str) -> str:
    return name.replace("\\", "\\\\").replace('"', '\\"')


def stacks2dot() -> None:
    """`vprobe-stacks2dot [SYMTAB [PROGRAM...]]`."""

    def act(options: argparse.Namespace) -> int:
        sys.stdout.write(dot(calls_of(sys.stdin, _symbols(options.symtab))))
        return OK

    _main(STACKS2DOT, _take_symbols, act)


def stackvis() -> None:
    """`vprobe-stackvis [-m] [-n N] [-p PROBE] [-s SYMTAB] VMX`."""

    def declare(parser: _Parser) -> None:
        parser.add_argument("-m", action="store_true")
        parser.add_argument("-n", type=int, default=1000)
        parser.add_argument("-p", default="USEC:1000")
        parser.add_argument("-s")
        parser.add_argument("vmx", type=Path)

    _main(STACKVIS, declare, _stackvis)


def _stackvis(options: argparse.Namespace) -> int:
    if options.m:
        raise InputError("-m shows stacks of VMware's monitor, which does not exist here; leave it out for the guest's")
    vmx = read_vmx(options.vmx).path
    if not running.is_running(vmx):
        raise NotRunningError(f"The virtual machine is not powered on: {vmx}")
    frames: SimpleQueue[Frame | Gone] = SimpleQueue()
    script = f"(defaggr stacks 0 1) (defstring s) (vprobe {options.p} (gueststack s) (aggr stacks () (s) 1))"

    def hear(event: object) -> None:
        if isinstance(event, FrameMessage):
            frames.put(event.frame)
        elif isinstance(event, Gone):
            frames.put(event)

    with VmClient(running.socket_of(vmx), hear) as client:
        reply = client.load(_VIS, script).result()
        if not reply.ok:
            console.show_diagnostics(diagnostics_of(reply.diagnostics))
            raise NotRunningError(reply.message)
        try:
            rows = _sampled(frames, options.n)
        finally:
            client.unload(_VIS).result()
        symbols = _symbols([options.s or client.hello.symbols])
    sys.stdout.write(dot(calls_of(rows, symbols)))
    return OK


def _sampled(frames: SimpleQueue[Frame | Gone], wanted: int) -> Sequence[str]:
    """The stacks of at least so many samples, once for each sample."""
    while True:
        frame = frames.get()
        if isinstance(frame, Gone):
            raise NotRunningError(frame.message)
        data: AggregateData | None = frame.aggregates.get(AggregateId(_VIS, "stacks"))
        if data is not None and sum(row.count for row in data) >= wanted:
            return [row.strings[0] for row in data for _ in range(row.count)]

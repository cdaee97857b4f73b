# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop repl`: VP expressions answered by a paused guest."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from typing import TextIO

from engine import VirtualMachine
from engine.text import quote_escaped
from engine.vm.boot_media import prelude_of
from engine.vm.evaluator import Answer, Evaluator
from engine.vm.options import PowerOn
from engine.vp.diagnostics.render import render
from engine.vp.editing.completion import candidates
from engine.vp.syntax.lexemes import lexemes
from vptop.cli import console

FAILED = 1
_PROMPT, _MORE = "vp> ", "... "
_MOST_SECONDS = 3600.0
_HELP = """\
EXPRESSION        print the value of a VP expression, such as RIP or (getguest RSP)
(def… …)          define a variable, aggregate, bag or function, or define it anew
(vprobe … …)      insert a probe; it prints while the guest runs
:run SECONDS      let the guest run for some guest seconds
:definitions      list what was defined
:help             this text
:quit             leave, as does the end of the input
"""


class Repl:
    """Reads texts, has them evaluated, and prints the answers."""

    def __init__(self, vm: VirtualMachine, out: TextIO, err: TextIO) -> None:
        self._vm = vm
        self._out = out
        self._err = err
        self._evaluator = Evaluator(vm)
        self._commands: dict[str, Callable[[str], bool]] = {
            ":run": self._run,
            ":definitions": self._definitions,
            ":help": self._help,
        }
        self.failed = False
        """Whether anything could not be evaluated."""

    def answer(self, text: str) -> None:
        """Evaluate one text, or carry out one command, and print what comes of it."""
        word, _, rest = text.strip().partition(" ")
        if not word.startswith(":"):
            self._show(self._evaluator.evaluate(text))
        elif word not in self._commands:
            self._complain(f"unknown command {word}; :help lists the commands")
        elif not self._commands[word](rest.strip()):
            self._complain(f"invalid argument of {word}: {rest.strip() or 'none given'}")

    def completions(self, line: str, end: int) -> list[str]:
        """The words that may stand at a column (from 0) of a line."""
        # Within a body everything but definitions may follow a parenthesis; outside of one, a value may stand.
        before = f"{self._evaluator.definitions}\n(vprobe VMMLoad (do "
        source = before + line
        at = source.rfind("\n") + 1
        number = source.count("\n") + 1
        prelude = prelude_of(self._vm.guest)
        return [one.name for one in candidates(source, number, len(before) - at + end + 1, prelude)]

    def _show(self, answer: Answer) -> None:
        for found in answer.diagnostics:
            self._err.write(render(found, color=console.wants_color(self._err)) + "\n")
        self._print(answer.log)
        for error in answer.errors:
            self._complain(f"{error.file}:{error.line}:{error.column}: {error.message}")
        self.failed |= answer.is_refused
        if isinstance(answer.value, int):
            self._out.write(f"{answer.value} ({answer.value:#x})\n")
        elif answer.value is not None:
            self._out.write(quote_escaped(answer.value) + "\n")
        for name in answer.defined if not answer.is_refused else ():
            self._out.write(f"defined {console.harmless(name)}\n")

    def _print(self, log: str) -> None:
        if log:
            self._out.write(console.harmless(log.removesuffix("\n")) + "\n")

    def _complain(self, message: str) -> None:
        self.failed = True
        self._err.write(f"vptop: {console.harmless(message)}\n")

    def _run(self, seconds: str) -> bool:
        try:
            duration = float(seconds)
        except ValueError:
            return False
        if not 0 < duration <= _MOST_SECONDS:
            return False
        for frame in self._vm.frames(duration):
            self._print(frame.log)
        self._out.write(f"{self._vm.seconds:.6f} s\n")
        return True

    def _definitions(self, rest: str) -> bool:
        self._print(self._evaluator.definitions)
        return not rest

    def _help(self, rest: str) -> bool:
        self._out.write(_HELP)
        return not rest


def repl(power: PowerOn, seconds: float) -> int:
    """Power on a machine, run it for some guest seconds, and answer what is typed; returns the exit status."""
    with VirtualMachine.power_on(power) as vm:
        if seconds:
            vm.run(seconds)
            vm.frame()
        loop = Repl(vm, sys.stdout, sys.stderr)
        interactive = sys.stdin.isatty()
        if interactive:
            _edit_lines(loop)
            sys.stdout.write(f"The guest is paused at {vm.seconds:.6f} s. :help lists the commands.\n")
        for text in _texts(_lines(interactive=interactive)):
            if text.strip() == ":quit":
                break
            loop.answer(text)
            sys.stdout.flush()
    return FAILED if loop.failed and not interactive else 0


def _lines(*, interactive: bool) -> Iterator[Callable[[str], str]]:
    """Readers of one line each, until the input ends; a reader is given the prompt."""
    while True:
        yield input if interactive else lambda _: _read_line()


def _read_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line.rstrip("\n")


def _texts(readers: Iterator[Callable[[str], str]]) -> Iterator[str]:
    """Texts of one line, or of more while parentheses are open; an empty line ends a text in any case."""
    lines: list[str] = []
    for reader in readers:
        try:
            line = reader(_MORE if lines else _PROMPT)
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            lines = []
            continue
        except EOFError:
            break
        lines.append(line)
        text = "\n".join(lines)
        if not line.strip() or not _is_open(text):
            lines = []
            if text.strip():
                yield text
    if "\n".join(lines).strip():
        yield "\n".join(lines)


def _is_open(text: str) -> bool:
    kinds = [word.kind for word in lexemes(text)]
    return kinds.count("OPEN") > kinds.count("CLOSE")


def _edit_lines(loop: Repl) -> None:
    """Edit lines, with history and completion, where Python has readline."""
    try:
        import readline
    except ImportError:  # Windows
        return
    found: list[str] = []

    def complete(_: str, state: int) -> str | None:
        if state == 0:
            found[:] = loop.completions(readline.get_line_buffer(), readline.get_endidx())
        return found[state] if state < len(found) else None

    readline.set_completer_delims(' \t\n()";')
    readline.set_completer(complete)
    readline.parse_and_bind("tab: complete")

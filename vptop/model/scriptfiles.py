# SPDX-License-Identifier: GPL-2.0-or-later
"""Read VP scripts from files, standard input and the bundled set."""

from __future__ import annotations

import errno
import os
import sys
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from engine.probes.languages import LANGUAGES, language_of
from engine.vm.script_text import FILE_BYTES, ScriptFileError, decode, includes, read_script, script_name

LIBRARY = Path(__file__).parents[1] / "scripts"
SUFFIX = ".vp"
ANY_SET = ("vptop.vp", "disk-latency.vp", "page-faults.vp", "stacks.vp")
LINUX_SET = (
    "process-tree.vp",
    "syscalls.vp",
    "context-switches.vp",
    "processes.vp",
    "page-faults.vp",
    "disk-latency.vp",
    "stacks.vp",
)
STDIN = "<stdin>"
"""The path that stands for standard input (`-` on a command line)."""


@dataclass(frozen=True, slots=True)
class ScriptFile:
    """A script's text, the name it goes by, and where it came from."""

    name: str
    source: str
    path: Path
    parts: tuple[ScriptFile, ...] = ()
    """the files that it was joined from; empty when it is one file"""


def read(path: Path, name: str = "") -> ScriptFile:
    """Read one script; the path STDIN is standard input.

    Raises:
        ScriptFileError: missing, a directory, or too large.
    """
    if str(path) == STDIN:
        return ScriptFile(STDIN, decode(sys.stdin.buffer.read(FILE_BYTES + 1), STDIN), path)
    return ScriptFile(name or str(path), read_script(path), path)


def read_all(paths: Iterable[Path]) -> list[ScriptFile]:
    """Read scripts to load together, named by file name, or by path where file names are equal or a file includes one.

    Raises:
        ScriptFileError: one cannot be read, or one is given twice.
    """
    paths = [found_in_library(path) for path in paths]
    for path in paths:
        _check_word(path)
    names = Counter(path.name for path in paths)
    for path, times in Counter(paths).items():
        if times > 1:
            raise ScriptFileError(f"{path}: given {times} times")
    scripts = [read(path, path.name if names[path.name] == 1 else "") for path in paths]
    return [_with_path(script) if includes(script.name, script.source) else script for script in scripts]


def _check_word(path: Path) -> None:
    """Refuse a path without a file, and say what it may be meant for: a script beside it, or one of the library."""
    if path.exists() or str(path) == STDIN:
        return
    from engine.vp.diagnostics.nearest import nearest  # only where something is wrong

    is_word = path.parent == Path() and not path.suffix
    known = {one.stem: one.name for one in path.parent.glob("*.*") if one.suffix in {SUFFIX, *LANGUAGES}}
    if path.parent == Path():
        known |= {one.stem: one.stem if is_word else one.name for one in LIBRARY.glob(f"*{SUFFIX}")}
    close = [str(path.parent / known[stem]) for stem in nearest(path.stem, known)]
    meant = f"did you mean {' or '.join(close)}?" if close else ""
    if is_word:
        meant = meant or "`vptop scripts` lists those, `vptop --help` the commands"
        raise ScriptFileError(f"{path}: no such file, and no script of the library; {meant}")
    raise ScriptFileError(f"{path}: {os.strerror(errno.ENOENT)}{f'; {meant}' if meant else ''}")


def _with_path(script: ScriptFile) -> ScriptFile:
    return replace(script, name=script_name(script.path, script.source))


def joined(scripts: Iterable[ScriptFile]) -> list[ScriptFile]:
    """The programs that scripts make: VP scripts without a probe are one program with the script that follows them.

    A program has the name and path of its last file, and its text says which part is whose.
    """
    programs: list[ScriptFile] = []
    parts: list[ScriptFile] = []
    for script in scripts:
        parts.append(script)
        if _is_whole(script):
            programs.append(_one(parts))
            parts = []
    return [*programs, _one(parts)] if parts else programs


def _is_whole(script: ScriptFile) -> bool:
    from engine.vp import VP, parse  # the bundled set is loaded without being looked at here
    from engine.vp.syntax.ast import Vprobe

    if language_of(script.name) is not VP:
        return True
    return any(isinstance(form, Vprobe) for form in parse(script.source, script.name)[0].forms)


def _one(parts: list[ScriptFile]) -> ScriptFile:
    if len(parts) == 1:
        return parts[0]
    from engine.vp.diagnostics.files import join

    return replace(parts[-1], source=join((part.name, part.source) for part in parts), parts=tuple(parts))


def bundled(*, linux: bool = False) -> list[ScriptFile]:
    """The set that is loaded where none is named: what counts interrupts first, then what fits any guest, or Linux."""
    return [read(LIBRARY / name, name) for name in (LINUX_SET if linux else ANY_SET)]


def found_in_library(path: Path) -> Path:
    """A path, or the script of the library that it names where there is no such file: `syscalls`, `syscalls.vp`."""
    named = LIBRARY / path.with_suffix(SUFFIX).name
    is_name = path.parent == Path() and path.suffix in {"", SUFFIX}
    return named if is_name and (path.is_dir() or not path.exists()) and named.exists() else path

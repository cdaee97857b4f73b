# SPDX-License-Identifier: GPL-2.0-or-later
"""`vprobe`: the wrapper of the VProbes toolkit. It compiles, loads, follows `vprobe.out` and unloads."""

from __future__ import annotations

import contextlib
import getopt
import os
import re
import subprocess
import sys
import tempfile
import time
from codecs import getincrementaldecoder
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from engine.emmett.files import FILE_BYTES
from engine.errors import VptopError
from engine.vm import running
from engine.vm.client import VmClient
from engine.vm.configuration import read_vmx
from engine.vm.script_text import read_script
from engine.vp.diagnostics.files import join
from vptop.cli import console
from vptop.cli.manual import VPROBE, help_text
from vptop.cli.standard_streams import guarded

OK, FAILED, USAGE = 0, 1, 2
_AGGREGATE = re.compile(r"^\(defaggr ~?(\S+)", re.MULTILINE)
"""In VP text, an aggregate as the Emmett program calls it; names of locals have a colon."""
TEN_YEARS = 10 * 365.25 * 86400
POLL = 0.05
"""Seconds between two looks at the output file."""
_SHORT = "ac:d:ils:rpgh"
_LONG = ["aggr", "input", "load", "reset", "listProbes", "listGlobals", "help", "emmett=", "vmrun="]
_SAME = {
    "--aggr": "-a", "--input": "-i", "--load": "-l", "--reset": "-r", "--listProbes": "-p", "--listGlobals": "-g",
    "--help": "-h",
}  # fmt: skip
_AT_ONCE = (("-p", "vprobeListProbes"), ("-g", "vprobeListGlobals"), ("-r", "vprobeReset"))
"""Options that only ask vmrun something, by precedence."""


class WrapperError(VptopError):
    """Something that the command line asks for cannot be done. Correct it as the message says."""


def _in_process(module: str, function: str) -> list[str]:
    return [sys.executable, "-c", f"from {module} import {function}; {function}()"]


@dataclass
class Job:
    """What a command line asks for."""

    vmx: Path
    scripts: list[Path]
    flags: set[str] = field(default_factory=set)
    code: list[str] = field(default_factory=list)
    symbols: str = ""
    seconds: float = TEN_YEARS
    emmett: list[str] = field(default_factory=lambda: _in_process("vptop.cli.emmett", "run"))
    vmrun: list[str] = field(default_factory=lambda: _in_process("vptop.cli.vmrun", "main"))


@guarded("vprobe")
def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = run(words)
    except getopt.GetoptError as error:
        sys.stderr.write(f"{help_text(VPROBE).splitlines()[0]}\nvprobe: error: {console.harmless(error.msg)}\n")
        status = USAGE
    except BrokenPipeError:  # whoever read our output has enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = FAILED
    except VptopError as error:
        sys.stderr.write(f"vprobe: {console.harmless(str(error))}\n")
        status = FAILED
    sys.exit(status)


def run(words: Sequence[str]) -> int:
    """One command line, without the program's name.

    Raises:
        GetoptError: an option is unknown, or has a wrong value.
        VptopError: it cannot be done.
    """
    options, files = getopt.gnu_getopt(words, _SHORT, _LONG)
    if any(name in ("-h", "--help") for name, _ in options):
        sys.stdout.write(help_text(VPROBE))
        return OK
    job = _job(options, files)
    for flag, command in _AT_ONCE:
        if flag in job.flags:
            return _finished(_vmrun(job, command))
    _check(job)
    with tempfile.TemporaryDirectory(prefix="vprobe-") as folder:
        path = _program(job, Path(folder))
        if path is None:
            raise WrapperError("script compilation error")
        return _load_and_follow(job, path)


def _job(options: Sequence[tuple[str, str]], files: Sequence[str]) -> Job:
    targets = [Path(name) for name in files if Path(name).suffix in (".vmx", ".cfg")]
    if not targets:
        raise WrapperError("missing path to vmx file")
    if len(targets) > 1:
        raise WrapperError("more than one vmx file provided")
    job = Job(targets[0], [Path(name) for name in files if Path(name) not in targets])
    for given, value in options:
        name = _SAME.get(given, given)
        if name == "-c":
            job.code.append(value)
        elif name == "-d":
            job.seconds = _seconds(value)
        elif name == "-s":
            job.symbols = value
        elif name == "--emmett":
            job.emmett = [value]
        elif name == "--vmrun":
            job.vmrun = [value]
        else:
            job.flags.add(name)
    return job


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= TEN_YEARS:
        raise getopt.GetoptError(f"option -d: invalid number of seconds: {text!r}")
    return value


def _check(job: Job) -> None:
    """Which scripts may come together."""
    for path in [job.vmx, *job.scripts]:
        if path in job.scripts and path.suffix not in (".vp", ".emt"):
            raise WrapperError(f"script files must be .vp or .emt files: {path}")
        if not path.exists():
            raise WrapperError(f"file does not exist: {path}")
    if "-i" in job.flags and job.code:
        raise WrapperError("mixing inline and stdin scripts is not allowed")
    kinds = _kinds(job)
    if len(kinds) > 1:
        raise WrapperError("mixing VP and Emmett scripts is not allowed")
    if not kinds:
        raise WrapperError("no vprobes script to load")


def _kinds(job: Job) -> set[str]:
    found = {path.suffix for path in job.scripts}
    if "-i" in job.flags:
        found.add(".vp")
    if job.code:
        found.add(".emt")
    return found


def _program(job: Job, folder: Path) -> Path | None:
    """The file to load; None when it does not compile.

    Once they compile, Emmett programs are loaded as Emmett, so that errors of the engine are placed in them, too: one
    as it is, several by a program that includes them and says what -a and -s ask for.
    """
    path = folder / (job.scripts[-1].with_suffix(".vp").name if job.scripts else "script.vp")
    if _kinds(job) == {".vp"}:
        parts = [(script.name, read_script(script)) for script in job.scripts]
        if "-i" in job.flags:
            parts.append(("<stdin>", sys.stdin.read()))
        path.write_text(parts[0][1] if len(parts) == 1 else join(parts), encoding="utf-8")
        return path
    words = [*job.emmett, *(["-a"] if "-a" in job.flags else [])]
    symbols = job.symbols or _guest_symbols(job.vmx)
    words += ["-s", symbols] if symbols else []
    words += [word for code in job.code for word in ("-c", code)]
    compiled = _run([*words, *map(str, job.scripts)], "emmett compiler not found")
    sys.stderr.write(compiled.stderr)
    if compiled.returncode != 0:
        return None
    logged = _AGGREGATE.findall(compiled.stdout) if "-a" in job.flags else []
    if any(":" in name for name in logged) or _is_large(job.symbols):
        path.write_text(compiled.stdout, encoding="utf-8")  # what cannot be said in Emmett is said in VP
        return path
    if len(job.scripts) == 1 and not (job.code or job.symbols or logged):
        return job.scripts[0]
    path = path.with_suffix(".emt")
    lines = [f"@SYMBOL_FILE = {Path(job.symbols).absolute()}"] if job.symbols else []
    lines += [f'#include "{script.absolute()}"' for script in job.scripts]
    lines += job.code
    if logged:
        both = " ".join(f"logaggr({name}); clearaggr({name});" for name in logged)
        lines.append(f"VMM1Hz {{ if (VCPUID == 0) {{ {both} }} }}")
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    return path


def _is_large(symbols: str) -> bool:
    """Whether a symbol file is larger than a program may name."""
    return bool(symbols) and Path(symbols).stat().st_size > FILE_BYTES


def _guest_symbols(vmx: Path) -> str:
    """The file of the guest's symbols; empty without any, and when the VM does not run, which vmrun reports."""
    target = read_vmx(vmx).path
    if not running.is_running(target):
        return ""
    with VmClient(running.socket_of(target), lambda _: None) as client:
        return client.hello.symbols


def _run(words: Sequence[str], missing: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(words, capture_output=True, text=True, check=False)
    except OSError as error:
        raise WrapperError(missing) from error


def _vmrun(job: Job, command: str, *words: str) -> bool:
    """Let vmrun do something; its own output is shown, whatever it is."""
    done = _run([*job.vmrun, command, str(job.vmx), *words], "vmrun command not found")
    sys.stdout.write(done.stdout)
    sys.stderr.write(done.stderr)
    return done.returncode == 0


def _finished(well: bool) -> int:
    if well:
        print("OK.", flush=True)
    return OK if well else FAILED


def _load_and_follow(job: Job, path: Path) -> int:
    output = read_vmx(job.vmx).output
    output.unlink(missing_ok=True)
    if not _vmrun(job, "vprobeLoadFile", str(path)):
        return FAILED
    if "-l" in job.flags:
        return _finished(well=True)
    follower = Follower(output)
    well = False
    try:
        with contextlib.suppress(KeyboardInterrupt):
            follower.follow(job.seconds)
    finally:
        well = _vmrun(job, "vprobeReset")
    follower.copy()
    return _finished(well)


class Follower:
    """Copies what is appended to a file to standard output; harmless on a terminal."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._at = 0
        self._decode = getincrementaldecoder("utf-8")("replace").decode

    def follow(self, seconds: float) -> None:
        """For so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            self.copy()
            time.sleep(min(POLL, left))

    def copy(self) -> None:
        """What has come since the last time."""
        try:
            with self._path.open("rb") as file:
                file.seek(self._at)
                data = file.read()
        except FileNotFoundError:
            return
        self._at += len(data)
        if sys.stdout.isatty():
            sys.stdout.write(console.harmless(self._decode(data)))
        else:
            sys.stdout.flush()
            sys.stdout.buffer.write(data)
        sys.stdout.flush()

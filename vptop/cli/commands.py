# SPDX-License-Identifier: GPL-2.0-or-later
"""The commands of `vptop`."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Literal

from cyclopts import App, CycloptsError, Parameter
from cyclopts.validators import Number

from engine.errors import InputError, MachineStoppedError, VptopError
from engine.vm.options import PowerOn
from engine.vm.script_text import ScriptFileError
from vptop.cli import console
from vptop.cli.configuration import LookOptions, MachineOptions, SettingOptions, TypingOptions, power_on
from vptop.cli.conformance import conformance
from vptop.cli.standard_streams import quiet_pipe
from vptop.cli.watching import choose, has_screen, split, wants_ascii, watch
from vptop.model.scriptfiles import STDIN, found_in_library, joined, read

FAILED = 1
USAGE = 2
INTERRUPTED = 130
MOST_SECONDS = 10**9

LOOPBACK = "127.0.0.1"

Seconds = Annotated[float, Parameter(help="Guest seconds to run.", validator=Number(gt=0, lte=MOST_SECONDS))]
SecondsBefore = Annotated[
    float, Parameter(help="Guest seconds to run before the first answer.", validator=Number(gte=0, lte=MOST_SECONDS))
]
SearchedSeconds = Annotated[
    float | None,
    Parameter(
        help="Guest seconds that the machine runs (default: those of the recording, else 60).",
        validator=Number(gt=0, lte=MOST_SECONDS),
    ),
]
Scripts = Annotated[
    Path, Parameter(help="A .vmx file, then scripts (- is standard input); no script: the bundled set.")
]
AsJson = Annotated[
    bool, Parameter(negative="", show_default=False, help="One JSON Frame per guest second instead, a line each.")
]
Batch = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print text, a block each second, instead of the dashboard.")
]
Exports = Annotated[
    tuple[Path, ...],
    Parameter(
        negative="",
        show_default=False,
        help="Write this file at the end: .json .jsonl .csv .md .out .folded .speedscope.json .trace.json .metrics.txt "
        ".html or .vpc; may be given several times.",
    ),
]
OnlyCheck = Annotated[bool, Parameter(parse=False)]
"""Say what is wrong and show nothing; no option of the command line."""
AsJsonLines = Annotated[bool, Parameter(negative="", show_default=False, help="One JSON object a line.")]
Listing = Annotated[
    bool, Parameter(negative="", show_default=False, help="Print the bytecode beside its source lines, with its size.")
]
Topic = Annotated[Literal["probes", "globals", "functions"], Parameter(help="What to list.")]
Pattern = Annotated[str, Parameter(help="Names to list, with the wildcards of file names: `Guest_*`.")]


def _version() -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("vptop")
    except PackageNotFoundError:
        return "(not installed)"


app = App(
    name="vptop",
    help="Insert small safe scripts into a running machine and watch what they find.",
    version=_version,
)


@app.default
def dashboard(
    *scripts: Scripts,
    batch: Batch = False,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
    look: LookOptions = LookOptions(),
    only_check: OnlyCheck = False,
) -> int:
    """Watch a guest live: the one of a .vmx file, or the bundled one.

    A virtual machine that runs already is watched where it runs, and goes on when the dashboard ends. With standard
    output not a terminal: text, a block each second, until the machine is off (or the kernel panics: exit status 3).
    """
    vmx, scripts = split(scripts)
    return watch(scripts, power_on(machine, settings, vmx), look, vmx, batch=batch, only_check=only_check)


@app.command
def serve(
    *arguments: Annotated[str, Parameter(allow_leading_hyphen=True, help="Arguments of vptop for each visitor.")],
    host: Annotated[str, Parameter(help="Address to listen on.")] = LOOPBACK,
    port: Annotated[int, Parameter(help="Port to listen on.", validator=Number(gte=1, lte=65535))] = 8000,
    url: Annotated[str, Parameter(help="Address at which browsers reach it (default: http://HOST:PORT).")] = "",
) -> int:
    """Serve the dashboard to browsers, by default of this computer alone. Each visitor gets a machine of their own."""
    from vptop.cli import serving

    command, bound, _ = app.parse_args(arguments, exit_on_error=False)
    if command not in (dashboard, linux, replay) or bound.arguments.get("batch") or STDIN in arguments:
        raise serving.ServeError(
            f"vptop {' '.join(arguments)}: no dashboard for a browser; expected scripts and options of vptop, "
            "`linux …` or `replay FILE`, without --batch and standard input"
        )
    command(*bound.args, **bound.kwargs, only_check=True)
    return serving.serve(arguments, host=host, port=port, url=url)


@app.command
def linux(
    *scripts: Scripts,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
    look: LookOptions = LookOptions(),
    only_check: OnlyCheck = False,
) -> int:
    """Watch a Linux guest live: a kernel and a busybox that are installed, or that the package manager gets."""
    from vptop.cli import linux as linux_guest

    return watch(scripts, power_on(linux_guest.ready(machine), settings), look, only_check=only_check)


@app.command
def run(
    *scripts: Scripts,
    seconds: Seconds = 5.0,
    json: AsJson = False,
    export: Exports = (),
    vm: Annotated[Path | None, Parameter(help="Virtual machine: a .vmx file.")] = None,
    typing: TypingOptions = TypingOptions(),
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
) -> int:
    """Run scripts for some guest seconds as fast as possible, without a dashboard.

    Prints what the scripts print, as in vprobe.out; the same seed, the same bytes. Exit status 3: the kernel panicked.
    """
    from vptop.cli import batch

    quiet_pipe()
    given, scripts = split(scripts)
    power = power_on(machine, settings, vm or given)
    return batch.run(choose(scripts, power), power, seconds=seconds, json=json, exports=export, typing=typing)


@app.command
def replay(
    file: Annotated[Path, Parameter(help="Capture (.vpc), Frames as JSON lines (.jsonl), or recording (--record).")],
    /,
    *,
    export: Exports = (),
    batch: Batch = False,
    look: LookOptions = LookOptions(),
    only_check: OnlyCheck = False,
) -> int:
    """Look at a capture in the dashboard, or repeat a recorded run.

    A capture holds the Frames of a session. A recording holds what came into a machine, so that it runs again.
    """
    from vptop.model.playback import is_session

    if not is_session(file):
        return watch((), PowerOn(replay=str(file)), look, batch=batch, only_check=only_check)
    if only_check:
        return 0
    if export or batch or not has_screen():
        from vptop.cli import replay as shown

        quiet_pipe()
        return shown.text(file, export)
    from vptop.ui.start import replay as dashboard_of

    return dashboard_of(file, in_ascii=wants_ascii(look))


@app.command
def diff(
    before: Annotated[Path, Parameter(help="Capture (.vpc), or Frames as JSON (.json, .jsonl).")],
    after: Annotated[Path, Parameter(help="Another one.")],
    /,
    *,
    rows: Annotated[int, Parameter(help="Rows of each aggregate to print.", validator=Number(gte=1))] = 20,
    json: AsJsonLines = False,
) -> int:
    """Print what differs between the last seconds of two files. Exit status 1 when something does."""
    from vptop.cli import diff as comparison

    quiet_pipe()
    return comparison.show((before, after), rows=rows, json=json)


@app.command
def check(
    *scripts: Annotated[Path, Parameter(help="VP scripts (- is standard input).")],
    disassemble: Listing = False,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
) -> int:
    """Say what is wrong with scripts, without running them. Exit status 1 when there is an error.

    Symbols and functions of the guest are those of the machine that would run it: name a Linux kernel with --kernel.
    """
    from vptop.cli import check as checking

    quiet_pipe()
    if not scripts:
        raise ScriptFileError("check which scripts? name at least one, or - for standard input")
    power = power_on(machine, settings)
    return checking.check(joined(read(found_in_library(path)) for path in scripts), power, disassemble=disassemble)


@app.command
def new(directory: Annotated[Path, Parameter(help="Directory to make.")]) -> int:
    """Make a directory with a virtual machine that is ready for `vmrun start` and `vptop`."""
    from vptop.cli.new import create

    sys.stdout.write(f"{create(directory)}\n")
    return 0


@app.command
def repl(
    *,
    seconds: SecondsBefore = 0.0,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
) -> int:
    """Answer VP expressions on a paused guest. Reads from standard input; :help lists what can be typed."""
    from vptop.cli import repl as loop

    return loop.repl(power_on(machine, settings), seconds)


@app.command
def when(
    condition: Annotated[str, Parameter(help='A VP expression, such as "(== (curpid) 3)"; 0 is false.')],
    vmx: Annotated[Path | None, Parameter(help="Virtual machine whose past is searched, if it runs.")] = None,
    *,
    at: Annotated[str, Parameter(help="Probe point at which it is evaluated (default: every guest millisecond).")] = "",
    seconds: SearchedSeconds = None,
    json: AsJsonLines = False,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
) -> int:
    """List the moments at which a VP expression held. Exit status 1 when it never did.

    Searches the kept past of a virtual machine that runs; else a machine is powered on and searched as it runs, with
    --replay FILE one that repeats a recording.
    """
    from vptop.cli import when as searching

    quiet_pipe()
    return searching.when(condition, at, power_on(machine, settings, vmx), vmx, seconds=seconds, as_json=json)


app.command(conformance)


@app.command
def pages(directory: Annotated[Path, Parameter(help="Directory to write them to.")]) -> int:
    """Write man pages and shell completion of every program."""
    from vptop.cli.pages import write_all

    sys.stdout.write(f"wrote {write_all(directory, app)} files below {directory}\n")
    return 0


@app.command(name="list")
def list_(what: Topic, pattern: Pattern = "*", *, json: AsJsonLines = False) -> int:
    """List probe points, built-in variables or built-in functions, with a line of documentation each."""
    from vptop.cli import listing

    quiet_pipe()
    return listing.show(what, pattern, json=json)


@app.command(name="scripts")
def scripts_(
    name: Annotated[str, Parameter(help="Print this script instead.")] = "", *, json: AsJsonLines = False
) -> int:
    """List the library of ready scripts, each to be loaded by its name: `vptop hot-user`."""
    from vptop.cli import catalogue

    quiet_pipe()
    return catalogue.show(name, json=json)


@app.command(name="settings")
def settings_(
    *, default: Annotated[bool, Parameter(negative="", show_default=False, help="Print the defaults instead.")] = False
) -> int:
    """Print the settings and the key map of the dashboard as a file to edit; say what is wrong with yours."""
    from vptop.cli import settings as printing

    quiet_pipe()
    return printing.show(default=default)


guest_app = App(name="guest", help="How to get a guest, and what is known of one.")
app.command(guest_app)


@guest_app.command(name="linux")
def guest_linux(kernel: Path | None = None, initrd: Path | None = None, *, busybox: Path | None = None) -> int:
    """Print how to get a Linux kernel and a busybox; of a kernel that is given, which drivers it has.

    Args:
        kernel: A kernel to look at.
        initrd: Its initial RAM disk.
        busybox: The busybox for the demonstration (default: one that is installed).
    """
    from vptop.cli import linux as linux_guest

    quiet_pipe()
    return linux_guest.guide(kernel, initrd, busybox)


@guest_app.command(name="symbols")
def guest_symbols(
    pattern: Pattern = "*",
    *,
    output: Annotated[Path | None, Parameter(help="Write them to this file instead.")] = None,
    machine: MachineOptions = MachineOptions(),
    settings: SettingOptions = SettingOptions(),
) -> int:
    """Print the symbols of a guest's kernel in /proc/kallsyms format, without starting it."""
    from vptop.cli import symbols

    quiet_pipe()
    return symbols.show(power_on(machine, settings), pattern, output)


def _refuse_misspelt(word: str) -> None:
    """Raise for a first word that is neither a script nor a command but nearly one: its options would be refused.

    Raises:
        ScriptFileError: it says which commands are near.
    """
    path = Path(word)
    if word in app or path.name != word or path.suffix or path.exists() or found_in_library(path) != path:
        return
    from engine.vp.diagnostics.nearest import nearest  # only where something is wrong

    near = nearest(word, (name for name in app if not name.startswith("-")))
    if near:
        meant = " or ".join(f"`vptop {name}`" for name in near)
        raise ScriptFileError(f"{word}: no such command, and no script of that name; did you mean {meant}?")


def run_command(arguments: Sequence[str]) -> int:
    """Parse and run one; returns the exit status."""
    try:
        if arguments and not arguments[0].startswith("-"):
            _refuse_misspelt(arguments[0])
        status = app(
            [STDIN if word == "-" else word for word in arguments], exit_on_error=False, result_action="return_value"
        )
    except CycloptsError:
        return USAGE  # cyclopts has said what is wrong
    except MachineStoppedError as error:
        console.complain(f"the machine stopped: {error}")
        return FAILED
    except VptopError as error:
        console.complain(str(error))
        return USAGE if isinstance(error, InputError) else FAILED
    except KeyboardInterrupt:
        return INTERRUPTED
    return status if isinstance(status, int) else 0

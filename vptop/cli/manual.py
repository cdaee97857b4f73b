# SPDX-License-Identifier: GPL-2.0-or-later
"""What is said of each command of the toolkit: the one source of `--help`, of man pages and of shell completion."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

WIDTH = 80


@dataclass(frozen=True, slots=True)
class Option:
    """One option: how it is written (`-c CODE`), and what it does."""

    usage: str
    text: str

    @property
    def names(self) -> list[str]:
        """`-a`, `--aggr`, ..."""
        return [word.rstrip(",") for word in self.usage.split() if word.startswith("-")]


@dataclass(frozen=True, slots=True)
class Command:
    """A command within a program: how it is written, what it does."""

    usage: str
    text: str

    @property
    def name(self) -> str:
        """The first word."""
        return self.usage.split()[0]

    @property
    def arity(self) -> tuple[int, int]:
        """Least and most words behind the name."""
        words = self.usage.split()[1:]
        optional = sum(word.startswith("[") for word in words)
        return len(words) - optional, len(words)


@dataclass(frozen=True, slots=True)
class Manual:
    """One program.

    Attributes:
        name: of the program.
        summary: in a few words, for the NAME section.
        synopsis: how it is called, without its name, a line each.
        description: paragraphs.
        options: in the order in which they are explained.
        commands: likewise; empty for programs without.
        examples: command lines and what each does.
        status: of the exit, by number.
    """

    name: str
    summary: str
    synopsis: tuple[str, ...]
    description: tuple[str, ...]
    options: tuple[Option, ...] = ()
    commands: tuple[Command, ...] = ()
    examples: tuple[tuple[str, str], ...] = ()
    status: tuple[tuple[str, str], ...] = ()

    def command(self, name: str) -> Command | None:
        """The command of that name."""
        return next((command for command in self.commands if command.name == name), None)


VMRUN = Manual(
    "vmrun",
    "control virtual machines and load VProbes scripts into them",
    ("[-T ws|fusion|esx] [--json] COMMAND [VMX [ARGUMENT]]",),
    (
        (
            "A virtual machine is named by its configuration file, which ends in .vmx. `vptop new DIR` makes one. Once "
            "started, it runs in a process of its own until it is stopped or its guest shuts down."
        ),
        (
            "What scripts print is appended to vprobe.out beside the configuration file. A file that was deleted is "
            "made anew when the next script is loaded."
        ),
        "Scripts are refused unless vprobe.allow is TRUE for the host and vprobe.enable is TRUE in the .vmx file.",
    ),
    (
        Option("-T HOST", "Which of VMware's products is meant; accepted, and all the same here."),
        Option("--json", "Answer in JSON, where a command prints something."),
        Option("-h, --help", "Print this text."),
    ),
    (
        Command("vprobeLoad VMX SCRIPT", "Load a VP script given as text."),
        Command("vprobeLoadFile VMX FILE", "Load a script from a file: VP, or Emmett when the name ends in .emt."),
        Command("vprobeReset VMX", "Unload every script."),
        Command("vprobeListProbes VMX [PATTERN]", "List probe points; the pattern may hold * and ?."),
        Command("vprobeListGlobals VMX [PATTERN]", "List built-in variables."),
        Command("vprobeVersion VMX", "Print the version of the language, and whether scripts may be loaded."),
        Command("list", "List the virtual machines that run."),
        Command("start VMX [gui|nogui]", "Power on, or resume a suspended VM; gui shows the dashboard."),
        Command("stop VMX [hard|soft]", "Power off; soft presses the power button and waits for the guest."),
        Command("suspend VMX", "Save the state of the machine, and end it."),
        Command("resume VMX", "Power a suspended machine on again."),
        Command("reset VMX [hard|soft]", "Press the reset button; scripts stay loaded."),
        Command("pause VMX", "Stop guest time."),
        Command("unpause VMX", "Let guest time go on."),
        Command("snapshot VMX NAME", "Save the state of the machine under a name."),
        Command("listSnapshots VMX", "List the snapshots, oldest first."),
        Command("deleteSnapshot VMX NAME", "Delete a snapshot."),
        Command("revertToSnapshot VMX NAME", "Stop the machine; it goes on from the snapshot when it is started."),
    ),
    (
        ("vmrun start vm/my.vmx nogui", "Power on."),
        ("vmrun vprobeLoad vm/my.vmx '(vprobe VMM1Hz (printf \"hello!\\n\"))'", "Print a line a second."),
        ("vmrun vprobeLoadFile vm/my.vmx test.vp", "Load a script from a file."),
        ("vmrun vprobeListProbes vm/my.vmx", "What can be probed?"),
    ),
    (("0", "Done."), ("255", "Not done; a line that begins with `Error:` says why.")),
)


VPROBE = Manual(
    "vprobe",
    "compile scripts, load them into a virtual machine and show what they print",
    ("[-a] [-d TIME] [-l] [-s FILE] VMX SCRIPT...", "[-c CODE | -i] [OPTIONS] VMX", "-r | -p | -g VMX"),
    (
        (
            "Scripts whose names end in .emt are compiled by emmett; those that end in .vp are loaded as they are. "
            "Several scripts are one program. What it prints is shown until Ctrl-C, or for the time given; then every "
            "script is unloaded from the machine."
        ),
    ),
    (
        Option("-a, --aggr", "Log and clear every aggregate once a second (Emmett)."),
        Option("-c CODE", "Load Emmett code given here; may be repeated."),
        Option("-d TIME", "Run for so many seconds; fractions are allowed."),
        Option("-i, --input", "Load VP code from standard input."),
        Option("-l, --load", "Load and return; scripts stay loaded."),
        Option("-s FILE", "Symbols of the guest, for Emmett; by default those that are known of it."),
        Option("-r, --reset", "Unload every script, and return."),
        Option("-p, --listProbes", "List probe points, and return."),
        Option("-g, --listGlobals", "List built-in variables, and return."),
        Option("--emmett PATH", "The compiler to use."),
        Option("--vmrun PATH", "The vmrun to use."),
        Option("-h, --help", "Print this text."),
    ),
    examples=(
        ("vprobe vm/my.vmx hello.emt", "Show what a script prints, until Ctrl-C."),
        ("vprobe -d 10 -c 'VMM1Hz printf(\"hello!\\n\");' vm/my.vmx", "Ten seconds of one line a second."),
        ("vprobe -a -l vm/my.vmx irqs.emt", "Load, and let vprobe.out fill."),
    ),
    status=(
        ("0", "Done; the last line is `OK.`"),
        ("1", "Not done; a line that begins with `vprobe:`, or the output of vmrun, says why."),
        ("2", "The command line is wrong."),
    ),
)


_SYMTAB = (
    "Without SYMTAB, the file that the environment variable SYMTAB names is used. A PROGRAM names functions of a "
    "process of Linux, as --user-symbols of vptop does: an ELF file, a folder, or NAME=FILE."
)
_FILTER = (("0", "Done."), ("1", "A file cannot be read."), ("2", "The command line is wrong."))

TAIL = Manual(
    "vprobe-tail",
    "show the most frequent rows of aggregates as they are logged",
    ("FILE",),
    (
        (
            "Follows vprobe.out from its end. Once a second the screen shows the latest rows of every aggregate: keys, "
            "count and share of all counts, most frequent first. Addresses are shown by name when the environment "
            "variable SYMTAB names a symbol file."
        ),
    ),
    (Option("-h, --help", "Print this text."),),
    examples=(("SYMTAB=kernel.sym vprobe-tail vm/vprobe.out", "Hot addresses by name."),),
    status=_FILTER,
)
STACKSRESOLVE = Manual(
    "vprobe-stacksresolve",
    "replace the addresses of stacks by names",
    ("[--commasep] [--vmm64] [SYMTAB [PROGRAM...]] < FILE",),
    ("Stacks that gueststack made are resolved wherever they stand in a line, innermost frame first.", _SYMTAB),
    (
        Option("--commasep", "Separate frames by commas instead of tabs."),
        Option("--vmm64", "Accepted: stacks of VMware's monitor do not exist here."),
        Option("-h, --help", "Print this text."),
    ),
    examples=(("vprobe-stacksresolve kernel.sym < vm/vprobe.out", "Names instead of addresses."),),
    status=_FILTER,
)
STACKFILT = Manual(
    "vprobe-stackfilt",
    "print each frame of a stack on a line of its own, by name",
    ("[SYMTAB [PROGRAM...]] < FILE",),
    ("Every other line is passed on as it is.", _SYMTAB),
    (Option("-h, --help", "Print this text."),),
    examples=(("tail -f vm/vprobe.out | vprobe-stackfilt kernel.sym", "Read stacks as they come."),),
    status=_FILTER,
)
STACKS2DOT = Manual(
    "vprobe-stacks2dot",
    "draw stacks as a call graph for Graphviz",
    ("[SYMTAB [PROGRAM...]] < FILE",),
    (
        (
            "Reads stacks as gueststack makes them, also as keys of aggregates, whose counts are then used, or as "
            "vprobe-stacksresolve prints them. An edge leads from caller to callee."
        ),
        _SYMTAB,
    ),
    (Option("-h, --help", "Print this text."),),
    examples=(("vprobe-stacks2dot kernel.sym < vm/vprobe.out | dot -Tsvg > calls.svg", "A picture of calls."),),
    status=_FILTER,
)
STACKVIS = Manual(
    "vprobe-stackvis",
    "sample the stacks of a running machine and draw their call graph",
    ("[-m] [-n N] [-p PROBE] [-s FILE] VMX",),
    ("Loads a script of its own, waits for the samples, unloads it, and prints a graph for Graphviz.",),
    (
        Option("-m", "Refused: VMware's monitor, whose stacks it showed, does not exist here."),
        Option("-n N", "How many samples (default 1000)."),
        Option("-p PROBE", "Where to sample (default USEC:1000, a thousand times a second)."),
        Option("-s FILE", "Symbols; by default those that are known of the guest."),
        Option("-h, --help", "Print this text."),
    ),
    examples=(("vprobe-stackvis -n 200 vm/my.vmx | dot -Tx11", "Look at 200 samples."),),
    status=_FILTER,
)


DWARFFROB = Manual(
    "vprobe-dwarffrob",
    "print structures of a program or kernel as sparse structures of Emmett",
    ("FILE [STRUCT | STRUCT.* | STRUCT.MEMBER]...",),
    (
        (
            "FILE is an ELF file with debugging information, a Linux kernel or BTF file, or a program database. "
            "Without names on the command line they are read from standard input, one a line. Bit-fields are left out."
        ),
    ),
    (Option("-h, --help", "Print this text."),),
    examples=(
        ("vprobe-dwarffrob vmlinux task_struct.pid task_struct.comm > task.emt", "Two members and their offsets."),
        ("vprobe-dwarffrob /sys/kernel/btf/vmlinux 'list_head.*'", "A whole structure of the host's kernel."),
    ),
    status=(("0", "Done."), ("1", "A file, structure or member is not there."), ("2", "The command line is wrong.")),
)
PDB2STRUCTS = Manual(
    "vprobe-pdb2structs",
    "print structures of a Windows program or kernel as sparse structures of Emmett",
    DWARFFROB.synopsis,
    ("As vprobe-dwarffrob, for program databases (.pdb), which a symbol server has for each Windows kernel.",),
    DWARFFROB.options,
    examples=(("vprobe-pdb2structs ntkrnlmp.pdb _EPROCESS.UniqueProcessId", "One member and its offset."),),
    status=DWARFFROB.status,
)
EMMETT = Manual(
    "emmett",
    "compile Emmett programs to VP",
    ("[-a] [-c CODE] [-i HEIGHT] [-m MODEL] [-s FILE] [-f] [-v] [-h] [FILE ...]",),
    (
        (
            "Several inputs are one program, in the order given; without any, standard input is read. The VP text goes "
            "to standard output."
        ),
    ),
    (
        Option("-a", "Log and clear all aggregates once a second."),
        Option("-c CODE", "Compile code given here; may be repeated."),
        Option("-f", "Read standard input too."),
        Option("-i HEIGHT", "Write expressions up to this height on one line (default 2)."),
        Option("-m MODEL", "Memory model at the start (default guest64)."),
        Option("-s FILE", "Symbols of the guest, in /proc/kallsyms format or as WinDbg prints them."),
        Option("-v", "Say what is done, and list variables, functions and probes, on standard error."),
        Option("-h, --help", "Print this text."),
    ),
    examples=(
        ("emmett -a irqs.emt > irqs.vp", "Compile a file."),
        ("emmett -c 'VMM1Hz printf(\"hello!\\n\");'", "Compile one line."),
        ("vptop guest symbols > kernel.sym; emmett -s kernel.sym trace.emt", "Use symbols of the bundled guest."),
    ),
    status=(("0", "Done."), ("1", "The program has an error, or cannot be read."), ("2", "The command line is wrong.")),
)
MANUALS = (VMRUN, VPROBE, EMMETT, TAIL, STACKFILT, STACKSRESOLVE, STACKS2DOT, STACKVIS, DWARFFROB, PDB2STRUCTS)
"""Of every program of the toolkit."""


def help_text(manual: Manual) -> str:
    """What `--help` prints."""
    parts = ["\n".join(f"usage: {manual.name} {line}" for line in manual.synopsis)]
    parts += [textwrap.fill(paragraph, WIDTH) for paragraph in manual.description]
    for title, rows in (
        ("Commands", [(command.usage, command.text) for command in manual.commands]),
        ("Options", [(option.usage, option.text) for option in manual.options]),
        ("Exit status", list(manual.status)),
    ):
        if rows:
            parts.append(f"{title}:\n" + "\n".join(_row(usage, text) for usage, text in rows))
    if manual.examples:
        parts.append("Examples:\n" + "\n".join(f"  {line}\n      {text}" for line, text in manual.examples))
    return "\n\n".join(parts) + "\n"


def _row(usage: str, text: str, column: int = 34) -> str:
    lines = textwrap.wrap(text, WIDTH - column)
    first = f"  {usage:<{column - 2}}" if len(usage) < column - 2 else f"  {usage}\n{'':{column}}"
    return (first + f"\n{'':{column}}".join(lines)).rstrip()

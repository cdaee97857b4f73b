# SPDX-License-Identifier: GPL-2.0-or-later
"""Man pages and shell completion of every program, from what `--help` is made of.

`vptop pages DIR` writes `man/man1/*.1`, `bash/*`, `zsh/_*` and `fish/*.fish` below DIR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from engine.errors import InputError
from vptop.cli.manual import MANUALS, Command, Manual, Option

if TYPE_CHECKING:
    from cyclopts import App

_OF_VPTOP: tuple[tuple[Literal["bash", "zsh", "fish"], str], ...] = (
    ("bash", "bash/vptop"),
    ("zsh", "zsh/_vptop"),
    ("fish", "fish/vptop.fish"),
)
_CONTROL = re.compile(r"^(?=[.'])", re.MULTILINE)


class PagesError(InputError):
    """The files cannot be written. Name another directory."""


def write_all(folder: Path, app: App) -> int:
    """Write every page and completion below a directory; returns how many files these are.

    Raises:
        PagesError: one cannot be written.
    """
    files = dict(_files(app))
    try:
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise PagesError(f"{folder}: {error.strerror or error}") from error
    return len(files)


def _files(app: App) -> Iterator[tuple[str, str]]:
    for manual in (vptop_manual(app), *MANUALS):
        yield f"man/man1/{manual.name}.1", man_page(manual)
    for shell, name in _OF_VPTOP:
        yield name, app.generate_completion(shell=shell)
    for manual in MANUALS:
        yield f"bash/{manual.name}", bash(manual)
        yield f"zsh/_{manual.name}", f"#compdef {manual.name}\nautoload -U bashcompinit && bashcompinit\n{bash(manual)}"
        yield f"fish/{manual.name}.fish", fish(manual)


def vptop_manual(app: App) -> Manual:
    """What there is to say of `vptop`, read off its commands."""
    commands = [name for name in app if not name.startswith("-")]
    described = tuple(Command(name, _first_line(app[name].help)) for name in commands)
    options: dict[str, Option] = {}
    for part in (app, *(app[name] for name in commands)):
        if part.default_command is None:
            continue
        for argument in part.assemble_argument_collection(parse_docstring=True):
            names = [name for name in argument.names if name.startswith("--")]
            if names and argument.show:
                options.setdefault(names[0], Option(", ".join(names), argument.parameter.help or ""))
    return Manual(
        "vptop",
        "insert small safe scripts into a running machine and watch what they find",
        ("[VMX] [SCRIPT...] [OPTIONS]", "COMMAND [ARGUMENTS] [OPTIONS]"),
        (_first_line(app.help), "Without a command it shows the dashboard. `vptop COMMAND --help` says more."),
        tuple(sorted(options.values(), key=lambda option: option.usage)),
        described,
        examples=(
            ("vptop", "The dashboard, on the bundled guest."),
            ("vptop vm/my.vmx irq.vp", "On a machine of one's own, with a script."),
            ("vptop run --seconds 2 irq.vp", "Two guest seconds, without a dashboard."),
        ),
        status=(
            ("0", "Done; also when the guest switched the machine off or reset it."),
            ("1", "A script was refused, or the machine stopped."),
            ("2", "Wrong input."),
            ("3", "Without the dashboard: the guest's kernel panicked."),
            ("130", "Interrupted."),
        ),
    )


def _first_line(text: str | None) -> str:
    return (text or "").strip().split("\n\n")[0].replace("\n", " ")


# --- man pages (man-pages(7)) ----------------------------------------------------------------------------------------


def man_page(manual: Manual) -> str:
    """A page in section 1, in the man macros."""
    parts = [f'.TH {manual.name.upper()} 1 "" "vptop"', ".SH NAME", f"{_text(manual.name)} \\- {_text(manual.summary)}"]
    parts.append(".SH SYNOPSIS")
    for line in manual.synopsis:
        parts += [f".B {_text(manual.name)}", _text(line), ".br"]
    parts.append(".SH DESCRIPTION")
    for paragraph in manual.description:
        parts += [".PP", _text(paragraph)]
    for title, rows in (
        ("COMMANDS", [(command.usage, command.text) for command in manual.commands]),
        ("OPTIONS", [(option.usage, option.text) for option in manual.options]),
        ("EXIT STATUS", list(manual.status)),
        ("EXAMPLES", list(manual.examples)),
    ):
        if rows:
            parts.append(f".SH {title}")
            for usage, text in rows:
                parts += [".TP", f".B {_text(usage)}", _text(text)]
    others = [f"{_text(other.name)}(1)" for other in MANUALS if other.name != manual.name]
    return "\n".join([*parts, ".SH SEE ALSO", ", ".join(others)]) + "\n"


def _text(text: str) -> str:
    """Text in which roff finds no requests."""
    return _CONTROL.sub(r"\&", text.replace("\\", "\\e").replace("-", "\\-"))


# --- completion ------------------------------------------------------------------------------------------------------


def _words(manual: Manual) -> list[str]:
    options = [name for option in manual.options for name in option.names]
    return [*(command.name for command in manual.commands), *options]


def bash(manual: Manual) -> str:
    """Completion for bash: commands and options, else names of files."""
    function = "_" + re.sub(r"\W", "_", manual.name)
    return (
        f"{function}() {{\n"
        '    local cur="${COMP_WORDS[COMP_CWORD]}"\n'
        f'    COMPREPLY=($(compgen -W \'{" ".join(_words(manual))}\' -- "$cur") $(compgen -f -- "$cur"))\n'
        "}\n"
        f"complete -o filenames -F {function} {manual.name}\n"
    )


def fish(manual: Manual) -> str:
    """Completion for fish, with a line of explanation each."""
    start = f"complete -c {manual.name}"
    lines = [
        f"{start} -n __fish_use_subcommand -a {command.name} -d {_quoted(command.text)}" for command in manual.commands
    ]
    for option in manual.options:
        names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
        value = " -r" if option.usage.split()[-1].isupper() else ""
        lines.append(f"{start} {names}{value} -d {_quoted(option.text)}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

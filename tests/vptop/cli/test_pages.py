# SPDX-License-Identifier: GPL-2.0-or-later
"""Man pages and completion."""

from __future__ import annotations

import subprocess
import tomllib
from pathlib import Path

import pytest

from vptop.cli.commands import app
from vptop.cli.manual import MANUALS, VMRUN
from vptop.cli.pages import PagesError, bash, fish, man_page, vptop_manual, write_all

ROOT = Path(__file__).parents[3]
PROGRAMS = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]


def test_every_program_has_its_page_and_completions(tmp_path: Path) -> None:
    count = write_all(tmp_path, app)
    assert count == 4 * len(PROGRAMS)
    for name in PROGRAMS:
        for path in (f"man/man1/{name}.1", f"bash/{name}", f"zsh/_{name}", f"fish/{name}.fish"):
            assert (tmp_path / path).stat().st_size > 0
    with pytest.raises(PagesError, match=r"Not a directory|File exists"):
        write_all(tmp_path / "man" / "man1" / "vmrun.1", app)


def test_the_page_of_vptop_has_its_commands_and_options() -> None:
    manual = vptop_manual(app)
    assert {"run", "check", "new", "list", "pages"} <= {command.name for command in manual.commands}
    assert {"--seconds", "--memory", "--set"} <= {option.usage for option in manual.options}
    assert all(command.text for command in manual.commands)


def test_sections_come_in_the_order_of_man_pages() -> None:
    page = man_page(VMRUN)
    titles = [line.removeprefix(".SH ") for line in page.splitlines() if line.startswith(".SH")]
    assert titles == [
        "NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS", "EXIT STATUS", "EXAMPLES", "SEE ALSO",
    ]  # fmt: skip
    assert "vmrun \\- control virtual machines" in page
    assert "hello!\\en" in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


@pytest.mark.parametrize("manual", MANUALS, ids=lambda manual: manual.name)
def test_bash_completes_commands_and_options(manual) -> None:
    words = [option.names[-1] for option in manual.options] + [command.name for command in manual.commands]
    function = bash(manual).split("(")[0]
    for word in words:
        ask = f"COMP_WORDS=({manual.name} '{word}'); COMP_CWORD=1; {function}; printf '%s\\n' ${{COMPREPLY[@]}}"
        script = f"{bash(manual)}\n{ask}"
        done = subprocess.run(["/bin/bash", "-c", script], capture_output=True, text=True, check=True)
        assert word in done.stdout.split(), done


def test_fish_explains_each() -> None:
    lines = fish(VMRUN).splitlines()
    assert (
        "complete -c vmrun -s T -r -d 'Which of VMware\\'s products is meant; accepted, and all the same here.'"
        in lines
    )
    assert any("-a vprobeLoad " in line for line in lines)

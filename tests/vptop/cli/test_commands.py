# SPDX-License-Identifier: GPL-2.0-or-later
"""The program's options and how it ends."""

from __future__ import annotations

import re
import signal
import subprocess
from pathlib import Path

import pytest

from tests.vptop.cli.conftest import LIMIT, Command, command_line, environment, started
from vptop.cli.commands import app, run_command
from vptop.model.scriptfiles import LIBRARY

ROW = re.compile(r'  running\[0x([0-9a-f]+), ?"([^"]+)"\] == avg 1 count (\d+) min 1 max 1 latest 1')
HEADER = "aggr: running (1 integer key) (1 string key)"
VPTOP = str(LIBRARY / "vptop.vp")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["run", "nowhere.vp"], "nowhere.vp: No such file"),
        (["run", "--seconds", "-1"], "--seconds"),
        (["run", "--disk-model", "tape"], "tape"),
        (["run", "--bogus"], "--bogus"),
        (["check"], "which scripts"),
        (["list", "nothing"], "nothing"),
    ],
)
def test_wrong_usage_is_status_2(vptop: Command, arguments: list[str], text: str) -> None:
    result = vptop(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert text in result.stderr


@pytest.mark.parametrize(
    ("arguments", "meant"),
    [
        (["rn", "--seconds", "3"], "`vptop run`"),
        (["chek", "irq.vp"], "`vptop check`"),
        (["repaly", "a.vpc"], "`vptop replay` or `vptop repl`"),
    ],
)
def test_a_misspelt_command_is_refused_with_those_near(
    arguments: list[str], meant: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(arguments) == 2
    error = capsys.readouterr().err.strip()
    assert error.endswith(f"{arguments[0]}: no such command, and no script of that name; did you mean {meant}?")


def test_a_script_may_have_a_name_that_is_nearly_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("rn").write_text("(vprobe VMM1Hz")
    assert run_command(["rn", "--batch"]) == 1
    assert "rn:1" in capsys.readouterr().err


def test_a_reader_that_leaves_early_is_no_error(tmp_path: Path) -> None:
    script = tmp_path / "noise.vp"
    script.write_text('(vprobe Guest_IRQ (printf "%0200d\\n" 0))')
    with started("vptop", "run", "--seconds", "100000", str(script)) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        errors = process.stderr.read()
        process.wait(LIMIT)
    assert (process.returncode, errors) == (-signal.SIGPIPE, b"")


def test_vptop_without_a_terminal_prints_text(tmp_path: Path) -> None:
    with started("vptop", VPTOP, cwd=tmp_path) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().decode() for _ in range(3)]
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=LIMIT)
    assert lines[0] == HEADER + "\n"
    assert ROW.fullmatch(lines[1].rstrip("\n"))
    assert (process.returncode, errors) == (130, b"")


def test_a_run_needs_no_terminal_toolkit(vptop: Command) -> None:
    code = "import sys, vptop.cli.batch; print([name for name in sys.modules if name.startswith(('textual', 'rich'))])"
    result = subprocess.run(
        [*command_line("vptop")[:4], code], capture_output=True, text=True, env=environment(), check=True
    )
    assert result.stdout == "[]\n"


@pytest.mark.parametrize("command", [("run",), ()])
def test_what_cannot_boot_is_told_in_a_line(vptop: Command, tmp_path: Path, command: tuple[str, ...]) -> None:
    (tmp_path / "a.img").write_bytes(bytes(1000))
    told = vptop(*command, "--boot", "a.img")
    assert told.returncode == 2
    assert told.stdout == ""
    assert re.fullmatch(r"vptop: a\.img: .*no boot signature 55 AA at byte 510\n", told.stderr)


@pytest.mark.parametrize("words", [("--record", "nowhere/log"), ("--replay", "missing")])
def test_recordings_out_of_reach_are_told_in_a_line(vptop: Command, words: tuple[str, str]) -> None:
    told = vptop("run", *words, "--seconds", "0.1", VPTOP)
    assert (told.returncode, told.stdout) == (2, "")
    assert told.stderr == f"vptop: {words[1]}: No such file or directory\n"


def test_help_shows_keys_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    """What stands in angle brackets is no markup."""
    app.help_print(["run"])
    assert "<enter>, <esc>, <f2>, <c-a-del>" in " ".join(capsys.readouterr().out.replace("│", "").split())

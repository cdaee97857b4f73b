# SPDX-License-Identifier: GPL-2.0-or-later
"""The `emmett` command: its options, its inputs and what it says when something is wrong."""

from __future__ import annotations

from pathlib import Path
from subprocess import CompletedProcess

import pytest

from tests.vptop.cli.conftest import Command


@pytest.fixture
def emmett(vptop: Command) -> Command:
    def run(*arguments: str, stdin: str = "") -> CompletedProcess[str]:
        return vptop(*arguments, stdin=stdin, name="emmett")

    return run


def vp(result: CompletedProcess[str]) -> str:
    assert (result.returncode, result.stderr) == (0, "")
    return result.stdout


def test_without_input_it_reads_standard_input(emmett: Command) -> None:
    assert vp(emmett()) == "(version 1.0)\n"
    assert vp(emmett(stdin="VMM1Hz x++;")) == "(version 1.0)\n(defaggr x 0 0)\n(vprobe VMM1Hz (aggr x () () 1))\n"


def test_inputs_are_one_program_in_the_order_given(emmett: Command, tmp_path: Path) -> None:
    (tmp_path / "f.emt").write_text("int f(int a) { return a + first; }\nVMMLoad f(2);\n")
    text = vp(emmett("-c", "int first;", "f.emt", "-c", "VMM1Hz last = f(1);", "-f", stdin="VMM10Hz f(3);"))
    assert text.splitlines() == [
        "(version 1.0)",
        "(definteger first)",
        "(definteger last)",
        "(defun f (a) (+ a first))",
        "(vprobe VMMLoad (f 2))",
        "(vprobe VMM1Hz",
        "   (setint last (f 1)))",
        "(vprobe VMM10Hz (f 3))",
    ]


def test_aggregates_are_logged_once_a_second_when_asked(emmett: Command) -> None:
    text = vp(emmett("-a", "-i", "1000", "-c", "aggr b; Guest_IRQ a[ARG0]++;"))
    last = "(vprobe VMM1Hz (cond ((== VCPUID 0) (do (logaggr b) (clearaggr b) (logaggr a) (clearaggr a)))))"
    assert text.splitlines()[-1] == last


def test_height_decides_what_stands_on_one_line(emmett: Command) -> None:
    code = "int x; VMM1Hz if (x == 1) y = x * (2 + x);"
    assert "(vprobe VMM1Hz (cond ((== x 1) (setint y (* x (+ 2 x))))))" in vp(emmett("-i", "1000", "-c", code))
    tall = vp(emmett("-i", "0", "-c", "VMM1Hz x = 1;")).splitlines()
    assert tall[2:] == ["(vprobe VMM1Hz", "   (setint ", "      x", "      1))"]


def test_symbols_come_from_the_file_that_is_named(emmett: Command, tmp_path: Path) -> None:
    (tmp_path / "k.sym").write_text(
        "ffffffff80001000 T sys_open\nffffffff80002000 t here\nfffff800`01ce9133 nt!NtClose\nc0106ae0 main\n"
    )
    text = vp(emmett("-s", "k.sym", "-c", "GUEST:sys_open x = &here; GUEST:nt!NtClose n++; GUEST:ENTER:main n++;"))
    assert "(vprobe GUEST:0xffffffff80001000 (setint x -2147475456))" in text
    assert "(vprobe GUEST:0xfffff80001ce9133 " in text
    assert "(vprobe GUEST:ENTER:0xc0106ae0 " in text


def test_models_decide_what_pointers_read(emmett: Command) -> None:
    code = "int **p; VMM1Hz x = **p;"
    assert "(& 4294967295 (getguest (getguest p)))" in vp(emmett("-i", "9", "-c", code)), "guest64 is the default"
    assert "(getguestphys (getguestphys p))" in vp(emmett("-i", "9", "-m", "guestphys", "-c", code))


def test_help_and_a_wrong_option(emmett: Command) -> None:
    for option in ("-h", "--help"):
        assert emmett(option).returncode == 0
        assert emmett(option).stderr.startswith("usage: emmett [-a]")
    wrong = emmett("-z")
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert "option -z not recognized\nusage: emmett" in wrong.stderr


def test_verbose_lists_what_the_program_holds(emmett: Command) -> None:
    result = emmett("-v", "-c", "int f(int a) { return a; } VMM1Hz { int n; n = f(1); }")
    assert result.stdout.startswith("(version 1.0)\n")
    assert result.stderr == "reading <cmdline>\nvariable int n\nfunction int f(int a)\nprobe VMM1Hz\n"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("no.emt",), "Error: no.emt: No such file or directory\n"),
        (("-s", "no.sym", "-c", ";"), "Error: no.sym: No such file or directory\n"),
        (("-m", "foo"), "Error: Invalid memory model: foo\n"),
        (("-c", "there.emt"), "Error: code looks like file name. Extra '-c'?\n"),
        (("VMM1Hz { x = 1; }",), "Error: file name looks like code. Missing '-c'?\n"),
        (("-i", "-1"), "Error: Invalid height: -1 (a number from 0 on)\n"),
    ],
)
def test_what_cannot_be_done(emmett: Command, arguments: tuple[str, ...], message: str) -> None:
    result = emmett(*arguments)
    assert (result.returncode, result.stdout, result.stderr) == (1, "", message)


def test_the_model_of_the_monitor_names_one_that_works(emmett: Command) -> None:
    result = emmett("-m", "vmw64", "-c", ";")
    assert result.returncode == 1
    assert "Error: Invalid memory model: vmw64: " in result.stderr
    assert "`memmodel guest64;`" in result.stderr


def test_errors_of_the_program_name_input_and_place(emmett: Command, tmp_path: Path) -> None:
    (tmp_path / "lib.emt").write_text("int f() { return nothing(); }\n")
    (tmp_path / "a.emt").write_text('#include "lib.emt"\nVMM1Hz x = 1 + "s" * 2;\n')
    result = emmett("a.emt", "-c", "VMM1Hz y = ;")
    assert (result.returncode, result.stdout) == (1, "")
    for place in ("a.emt:2:16: error E621:", "lib.emt:1:18: error E620:", "<cmdline>:1:12: error E608:"):
        assert place in result.stderr


def test_latin_1_is_read(emmett: Command, tmp_path: Path) -> None:
    (tmp_path / "old.emt").write_bytes(b"// caf\xe9\nVMM1Hz x++;\n")
    assert "(defaggr x 0 0)" in vp(emmett("old.emt"))

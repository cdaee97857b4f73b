# SPDX-License-Identifier: GPL-2.0-or-later
"""Tools for stacks, typed in a real shell."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.engine.guest.linux.elf_writer import FUNCTION, elf
from tests.vptop.cli.shell import Shell, install
from vptop.cli.new import create
from vptop.cli.stacktools import dot

SYMBOLS = "0000000000001000 T main\n0000000000001100 T work\n0000000000001200 T idle\n"
OUTPUT = """\
aggr: stacks (0 integer keys) (1 string key)
  stacks["GUEST_0x1110_0x1020"] == avg 1 count 7 min 1 max 1 latest 1
  stacks["GUEST_0x1205_0x1020_..."] == avg 1 count 3 min 1 max 1 latest 1
hello
"""


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    install(tmp_path / "bin")
    (tmp_path / "run").mkdir(mode=0o700)
    (tmp_path / "kernel.sym").write_text(SYMBOLS)
    (tmp_path / "out").write_text(OUTPUT)
    return Shell(tmp_path)


def test_names_take_the_place_of_addresses(shell: Shell) -> None:
    lines = shell.ok("vprobe-stacksresolve kernel.sym < out").splitlines()
    assert lines[1] == '  stacks["work+0x10\tmain+0x20"] == avg 1 count 7 min 1 max 1 latest 1'
    assert lines[2].startswith('  stacks["idle+0x5\tmain+0x20"] ==')
    assert lines[3] == "hello"
    comma = shell.ok("SYMTAB=kernel.sym vprobe-stacksresolve --vmm64 --commasep < out")
    assert '"work+0x10,main+0x20"' in comma


def test_functions_of_programs_are_named(shell: Shell) -> None:
    (shell.folder / "gzip").write_bytes(elf([("deflate", 0x401100, 0x80, FUNCTION, True)]))
    stack = "GUEST_0x1110_gzip+0x1123_libc_2.so+0x9"
    (shell.folder / "out").write_text(f'  s["sh", "{stack}"] == avg 1 count 7 min 1 max 1 latest 1\n')
    lines = shell.ok("vprobe-stacksresolve kernel.sym gzip < out | tee resolved")
    assert lines.startswith('  s["sh", "work+0x10\tdeflate+0x23 [gzip]\tlibc_2.so+0x9"] ==')
    assert "    deflate+0x23 [gzip]\n    libc_2.so+0x9\n" in shell.ok("vprobe-stackfilt kernel.sym gzip < out")
    graph = '  "deflate [gzip]" -> "work" [label="7" penwidth=5.00];'
    assert graph in shell.ok("vprobe-stacks2dot < resolved")


def test_without_symbols_addresses_stay(shell: Shell) -> None:
    assert '"0x1110\t0x1020"' in shell.ok("vprobe-stacksresolve < out")


def test_each_frame_on_a_line(shell: Shell) -> None:
    lines = shell.ok("vprobe-stackfilt kernel.sym < out").splitlines()
    assert lines[1:4] == [
        '  stacks["stack"] == avg 1 count 7 min 1 max 1 latest 1',
        "    work+0x10",
        "    main+0x20",
    ]
    assert lines[-1] == "hello"


@pytest.mark.parametrize(
    "line", ["vprobe-stacks2dot kernel.sym < out", "vprobe-stacksresolve kernel.sym < out | vprobe-stacks2dot"]
)
def test_a_call_graph(shell: Shell, line: str) -> None:
    graph = shell.ok(line).splitlines()
    assert graph[0] == "digraph stacks {"
    assert graph[2:] == [
        '  "main" -> "work" [label="7" penwidth=5.00];',
        '  "main" -> "idle" [label="3" penwidth=2.71];',
        "}",
    ]


def test_hostile_names_stay_inside_their_quotes() -> None:
    assert r'"a\"b" -> "c\\"' in dot(Counter({('a"b', "c\\"): 1}))


def test_a_running_machine_is_sampled(shell: Shell) -> None:
    create(shell.folder / "vm")
    shell.ok("vmrun start vm/vm.vmx nogui")
    try:
        graph = shell.ok("vprobe-stackvis -n 50 -p USEC:2000 vm/vm.vmx")
        bad = shell("vprobe-stackvis -p NOTHING vm/vm.vmx")
    finally:
        shell.ok("vmrun stop vm/vm.vmx")
    assert graph.startswith("digraph stacks {")
    assert "->" in graph
    assert (bad.returncode, bad.stdout) == (1, "")
    assert "vprobe-stackvis: stackvis.vp was not loaded" in bad.stderr
    assert "not powered on" in shell("vprobe-stackvis vm/vm.vmx").stderr
    assert "VMware's monitor, which does not exist here" in shell("vprobe-stackvis -m vm/vm.vmx").stderr


@pytest.mark.parametrize(
    ("line", "status"),
    [("vprobe-stacks2dot nowhere < out", 1), ("vprobe-stackvis", 2), ("vprobe-stackfilt -z < out", 2)],
)
def test_errors(shell: Shell, line: str, status: int) -> None:
    result = shell(line)
    assert result.returncode == status
    assert line.split(maxsplit=1)[0] in result.stderr


@pytest.mark.parametrize("name", ["stackfilt", "stacksresolve", "stacks2dot", "stackvis"])
def test_help(shell: Shell, name: str) -> None:
    assert shell.ok(f"vprobe-{name} --help").startswith(f"usage: vprobe-{name} ")

# SPDX-License-Identifier: GPL-2.0-or-later
"""`vprobe`, typed in a real shell."""

from __future__ import annotations

import signal
import subprocess
from collections.abc import Iterator

import pytest

from tests.vptop.cli.shell import Shell, install
from vptop.cli.new import create

HELLO_VP = '(vprobe VMM10Hz (printf "hello\\n"))\n'
HELLO_EMT = 'VMM10Hz { printf("hello\\n"); }\n'


@pytest.fixture(scope="module")
def shell(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shell]:
    folder = tmp_path_factory.mktemp("vprobe")
    install(folder / "bin")
    (folder / "run").mkdir(mode=0o700)
    made = Shell(folder)
    create(folder / "vm")
    made.ok("vmrun start vm/vm.vmx nogui && cp vm/vm.vmx vm/other.cfg")
    (folder / "hello.vp").write_text(HELLO_VP)
    (folder / "hello.emt").write_text(HELLO_EMT)
    (folder / "library.vp").write_text('(defun say () (printf "from the library\\n"))\n')
    (folder / "main.vp").write_text("(vprobe VMM10Hz (say))\n")
    (folder / "bad.vp").write_text("(vprobe VMM10Hz (sya))\n")
    (folder / "bad.emt").write_text("VMM10Hz { printf(1 +); }\n")
    (folder / "notes.txt").write_text("x")
    yield made
    made("vmrun stop vm/vm.vmx hard")


@pytest.mark.parametrize(
    "line",
    [
        "vprobe -d 0.5 vm/vm.vmx hello.vp",
        "vprobe -d 0.5 vm/vm.vmx hello.emt",
        """vprobe -d 0.5 -c 'VMM10Hz printf("hello\\n");' vm/vm.vmx""",
        "cat hello.vp | vprobe -d 0.5 --input vm/vm.vmx",
    ],
)
def test_what_a_script_prints_is_shown_and_it_is_unloaded(shell: Shell, line: str) -> None:
    lines = shell.ok(line).splitlines()
    assert lines[-1] == "OK."
    assert set(lines[:-1]) == {"hello"}
    assert (shell.folder / "vm" / "vprobe.out").read_text().count("hello\n") == len(lines) - 1


def test_several_scripts_are_one_program(shell: Shell) -> None:
    lines = shell.ok("vprobe -d 0.5 vm/vm.vmx library.vp main.vp").splitlines()
    assert set(lines) == {"from the library", "OK."}


def test_errors_of_the_engine_are_placed_in_the_file_they_are_in(shell: Shell) -> None:
    (shell.folder / "lib.emt").write_text("int twice(int n) { return n + n; }\n")
    (shell.folder / "long.emt").write_text("VMM1Hz {\n" + "   x = twice(x) + RAX;\n" * 2000 + "}\n")
    for options in ("", "-a -s System.map"):
        (shell.folder / "System.map").write_text("ffffffff80100000 T start\n")
        result = shell(f"vprobe {options} -d 1 vm/vm.vmx lib.emt long.emt")
        assert "long.emt:1:1: error E402" in result.stderr
        assert ".vp:" not in result.stderr


def test_loading_only(shell: Shell) -> None:
    assert shell.ok("vprobe -l vm/vm.vmx hello.vp") == "OK.\n"
    shell.wait_for(lambda: "hello" in (shell.folder / "vm" / "vprobe.out").read_text())
    assert shell.ok("vprobe --reset vm/vm.vmx") == "OK.\n"


def test_aggregates_are_logged_with_a(shell: Shell) -> None:
    shown = shell.ok("vprobe -a -d 1.5 -c 'Guest_IRQ { irqs[ARG0] <- 1; }' vm/vm.vmx")
    assert "aggr: irqs (1 integer key) (0 string keys)" in shown


def test_listings_and_their_precedence(shell: Shell) -> None:
    probes = shell.ok("vprobe -r -g -p vm/vm.vmx")
    assert "Guest_IRQ" in probes
    assert probes.endswith("\nOK.\n")
    assert "TSC_HZ" in shell.ok("vprobe --listGlobals vm/vm.vmx")


def test_whoever_reads_the_output_may_stop(shell: Shell) -> None:
    result = shell("""vprobe -c 'VMM1Hz printf("hello\\n");' vm/vm.vmx | head -1""")
    assert result.stdout == "hello\n"
    assert result.stderr == ""


def test_control_c_ends_it_well(shell: Shell) -> None:
    process = subprocess.Popen(
        ["/bin/bash", "-c", "exec vprobe vm/vm.vmx hello.vp"],
        stdout=subprocess.PIPE,
        cwd=shell.folder,
        env=shell.environment(),
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "hello\n"
    process.send_signal(signal.SIGINT)
    rest = process.stdout.read()
    process.stdout.close()
    assert process.wait(60) == 0
    assert rest.endswith("OK.\n")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("vprobe hello.vp", "missing path to vmx file"),
        ("vprobe vm/vm.vmx vm/other.cfg hello.vp", "more than one vmx file provided"),
        ("vprobe vm/vm.vmx notes.txt", "script files must be .vp or .emt files"),
        ("vprobe vm/vm.vmx nowhere.vp", "file does not exist: nowhere.vp"),
        ("vprobe nowhere.vmx hello.vp", "file does not exist: nowhere.vmx"),
        ("vprobe vm/vm.vmx", "no vprobes script to load"),
        ("vprobe vm/vm.vmx hello.vp hello.emt", "mixing VP and Emmett scripts is not allowed"),
        ("vprobe -c x vm/vm.vmx hello.vp", "mixing VP and Emmett scripts is not allowed"),
        ("vprobe -i -c x vm/vm.vmx < hello.vp", "mixing inline and stdin scripts is not allowed"),
        ("vprobe --emmett ./nowhere vm/vm.vmx hello.emt", "emmett compiler not found"),
        ("vprobe --vmrun ./nowhere vm/vm.vmx hello.vp", "vmrun command not found"),
        ("vprobe vm/vm.vmx bad.emt", "script compilation error"),
    ],
)
def test_its_own_errors(shell: Shell, line: str, message: str) -> None:
    result = shell(line)
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr.splitlines()[-1].startswith(f"vprobe: {message}")


def test_symbols_are_those_of_the_running_guest(shell: Shell) -> None:
    (shell.folder / "calls.emt").write_text('GUEST:system_call { exit(); }\nVMMLoad printf("%x\\n", &system_call);\n')
    assert shell.ok("vprobe -d 0.5 vm/vm.vmx calls.emt").startswith("ffffffff")
    assert shell.ok("vprobe -d 0.5 -c 'VMMLoad printf(\"%x\\n\", &system_call);' vm/vm.vmx").startswith("ffffffff")


def test_errors_of_the_engine_are_placed_in_the_emmett_text(shell: Shell) -> None:
    (shell.folder / "exits.emt").write_text('VMMLoad {\n   printf("%d", VMCB_EXITCODE + VMCS_EXIT_REASON);\n}\n')
    assert "exits.emt:2:" in shell("vprobe vm/vm.vmx exits.emt").stderr


def test_vmrun_s_errors_are_its_own(shell: Shell) -> None:
    result = shell("vprobe vm/vm.vmx bad.vp")
    assert (result.returncode, result.stdout) == (1, "")
    assert "did you mean say" not in result.stderr
    assert result.stderr.splitlines()[-1] == "Error: bad.vp was not loaded: 1 error"
    stopped = shell("cp vm/vm.vmx vm/off.vmx && vprobe vm/off.vmx hello.vp")
    assert (stopped.returncode, "not powered on" in stopped.stderr) == (1, True)


@pytest.mark.parametrize("line", ["vprobe -z vm/vm.vmx", "vprobe -d soon vm/vm.vmx hello.vp", "vprobe --nothing"])
def test_usage_errors(shell: Shell, line: str) -> None:
    result = shell(line)
    assert result.returncode == 2
    assert result.stderr.startswith("usage: vprobe ")


def test_help(shell: Shell) -> None:
    assert "--listProbes" in shell.ok("vprobe -h")

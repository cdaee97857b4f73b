# SPDX-License-Identifier: GPL-2.0-or-later
"""`vmrun`, typed in a real shell as the manual types it."""

from __future__ import annotations

import json
import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.vptop.cli.shell import Shell, install
from vptop.cli.manual import VMRUN
from vptop.cli.new import create
from vptop.cli.vmrun import HANDLERS

HELLO = """vmrun vprobeLoad vm/my.vmx '(vprobe VMM1Hz (printf "hello!\\n"))'"""
"""Manual, p. 8."""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    install(tmp_path / "bin")
    (tmp_path / "run").mkdir(mode=0o700)
    made = Shell(tmp_path)
    create(tmp_path / "vm").rename(tmp_path / "vm" / "my.vmx")
    yield made
    if any((tmp_path / "run").rglob("*.sock")):
        made("vmrun stop vm/my.vmx hard")


@pytest.fixture
def running(shell: Shell) -> Shell:
    shell.ok("vmrun start vm/my.vmx nogui")
    return shell


def error(shell: Shell, line: str) -> str:
    result = shell(line)
    assert (result.returncode, result.stdout) == (255, ""), result
    assert result.stderr.startswith("Error: ") or "\nError: " in result.stderr
    return result.stderr


def test_the_manual_s_first_script_prints_into_vprobe_out(running: Shell) -> None:
    assert running.ok(HELLO) == ""
    output = running.folder / "vm" / "vprobe.out"
    running.wait_for(lambda: output.read_text().count("hello!\n") >= 2)
    assert set(output.read_text().splitlines()) == {"hello!"}
    output.unlink()
    (running.folder / "test.vp").write_text('(vprobe VMM1Hz (printf "again\\n"))')
    running.ok("vmrun -T ws vprobeLoadFile vm/my.vmx test.vp")
    assert output.exists()
    running.wait_for(lambda: "again" in output.read_text())
    assert running.ok("vmrun vprobeReset vm/my.vmx") == ""


def test_emmett_is_loaded_by_its_suffix(running: Shell) -> None:
    (running.folder / "test.emt").write_text('VMM1Hz { printf("from emmett\\n"); }')
    running.ok("vmrun vprobeLoadFile vm/my.vmx test.emt")
    running.wait_for(lambda: "from emmett" in (running.folder / "vm" / "vprobe.out").read_text())


def test_files_are_included_from_the_script_s_folder(running: Shell) -> None:
    running.ok("mkdir scripts && echo 'int twice(int n) { return n + n; }' > scripts/lib.emt")
    (running.folder / "scripts" / "main.emt").write_text('#include "lib.emt"\nVMMLoad { printf("%d\\n", twice(21)); }')
    running.ok("vmrun vprobeLoadFile vm/my.vmx scripts/main.emt")
    running.wait_for(lambda: "42" in (running.folder / "vm" / "vprobe.out").read_text())


def test_a_bad_script_is_refused_with_its_place(running: Shell) -> None:
    told = error(running, "vmrun vprobeLoad vm/my.vmx '(vprobe VMM1Hz (setint cuont 1))'")
    assert "script.vp:1:24: error" in told
    assert told.endswith("Error: script.vp was not loaded: 1 error\n")
    assert "No such file" in error(running, "vmrun vprobeLoadFile vm/my.vmx nowhere.vp")


def test_a_vm_that_does_not_run(shell: Shell) -> None:
    assert f"not powered on: {shell.folder}/vm/my.vmx" in error(shell, HELLO)
    assert error(shell, "vmrun stop vm/other.vmx").startswith("Error: Cannot open VM: ")
    assert shell.ok("vmrun list") == "Total running VMs: 0\n"


def test_a_second_start_is_refused(running: Shell) -> None:
    assert "already running" in error(running, "vmrun start vm/my.vmx")
    assert running.ok("vmrun list") == f"Total running VMs: 1\n{running.folder}/vm/my.vmx\n"
    ((entry),) = json.loads(running.ok("vmrun list --json"))
    assert entry["vmx"] == f"{running.folder}/vm/my.vmx"


def test_only_the_owner_can_use_the_socket(running: Shell) -> None:
    folder = running.folder / "run" / "vptop"
    (path,) = folder.glob("*.sock")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_what_a_killed_vm_leaves_is_no_obstacle(running: Shell) -> None:
    ((entry),) = json.loads(running.ok("vmrun list --json"))
    os.kill(entry["pid"], signal.SIGKILL)
    running.wait_for(lambda: running.ok("vmrun list") == "Total running VMs: 0\n")
    running.ok("vmrun start vm/my.vmx")
    assert running.ok("vmrun list").startswith("Total running VMs: 1\n")


def test_power_and_snapshots(running: Shell) -> None:
    for line in ("pause", "unpause", "reset", "reset hard", "snapshot one", "suspend"):
        command, *words = line.split()
        running.ok(f"vmrun {command} vm/my.vmx {' '.join(words)}")
    assert running.ok("vmrun list") == "Total running VMs: 0\n"
    assert (running.folder / "vm" / "my.vmss").exists()
    running.ok("vmrun snapshot vm/my.vmx two")
    assert running.ok("vmrun listSnapshots vm/my.vmx") == "Total snapshots: 2\none\ntwo\n"
    assert "already exists" in error(running, "vmrun snapshot vm/my.vmx one")
    running.ok("vmrun resume vm/my.vmx")
    assert not (running.folder / "vm" / "my.vmss").exists()
    assert "no snapshot three; there are: one, two" in error(running, "vmrun revertToSnapshot vm/my.vmx three")
    running.ok("vmrun revertToSnapshot vm/my.vmx one")
    assert running.ok("vmrun list") == "Total running VMs: 0\n"
    running.ok("vmrun start vm/my.vmx nogui && vmrun stop vm/my.vmx")
    running.ok("vmrun deleteSnapshot vm/my.vmx one")
    assert json.loads(running.ok("vmrun listSnapshots vm/my.vmx --json")) == ["two"]
    assert "not suspended" in error(running, "vmrun resume vm/my.vmx")


def test_listings_are_plain(shell: Shell) -> None:
    probes = shell.ok("vmrun vprobeListProbes vm/my.vmx")
    assert "Guest_IRQ" in probes
    assert "(p. " not in probes
    assert "TSC_HZ" in shell.ok("vmrun -T fusion vprobeListGlobals vm/my.vmx 'TSC*'")
    entry = json.loads(shell.ok("vmrun vprobeListProbes vm/my.vmx VMM1Hz --json"))
    assert entry["name"] == "VMM1Hz"


@pytest.mark.parametrize(
    ("key", "line"), [("vprobe.enable", "power the VM off and add"), ("vprobe.allow", "not allowed on this host")]
)
def test_scripts_are_refused_where_they_are_not_enabled(shell: Shell, key: str, line: str) -> None:
    shell.ok(f"sed -i '/^{key}/d' vm/my.vmx && vmrun start vm/my.vmx nogui")
    version = shell("vmrun vprobeVersion vm/my.vmx")
    assert (version.returncode, version.stdout) == (0, "VProbes version: 1.0 (disabled)\n")
    assert line in version.stderr
    told = error(shell, HELLO)
    assert line in told
    assert f'{key} = "TRUE"' in told


def test_the_vm_s_own_script_and_output_file(shell: Shell) -> None:
    (shell.folder / "vm" / "start.vp").write_text('(vprobe VMMLoad (printf "loaded\\n"))')
    shell.ok("""printf 'vprobe.vpFile = "start.vp"\\nvprobe.outFile = "other.out"\\n' >> vm/my.vmx""")
    shell.ok("""printf 'vprobe.guestSyms = "x"\\n' >> vm/my.vmx && vmrun start vm/my.vmx nogui""")
    shell.wait_for(lambda: (shell.folder / "vm" / "other.out").read_text() == "loaded\n")
    assert "vprobe.guestSyms is ignored" in (shell.folder / "vm" / "vmware.log").read_text()


def test_what_the_guest_writes_to_its_serial_port_goes_to_a_file(shell: Shell) -> None:
    for line in ('serial0.present = "TRUE"', 'serial0.fileType = "file"', 'serial0.fileName = "serial.out"'):
        shell.ok(f"echo '{line}' >> vm/my.vmx")
    shell.ok("vmrun start vm/my.vmx nogui")
    shell.wait_for(lambda: "tinyguest: " in (shell.folder / "vm" / "serial.out").read_text())


def test_the_power_button_shuts_the_guest_down(running: Shell) -> None:
    running.ok("vmrun stop vm/my.vmx soft")
    assert running.ok("vmrun list") == "Total running VMs: 0\n"


def test_a_guest_without_power_button_is_not_waited_for(shell: Shell) -> None:
    (shell.folder / "vm" / "idle.img").write_bytes(b"\xeb\xfe" + bytes(508) + b"\x55\xaa")
    shell.ok("echo 'ide0:0.fileName = \"idle.img\"' >> vm/my.vmx && vmrun start vm/my.vmx nogui")
    assert "does not handle the power button" in error(shell, "vmrun stop vm/my.vmx soft")
    shell.ok("vmrun stop vm/my.vmx hard")


def test_a_start_that_fails_says_why(shell: Shell) -> None:
    shell.ok("echo 'ide0:0.fileName = \"nowhere.img\"' >> vm/my.vmx")
    assert "nowhere.img: No such file" in error(shell, "vmrun start vm/my.vmx nogui")
    assert shell.ok("vmrun list") == "Total running VMs: 0\n"


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("vmrun vprobeLaod vm/my.vmx x", "Unrecognized command: vprobeLaod; did you mean vprobeLoad"),
        ("vmrun start", "usage: vmrun start VMX [gui|nogui]"),
        ("vmrun start vm/my.vmx fast", "found fast; expected gui or nogui"),
        ("vmrun -T hyperv list", "-T hyperv: expected ws, fusion, esx"),
        ("vmrun snapshot vm/my.vmx a/b", "cannot be the name of a snapshot"),
    ],
)
def test_wrong_words_are_told(shell: Shell, line: str, words: str) -> None:
    assert words in error(shell, line)


def test_help_explains_every_command(shell: Shell) -> None:
    text = shell.ok("vmrun --help")
    assert all(command in text for command in (*HANDLERS, "list"))
    assert {command.name for command in VMRUN.commands} == {*HANDLERS, "list"}
    assert shell("vmrun").returncode == 255

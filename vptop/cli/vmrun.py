# SPDX-License-Identifier: GPL-2.0-or-later
"""`vmrun`: control of virtual machines that run in processes of their own (manual, table 1-1)."""

from __future__ import annotations

import json
import signal
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from pathlib import Path

from engine.errors import VptopError
from engine.vm import running, states
from engine.vm.client import VmClient, VmGone
from engine.vm.configuration import Configuration, NotFoundError, read_vmx
from engine.vm.diagnostics import diagnostics_of
from engine.vm.process import start_vmx
from engine.vm.protocol import Reply
from engine.vm.running import AlreadyRunningError, NotRunningError
from engine.vm.script_text import read_script, script_name
from engine.vp.diagnostics.nearest import nearest
from engine.vp.limits import LANGUAGE_VERSION
from vptop.cli import console, listing
from vptop.cli.manual import VMRUN, help_text
from vptop.cli.standard_streams import guarded

OK, FAILED = 0, 255
STOP_SECONDS = 30.0
"""How long the guest may take to shut down, and a VM process to end."""
BOOT_SECONDS = 3.0
"""How long a guest may take to enable the power button."""
HOSTS = ("ws", "fusion", "esx", "player", "server", "server1", "vc", "ws-shared")


class CommandError(VptopError):
    """The words of a command line are wrong. Correct them as the message says; nothing was done."""


@dataclass(frozen=True, slots=True)
class Request:
    """One command line: the VM it is for, the words behind it, and whether to answer in JSON."""

    vm: Configuration
    words: Sequence[str]
    as_json: bool

    @property
    def vmx(self) -> Path:
        """The VM's configuration file."""
        return self.vm.path


Handler = Callable[[Request], int]


# --- talking to a VM -------------------------------------------------------------------------------------------------


def connect(vmx: Path) -> VmClient:
    """A client of the VM with that file.

    Raises:
        NotRunningError: it does not run.
    """
    if not running.is_running(vmx):
        raise NotRunningError(f"The virtual machine is not powered on: {vmx}")
    return VmClient(running.socket_of(vmx), lambda _: None)


def _ask(vmx: Path, send: Callable[[VmClient], Future[Reply]]) -> int:
    with connect(vmx) as client:
        return _answered(send(client).result())


def _answered(reply: Reply) -> int:
    console.show_diagnostics(diagnostics_of(reply.diagnostics))
    if not reply.ok:
        return _complain(reply.message)
    return OK


def _complain(message: str) -> int:
    sys.stderr.write(f"Error: {console.harmless(message)}\n")
    return FAILED


def _wait_until_gone(vmx: Path) -> bool:
    end = time.monotonic() + STOP_SECONDS
    while running.is_running(vmx):
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


# --- VProbes ---------------------------------------------------------------------------------------------------------


def _load(vmx: Path, name: str, source: str) -> int:
    with connect(vmx) as client:
        return _answered(client.load(_unused(name, client.hello.scripts), source).result())


def _unused(name: str, taken: Sequence[str] | dict[str, str]) -> str:
    """That name, numbered when a script of that name is loaded."""
    path, number, found = Path(name), 1, name
    while found in taken:
        number += 1
        found = f"{path.stem}-{number}{path.suffix}"
    return found


def _vprobe_load(request: Request) -> int:
    return _load(request.vmx, "script.vp", request.words[0])


def _vprobe_load_file(request: Request) -> int:
    path = Path(request.words[0])
    source = read_script(path)
    return _load(request.vmx, script_name(path, source), source)


def _vprobe_reset(request: Request) -> int:
    return _ask(request.vmx, lambda client: client.reset())


def _vprobe_version(request: Request) -> int:
    state = "disabled" if request.vm.refusal else "enabled"
    version = "{}.{}".format(*LANGUAGE_VERSION)
    if request.as_json:
        print(json.dumps({"version": version, "enabled": not request.vm.refusal, "reason": request.vm.refusal}))
        return OK
    print(f"VProbes version: {version} ({state})")
    if request.vm.refusal:
        sys.stderr.write(f"{console.harmless(request.vm.refusal)}\n")
    return OK


def _vprobe_list(topic: str) -> Handler:
    def show(request: Request) -> int:
        pattern = request.words[0] if request.words else "*"
        return FAILED if listing.show(topic, pattern, json=request.as_json, pages=False) else OK

    return show


# --- power -----------------------------------------------------------------------------------------------------------


def _start(request: Request) -> int:
    mode = request.words[0] if request.words else "nogui"
    if mode not in ("gui", "nogui"):
        raise CommandError(f"found {mode}; expected gui or nogui")
    if running.is_running(request.vmx):
        raise AlreadyRunningError(f"The virtual machine is already running: {request.vmx}")
    start_vmx(request.vmx)
    if mode == "gui":
        from vptop.cli.main import main

        main([str(request.vmx)])
    return OK


def _stop(request: Request) -> int:
    mode = request.words[0] if request.words else "hard"
    if mode not in ("hard", "soft"):
        raise CommandError(f"found {mode}; expected hard or soft")
    with connect(request.vmx) as client:
        try:
            status = _answered(_press_power(client) if mode == "soft" else client.quit().result())
        except VmGone:
            status = OK
    if status == OK and not _wait_until_gone(request.vmx):
        reaction = "the guest has not shut down" if mode == "soft" else "the virtual machine has not ended"
        return _complain(f"{reaction} within {STOP_SECONDS:g} s; try `vmrun stop {request.vmx} hard`")
    return status


def _press_power(client: VmClient) -> Reply:
    """Press the power button; a guest that boots has a moment to enable it."""
    end = time.monotonic() + BOOT_SECONDS
    while True:
        reply = client.press_power().result()
        if reply.ok or time.monotonic() > end:
            return reply
        time.sleep(0.05)


def _suspend(request: Request) -> int:
    with connect(request.vmx) as client:
        status = _answered(client.save(states.suspended_path(request.vmx)).result())
        if status == OK:
            client.quit().result()
    return status if _wait_until_gone(request.vmx) else FAILED


def _resume(request: Request) -> int:
    if states.suspended(request.vmx) is None:
        return _complain(f"The virtual machine is not suspended: {request.vmx}")
    return _start(request)


def _reset(request: Request) -> int:
    return _ask(request.vmx, lambda client: client.reboot())


def _pause(request: Request) -> int:
    return _ask(request.vmx, lambda client: client.pause())


def _unpause(request: Request) -> int:
    return _ask(request.vmx, lambda client: client.resume())


def _list(as_json: bool) -> int:
    found = running.running()
    if as_json:
        print(json.dumps([{"vmx": entry.vmx, "pid": entry.pid} for entry in found]))
        return OK
    print(f"Total running VMs: {len(found)}")
    for entry in found:
        print(console.harmless(entry.vmx))
    return OK


# --- snapshots -------------------------------------------------------------------------------------------------------


def _snapshot(request: Request) -> int:
    path = states.snapshot_path(request.vmx, request.words[0])
    if path.exists():
        return _complain(f"The name of the snapshot already exists: {request.words[0]}")
    if running.is_running(request.vmx):
        return _ask(request.vmx, lambda client: client.save(path))
    suspended = states.suspended(request.vmx)
    path.write_bytes(suspended.read_bytes() if suspended else b"")
    return OK


def _list_snapshots(request: Request) -> int:
    names = states.snapshots(request.vmx)
    if request.as_json:
        print(json.dumps(names))
        return OK
    print(f"Total snapshots: {len(names)}")
    for name in names:
        print(console.harmless(name))
    return OK


def _delete_snapshot(request: Request) -> int:
    states.find_snapshot(request.vmx, request.words[0]).unlink()
    return OK


def _revert_to_snapshot(request: Request) -> int:
    states.find_snapshot(request.vmx, request.words[0])
    if running.is_running(request.vmx):
        status = _stop(Request(request.vm, ("hard",), as_json=False))
        if status != OK:
            return status
    states.revert(request.vmx, request.words[0])
    return OK


# --- the command -----------------------------------------------------------------------------------------------------

HANDLERS: dict[str, Handler] = {
    "vprobeLoad": _vprobe_load,
    "vprobeLoadFile": _vprobe_load_file,
    "vprobeReset": _vprobe_reset,
    "vprobeListProbes": _vprobe_list("probes"),
    "vprobeListGlobals": _vprobe_list("globals"),
    "vprobeVersion": _vprobe_version,
    "start": _start,
    "stop": _stop,
    "suspend": _suspend,
    "resume": _resume,
    "reset": _reset,
    "pause": _pause,
    "unpause": _unpause,
    "snapshot": _snapshot,
    "listSnapshots": _list_snapshots,
    "deleteSnapshot": _delete_snapshot,
    "revertToSnapshot": _revert_to_snapshot,
}
"""What is done for each command of `VMRUN.commands` that takes a VMX."""


@guarded("vmrun")
def main(arguments: Sequence[str] | None = None) -> None:
    """Entry point."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    words = list(sys.argv[1:] if arguments is None else arguments)
    try:
        status = run(words)
    except NotFoundError as error:
        status = _complain(f"Cannot open VM: {error}")
    except VptopError as error:
        status = _complain(str(error))
    sys.exit(status)


def run(words: list[str]) -> int:
    """One command line, without the program's name.

    Raises:
        VptopError: it cannot be done.
    """
    as_json = "--json" in words
    words = _without_host([word for word in words if word != "--json"])
    if not words or words[0] in ("-h", "--help"):
        sys.stdout.write(help_text(VMRUN))
        return OK if words else FAILED
    command, *rest = words
    if command == "list":
        return _list(as_json)
    handler, described = HANDLERS.get(command), VMRUN.command(command)
    if handler is None or described is None:
        close = nearest(command, (*HANDLERS, "list"))
        hint = f"; did you mean {', '.join(close)}?" if close else "; `vmrun --help` lists the commands"
        raise CommandError(f"Unrecognized command: {command}{hint}")
    least, most = described.arity
    if not least <= len(rest) <= most:
        raise CommandError(f"{command}: {len(rest)} words given; usage: vmrun {described.usage}")
    return handler(Request(read_vmx(Path(rest[0])), rest[1:], as_json))


def _without_host(words: list[str]) -> list[str]:
    """`-T HOST` says which of VMware's products is meant: here all are the same."""
    if words[:1] != ["-T"]:
        return words
    if len(words) < 2 or words[1] not in HOSTS:
        raise CommandError(f"-T {' '.join(words[1:2])}: expected {', '.join(HOSTS[:3])}")
    return words[2:]

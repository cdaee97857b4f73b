# SPDX-License-Identifier: GPL-2.0-or-later
"""Which virtual machines of this user run: each has an entry and a socket in a folder that only the user can open.

The socket is not in the VM's own directory, whose path may be too long for one.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import stat
import tempfile
from pathlib import Path

import msgspec

from engine.errors import InputError, VptopError

_SUFFIX = ".vm"


class NotRunningError(InputError):
    """The virtual machine is not powered on. Start it with `vmrun start`."""


class AlreadyRunningError(InputError):
    """The virtual machine runs already. Use it, or stop it with `vmrun stop` and start it again."""


class RuntimeFolderError(VptopError):
    """The folder for sockets is not private. Correct its owner and mode, or set XDG_RUNTIME_DIR."""


class Entry(msgspec.Struct, frozen=True):
    """A VM that was started from a .vmx file."""

    vmx: str
    """absolute path of the file"""
    pid: int


def folder() -> Path:
    """The folder of entries and sockets, made when it is missing.

    Raises:
        RuntimeFolderError: it belongs to another user, or others may access it.
    """
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    path = Path(base) / "vptop" if base else Path(tempfile.gettempdir()) / f"vptop-{os.getuid()}"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = path.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.getuid() or status.st_mode & 0o077:
        raise RuntimeFolderError(f"{path}: expected a directory of this user with mode 700")
    return path


def _name(vmx: Path) -> str:
    return hashlib.sha256(os.fsencode(vmx.resolve())).hexdigest()[:16]


def socket_of(vmx: Path) -> Path:
    """The control socket of the VM with that .vmx file."""
    return folder() / f"{_name(vmx)}.sock"


def register(vmx: Path) -> Path:
    """Record that this process runs a VM. Returns the path of the entry."""
    path = folder() / f"{_name(vmx)}{_SUFFIX}"
    path.write_bytes(msgspec.json.encode(Entry(str(vmx.resolve()), os.getpid())))
    return path


def forget(vmx: Path) -> None:
    """Remove the entry and the socket of a VM."""
    for path in (folder() / f"{_name(vmx)}{_SUFFIX}", socket_of(vmx)):
        path.unlink(missing_ok=True)


def is_running(vmx: Path) -> bool:
    """Whether a process answers at the VM's socket. Files left by a VM that was killed are removed."""
    path = socket_of(vmx)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        try:
            probe.connect(str(path))
        except FileNotFoundError:
            return False
        except ConnectionRefusedError:
            forget(vmx)
            return False
    return True


def running() -> list[Entry]:
    """Every VM that runs, by path."""
    found = []
    for path in sorted(folder().glob(f"*{_SUFFIX}")):
        with contextlib.suppress(OSError, msgspec.DecodeError):
            entry = msgspec.json.decode(path.read_bytes(), type=Entry)
            if is_running(Path(entry.vmx)):
                found.append(entry)
    return sorted(found, key=lambda entry: entry.vmx)

# SPDX-License-Identifier: GPL-2.0-or-later
"""Saved states of a VM, in files beside its .vmx: the suspended one (`NAME.vmss`) and snapshots (`NAME-SNAPSHOT.vmsn`).

A snapshot of a machine that is powered off holds nothing: its file is empty.
"""

from __future__ import annotations

from pathlib import Path

from engine.errors import InputError, VptopError
from engine.files import write_whole

_COPIED = 1 << 20
"""bytes of a state that are copied at a time"""
SUSPENDED, SNAPSHOT = ".vmss", ".vmsn"
_FORBIDDEN = set("/\\\0")


class StateError(InputError):
    """There is no such snapshot, or its name cannot be used. Name another; `vmrun listSnapshots` lists them."""


class StateFileError(VptopError):
    """A file of a saved state cannot be written or removed. Correct what the message says and try again."""


def suspended_path(vmx: Path) -> Path:
    """Where the state of a suspended VM is."""
    return vmx.with_suffix(SUSPENDED)


def suspended(vmx: Path) -> Path | None:
    """The state of a suspended VM; None when it is not suspended."""
    path = suspended_path(vmx)
    return path if path.exists() else None


def forget_suspended(vmx: Path) -> None:
    """Remove the state of a suspended VM."""
    suspended_path(vmx).unlink(missing_ok=True)


def snapshot_path(vmx: Path, name: str) -> Path:
    """Where a snapshot is.

    Raises:
        StateError: the name cannot be that of a file.
    """
    if not name or _FORBIDDEN & set(name) or not name.isprintable():
        raise StateError(
            f"{name!r} cannot be the name of a snapshot: expected printable characters other than / and \\"
        )
    return vmx.with_name(f"{vmx.stem}-{name}{SNAPSHOT}")


def snapshots(vmx: Path) -> list[str]:
    """The names of all snapshots, oldest first."""
    paths = sorted(vmx.parent.glob(f"{vmx.stem}-*{SNAPSHOT}"), key=lambda path: path.stat().st_mtime)
    return [path.stem.removeprefix(f"{vmx.stem}-") for path in paths]


def find_snapshot(vmx: Path, name: str) -> Path:
    """The file of a snapshot.

    Raises:
        StateError: there is none of that name.
    """
    path = snapshot_path(vmx, name)
    if not path.exists():
        there = ", ".join(snapshots(vmx)) or "none"
        raise StateError(f"no snapshot {name}; there are: {there}")
    return path


def revert(vmx: Path, name: str) -> None:
    """Make the VM, which must not run, resume from a snapshot at its next start.

    Raises:
        StateError: there is no snapshot of that name.
        StateFileError: its state cannot be copied.
    """
    path, wanted = find_snapshot(vmx, name), suspended_path(vmx)
    if not path.stat().st_size:
        forget_suspended(vmx)
        return
    try:
        with path.open("rb") as source:
            write_whole(wanted, iter(lambda: source.read(_COPIED), b""))
    except OSError as error:
        raise StateFileError(f"{wanted}: {error.strerror or error}") from error

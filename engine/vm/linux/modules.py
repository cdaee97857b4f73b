# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernel modules of a distribution's package: found by name, read with what they depend on.

Packages hold no modules.dep, which is made at installation; so dependencies come from the modules themselves.
"""

from __future__ import annotations

import fnmatch
import os
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from engine.machine.linux.compression import unpacked
from engine.machine.linux.errors import LinuxError
from engine.vm.files import read
from engine.vm.options import BootError

_FILE = re.compile(r"(.+)\.ko(\.(gz|xz|zst))?")


def normalized(name: str) -> str:
    """A module's name as the kernel writes it: `virtio-rng` is virtio_rng."""
    return name.replace("-", "_")


def _fields(data: bytes, key: bytes) -> Iterator[str]:
    """Values of a key in what a module says about itself: strings `key=value` that end with a null byte."""
    mark = b"\0" + key + b"="
    at = data.find(mark)
    while at >= 0:
        begin = at + len(mark)
        end = data.find(b"\0", begin)
        if end < 0:
            return
        yield data[begin:end].decode("utf-8", "replace")
        at = data.find(mark, end)


@dataclass(frozen=True, slots=True)
class Module:
    """A module: its object file, and what it says about itself."""

    name: str
    data: bytes = field(repr=False)
    """the object file, not compressed"""
    depends: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    """patterns of the devices it drives"""

    def drives(self, device: str) -> bool:
        """Whether it drives a device, by the device's MODALIAS."""
        return any(fnmatch.fnmatchcase(device, alias) for alias in self.aliases)


class ModuleTree:
    """The modules of one kernel: a folder like /lib/modules/6.1.0-56-amd64."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @classmethod
    def beside(cls, kernel: Path, release: str) -> ModuleTree | None:
        """The modules that were unpacked or installed with a kernel; None when they are not there.

        Args:
            kernel: /boot/vmlinuz-RELEASE or /lib/modules/RELEASE/vmlinuz, of this host or of an unpacked package.
            release: what `uname -r` prints under it.
        """
        roots = [kernel.absolute().parent.parent, kernel.absolute().parent, Path("/")]
        places = [root / below / "modules" / release for root in roots for below in ("lib", "usr/lib")]
        places += [kernel.absolute().parent] if kernel.absolute().parent.name == release else []
        return next((cls(place) for place in places if (place / "kernel").is_dir()), None)

    @cached_property
    def _files(self) -> dict[str, str]:
        """Paths of modules by name; strings, since there are thousands."""
        found: dict[str, str] = {}
        for folder, folders, files in os.walk(self.folder / "kernel"):
            folders.sort()
            found |= {
                normalized(name[1]): f"{folder}/{file}" for file in sorted(files) if (name := _FILE.fullmatch(file))
            }
        return found

    @cached_property
    def _built_in(self) -> dict[str, Module]:
        """What is in the kernel itself, by the list that its package has (kbuild, modules.builtin.modinfo)."""
        try:
            data = (self.folder / "modules.builtin.modinfo").read_bytes()
            names = (self.folder / "modules.builtin").read_text("utf-8", "replace").splitlines()
        except OSError:
            return {}
        aliases: dict[str, list[str]] = {normalized(name.rpartition("/")[2].removesuffix(".ko")): [] for name in names}
        for line in data.decode("utf-8", "replace").split("\0"):
            name, _, rest = line.partition(".")
            if rest.startswith("alias="):
                aliases.setdefault(normalized(name), []).append(rest.removeprefix("alias="))
        return {name: Module(name, b"", (), tuple(patterns)) for name, patterns in aliases.items()}

    def built_in(self, name: str) -> bool:
        """Whether a module is part of the kernel image."""
        return normalized(name) in self._built_in

    def find(self, name: str) -> Module | None:
        """A module by its name, without an object file when it is built in; None when there is none.

        Raises:
            BootError: its file cannot be read.
        """
        name = normalized(name)
        if name in self._built_in:
            return self._built_in[name]
        path = self._files.get(name)
        if path is None:
            return None
        try:
            data = unpacked(read(Path(path)))
        except LinuxError as error:
            raise BootError(f"{path}: {error}") from error
        depends = tuple(normalized(word) for word in ",".join(_fields(data, b"depends")).split(",") if word)
        return Module(name, data, depends, tuple(_fields(data, b"alias")))

    def with_dependencies(self, names: Iterable[str]) -> list[Module]:
        """Modules to load, each behind those it depends on; those that are built in or not there are left out.

        Raises:
            BootError: a file cannot be read.
        """
        ordered: dict[str, Module] = {}
        under_way: set[str] = set()

        def add(name: str) -> None:
            if name in ordered or name in under_way:
                return
            under_way.add(name)
            module = self.find(name)
            if module is not None and module.data:
                for other in module.depends:
                    add(other)
                ordered[name] = module

        for name in names:
            add(normalized(name))
        return list(ordered.values())

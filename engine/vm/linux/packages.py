# SPDX-License-Identifier: GPL-2.0-or-later
"""Kernels and a busybox from the system: what is installed, what is in the cache, what the package manager can get.

Packages are downloaded as the user, without installing them: `apt-get download` (apt-get(8)) and `dpkg-deb -x`
(dpkg-deb(1)).
"""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TypeAlias

from engine.errors import InputError
from engine.vm.linux import cache

Tell: TypeAlias = Callable[[str], object]
"""Takes a line about what is being done."""
KERNELS = ("linux-image-cloud-amd64", "linux-image-virtual", "linux-image-amd64", "linux-image-generic")
"""Metapackages of Debian and Ubuntu that depend on the newest kernel, the smallest first."""
BUSYBOX = "busybox-static"
_FOUND = "kernel"
"""File in the cache with the path of the kernel that was downloaded."""
_TOOLS = ("apt-get", "apt-cache", "dpkg-deb")
_PART = re.compile(r"\s*(?:Pre)?Depends: (linux-(?:image|modules)-(?:unsigned-)?\d\S*)")
_PLACES = ("/boot/vmlinuz-*", "/usr/lib/modules/*/vmlinuz", "/lib/modules/*/vmlinuz")


class PackageError(InputError):
    """A package that cannot be got. Install it, or name the file that is wanted, as the message says."""


def can_download() -> bool:
    """Whether this system has the tools of Debian's package manager."""
    return all(shutil.which(tool) for tool in _TOOLS)


def download(package: str, tell: Tell) -> Path:
    """The folder where a package is unpacked, in the cache; downloaded only the first time.

    Raises:
        PackageError: it cannot be downloaded or unpacked.
        OSError: the cache cannot be written.
    """
    folder = cache.directory() / package
    if folder.is_dir():
        return folder
    if not can_download():
        missing = ", ".join(tool for tool in _TOOLS if not shutil.which(tool))
        raise PackageError(f"{package}: cannot be downloaded here, without {missing}")
    tell(f"downloading {package} to {folder}")
    cache.directory().mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=cache.directory()) as work:
        _run(("apt-get", "-qq", "download", package), Path(work), package)
        archives = sorted(Path(work).glob("*.deb"))
        if not archives:
            raise PackageError(f"{package}: apt-get downloaded no package")
        fresh = Path(work) / "unpacked"
        _run(("dpkg-deb", "-x", str(archives[0]), str(fresh)), Path(work), package)
        fresh.chmod(0o755)
        fresh.replace(folder)
    return folder


def _run(command: Sequence[str], folder: Path, package: str) -> str:
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    except subprocess.CalledProcessError as error:
        lines = (error.stderr or error.stdout).strip().splitlines() or [f"exit status {error.returncode}"]
        raise PackageError(f"{package}: {command[0]}: {lines[-1]}") from error
    except OSError as error:
        raise PackageError(f"{package}: {command[0]}: {error.strerror or error}") from error
    return done.stdout


def parts_of(metapackage: str) -> list[str]:
    """The packages that a kernel's metapackage stands for: the image first, then its modules.

    Raises:
        PackageError: the package manager knows no such package.
    """
    found: list[str] = []
    waiting = [metapackage]
    while waiting:
        name = waiting.pop(0)
        depends = _run(("apt-cache", "depends", "--important", name), Path.cwd(), name)
        fresh = [match[1] for line in depends.splitlines() if (match := _PART.fullmatch(line))]
        waiting += [part for part in fresh if part not in found]
        found += [part for part in fresh if part not in found]
    if not found:
        raise PackageError(f"{metapackage}: depends on no kernel")
    return sorted(found, key=lambda part: not part.startswith("linux-image"))


def kernel_package(metapackage: str, tell: Tell) -> Path:
    """The kernel that a metapackage stands for, in the cache, its modules in the same folder.

    Raises:
        PackageError: it cannot be got.
        OSError: the cache cannot be written.
    """
    image, *others = parts_of(metapackage)
    folder = download(image, tell)
    for other in others:
        shutil.copytree(download(other, tell), folder, symlinks=True, dirs_exist_ok=True)
    found = sorted(folder.glob("boot/vmlinuz-*"))
    if not found:
        raise PackageError(f"{image}: there is no kernel in it")
    return found[-1]


def _downloaded() -> Path | None:
    """The kernel that `find_kernel` downloaded before, if it is still there; to ask apt-cache takes a second."""
    try:
        kernel = cache.directory() / (cache.directory() / _FOUND).read_text(encoding="utf-8").strip()
    except OSError:
        return None
    return kernel if kernel.is_file() else None


def installed_kernels() -> Iterator[Path]:
    """Kernels of this system that may be read, the newest first."""
    found = {path.resolve() for place in _PLACES for path in Path("/").glob(place.lstrip("/"))}
    for path in sorted(found, key=_version, reverse=True):
        try:
            with path.open("rb"):
                yield path
        except OSError:
            continue


def _version(path: Path) -> list[int]:
    """What a kernel's file name sorts by: the numbers in it."""
    return [int(number) for number in re.findall(r"\d+", str(path))]


def find_kernel(tell: Tell) -> Path:
    """A kernel: the newest that is installed, or the one that the package manager got, now or before.

    Raises:
        PackageError: there is none; says what to do.
        OSError: the cache cannot be written.
    """
    installed = next(installed_kernels(), None)
    if installed is not None:
        tell(f"kernel {installed}, as installed")
        return installed
    downloaded = _downloaded()
    if downloaded is not None:
        tell(f"kernel {downloaded}")
        return downloaded
    if not can_download():
        raise PackageError("no kernel in /boot or /lib/modules; `vptop guest linux` says how to get one")
    trouble = []
    for metapackage in KERNELS:
        try:
            path = kernel_package(metapackage, tell)
        except PackageError as error:
            trouble.append(str(error))
        else:
            tell(f"kernel {path}")
            (cache.directory() / _FOUND).write_text(f"{path.relative_to(cache.directory())}\n", encoding="utf-8")
            return path
    raise PackageError(f"no kernel could be downloaded: {'; '.join(trouble)}; try `apt-get update` first")

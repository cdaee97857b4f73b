# SPDX-License-Identifier: GPL-2.0-or-later
"""How people get a kernel and a busybox, and what a given pair is good for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from engine.machine.linux import elf, initrd
from engine.machine.linux.errors import LinuxError
from engine.vm.files import read
from engine.vm.linux.busybox import find_busybox
from engine.vm.linux.drivers import CARDS, DISKS, OTHERS, state_of
from engine.vm.linux.kernel import read_image
from engine.vm.linux.modules import ModuleTree
from engine.vm.options import BootError

_MODULE = re.compile(r"lib/modules/(?P<release>[\w.+~-]+)/.*?(?P<name>[\w-]+)\.ko(\.\w+)?$")
HOW_TO_GET = """\
`vptop linux` does all this on Debian and Ubuntu. By hand:

Debian
  apt-get download busybox-static $(apt-cache depends linux-image-cloud-amd64 | sed -n 's/ *Depends: //p')
  for package in *.deb; do dpkg-deb -x "$package" linux; done
  vptop --kernel linux/boot/vmlinuz-* --busybox linux/bin/busybox
Ubuntu
  version=$(apt-cache depends linux-image-virtual | sed -n 's/ *Depends: linux-image-//p')
  apt-get download busybox-static linux-image-$version linux-modules-$version
  for package in *.deb; do dpkg-deb -x "$package" linux; done
  vptop --kernel linux/boot/vmlinuz-* --busybox linux/usr/bin/busybox
Fedora
  dnf download kernel-core kernel-modules-core busybox
  for package in *.rpm; do rpm2cpio "$package" | cpio -idm -D linux --make-directories; done
  vptop --kernel linux/lib/modules/*/vmlinuz --busybox linux/usr/sbin/busybox
Arch
  pacman -Sw --cachedir . linux busybox
  mkdir linux && for package in *.pkg.tar.zst; do tar -xf "$package" -C linux; done
  vptop --kernel linux/usr/lib/modules/*/vmlinuz --busybox linux/usr/bin/busybox
"""
"""For people; without the package manager's own rights, in the current folder."""


def checked(kernel: Path, initial_disk: Path | None, busybox: str) -> Iterator[str]:
    """What a kernel is, how it has the drivers of every device that machines can have, and what is missing.

    Raises:
        BootError: a file cannot be read, or is not what it should be.
    """
    image = read_image(kernel)
    packed = f"bzImage, {image.compression}" if image.compression else "vmlinux"
    yield f"{kernel}: Linux {image.version} ({packed})"
    yield f"  KASLR: {_kaslr(image.vmlinux)}"
    yield from _drivers(kernel, image.version)
    if initial_disk is not None:
        yield from _initial_disk(initial_disk, image.version)
        return
    name, _ = find_busybox(busybox)
    yield f"{name}: a static busybox for the demonstration"


def _initial_disk(path: Path, release: str) -> Iterator[str]:
    """What an initial RAM disk holds of the modules that this kernel can load."""
    data = read(path)
    try:
        initrd.check(data)
        names = [name for name, _ in initrd.files(data)]
    except LinuxError as error:
        raise BootError(f"{path}: {error}") from error
    yield f"{path}: an initial RAM disk with {len(names)} files"
    modules: dict[str, set[str]] = {}
    for found in map(_MODULE.search, names):
        if found is not None:
            modules.setdefault(found["release"], set()).add(found["name"].replace("-", "_"))
    if not modules:
        yield "  no modules: what the kernel has built in must do"
    elif release not in modules:
        yield f"  modules of Linux {', '.join(sorted(modules))}, none of {release}: this kernel can load none of them"
    else:
        drivers = [driver.modules[-1] for driver in (*DISKS.values(), *CARDS.values(), *OTHERS)]
        held = ", ".join(name for name in drivers if name in modules[release])
        yield f"  {len(modules[release])} modules of this kernel; of the machine's drivers: {held or 'none'}"


def _kaslr(vmlinux: elf.Vmlinux) -> str:
    try:
        elf.relocations(vmlinux)
    except LinuxError as error:
        return str(error)
    return "with --kaslr"


def _drivers(kernel: Path, release: str) -> Iterator[str]:
    tree = ModuleTree.beside(kernel, release)
    if tree is None:
        yield f"  no modules: there is no lib/modules/{release} beside the kernel; only what is built in will work"
        return
    yield f"  modules: {tree.folder}"
    choices = [(f"--disk-bus {name}", driver) for name, driver in DISKS.items()]
    choices += [(f"--net {name}", driver) for name, driver in CARDS.items()]
    choices += [("", driver) for driver in OTHERS]
    for option, driver in choices:
        state = state_of(driver, tree) or f"missing: no {driver.modules[-1]}"
        yield f"  {driver.what}{f' ({option})' if option else ''}: {state}"

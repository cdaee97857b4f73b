# SPDX-License-Identifier: GPL-2.0-or-later
"""A whole distribution on a disk: Debian as mmdebstrap(1) installs it, with GRUB, an initial RAM disk and systemd.

Built once into the cache, as root, from the mirror that apt uses: `python -m tests.linux.distribution`.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.errors import VptopError
from engine.vm.linux import packages
from tests.linux import grub

ENABLED = "VPTOP_TEST_DISTRIBUTION"
"""Set in the environment by `make test-distribution`."""
SUITE = os.environ.get("VPTOP_TEST_SUITE", "bookworm")
"""Of Debian; `make test-distribution SUITE=trixie` takes another one."""
IMAGE = grub.CACHE / f"debian-{SUITE}.raw"
INSTALLER = "mmdebstrap"
PACKAGES = ("linux-image-cloud-amd64", "initramfs-tools", "systemd-sysv", "udev", "login", "procps", "kmod", "iproute2")
USER, PASSWORD = "root", "vptop"
SHADOW = "$6$vptop$j3KOEr0O7agzY1nfa0Pz1Pc0P3QzceEpfGCrEISgPuDJfMYWjq0CxEEMXWVo5onqDKZmNsSeZsEaPbzoq66QZ/"
"""crypt(5) of the password."""
IDENTITY = "5d0fae0c-6f0a-4f2e-9c3d-1a1f62d7c0de"
"""UUID of the root file system."""
MODULES = (*grub.MODULES, "configfile", "search", "search_fs_uuid", "test", "echo")
CONFIGURATION = f"""\
serial --unit=0 --speed=115200
terminal_input serial console
terminal_output serial console
set timeout=1
menuentry "Debian GNU/Linux" {{
  search --no-floppy --fs-uuid --set=root {IDENTITY}
  linux /vmlinuz root=UUID={IDENTITY} ro console=tty0 console=ttyS0,115200
  initrd /initrd.img
}}
"""
ROOT_KIB = 800 << 10
TOOLS = ("apt-get", "apt-cache", "dpkg-deb", "mke2fs", "perl")


def missing() -> str:
    """What the tests lack; empty when they can run."""
    if ENABLED not in os.environ or IMAGE.exists():
        return ""
    return f"no {IMAGE}: run `python -m tests.linux.distribution` as root, which builds it from Debian packages"


def hindrance() -> str:
    """Why the image cannot be built; empty when it is there, or can be."""
    if IMAGE.exists():
        return ""
    if os.geteuid():
        return f"no {IMAGE}: run `python -m tests.linux.distribution` as root, with this user's HOME"
    lacking = [tool for tool in TOOLS if shutil.which(tool, path=_path()) is None]
    return f"no {IMAGE}, and no {', '.join(lacking)} to build it with" if lacking else ""


def build(tell: Callable[[str], object]) -> Path:
    """The image, built the first time.

    Raises:
        VptopError: a package cannot be downloaded.
        CalledProcessError: a tool failed.
    """
    if IMAGE.exists():
        return IMAGE
    installer = packages.download(INSTALLER, tell) / "usr/bin" / INSTALLER
    for package in grub.PACKAGES:
        packages.download(package, tell)
    with TemporaryDirectory(dir=grub.CACHE) as name:
        work = Path(name)
        work.chmod(0o755)  # apt's sandbox user reads below it
        root, image = work / "root", work / "image"
        tell(f"installing Debian {SUITE} into {IMAGE}")
        options = ("--mode=root", "--variant=minbase", f"--include={','.join(PACKAGES)}")
        left_out = (f"--dpkgopt=path-exclude=/usr/share/{folder}/*" for folder in ("doc", "locale", "man"))
        settings = ('--aptopt=APT::Install-Recommends "false"', "--dpkgopt=force-unsafe-io", *left_out)
        _run(installer.parent, "perl", str(installer), *options, *settings, SUITE, str(root))
        _configure(root)
        core = grub.core_image(work, ("-p", "(hd0,msdos1)/boot/grub"), MODULES)
        grub.write(image, root, core, ("-t", "ext4", "-U", IDENTITY), ROOT_KIB)
        image.replace(IMAGE)
    return IMAGE


def _configure(root: Path) -> None:
    """What an installer does at its end: a name, a root file system, a password, a menu of the boot loader."""
    (root / "etc/hostname").write_text("debian\n")
    (root / "etc/fstab").write_text(f"UUID={IDENTITY} / ext4 errors=remount-ro 0 1\n")
    shadow = root / "etc/shadow"
    shadow.write_text(shadow.read_text().replace(f"{USER}:*:", f"{USER}:{SHADOW}:", 1))
    (root / "boot/grub").mkdir()
    (root / "boot/grub/grub.cfg").write_text(CONFIGURATION)


def _path() -> str:
    """Where programs are; those of administration, too."""
    return f"{os.environ['PATH']}:/usr/sbin:/sbin"


def _run(helpers: Path, *command: str) -> None:
    """Run a program that calls others in a folder of its own; shows what it printed only when it fails."""
    environment = os.environ | {"PATH": f"{helpers}:{_path()}"}
    done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
    if done.returncode:
        sys.stderr.buffer.write(done.stdout)
    done.check_returncode()


if __name__ == "__main__":
    try:
        if problem := hindrance():
            sys.exit(problem)
        build(print)
    except (VptopError, subprocess.CalledProcessError) as error:
        sys.exit(str(error))

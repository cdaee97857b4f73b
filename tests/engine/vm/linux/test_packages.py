# SPDX-License-Identifier: GPL-2.0-or-later
"""Packages from the system's package manager, tried with stand-ins for its commands."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from engine.vm.linux import cache, packages
from engine.vm.linux.packages import PackageError

APT_GET = """#!/bin/sh
[ "$3" = linux-image-9.9.9-broken ] && { echo "E: Unable to locate package $3" >&2; exit 100; }
echo "$3" > "$3_1_amd64.deb"
"""
APT_CACHE = """#!/bin/sh
case "$3" in
linux-image-virtual) printf '%s\\n  Depends: linux-image-9.8.7-generic\\n  Depends: linux-base\\n' "$3";;
linux-image-9.8.7-generic) printf '%s\\n  Depends: kmod\\n  Depends: linux-modules-9.8.7-generic\\n' "$3";;
linux-image-broken) printf '%s\\n  Depends: linux-image-9.9.9-broken\\n' "$3";;
linux-modules-9.8.7-generic|linux-image-9.9.9-broken|linux-base) echo "$3";;
*) echo 'E: No packages found' >&2; exit 100;;
esac
"""
DPKG_DEB = """#!/bin/sh
name=$(cat "$2")
mkdir -p "$3/lib/modules/9.8.7"
case "$name" in
linux-image-*) mkdir -p "$3/boot"; echo kernel > "$3/boot/vmlinuz-9.8.7";;
*) echo module > "$3/lib/modules/9.8.7/$name.ko";;
esac
"""


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A system with a package manager and an empty cache."""
    folder = tmp_path / "bin"
    folder.mkdir()
    for name, text in (("apt-get", APT_GET), ("apt-cache", APT_CACHE), ("dpkg-deb", DPKG_DEB)):
        (folder / name).write_text(text)
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    monkeypatch.setattr(cache, "directory", lambda: tmp_path / "cache")
    return folder


def test_a_package_is_downloaded_once_and_kept_whole(apt: Path, tmp_path: Path, told: list[str]) -> None:
    folder = packages.download("busybox-static", told.append)
    assert folder == tmp_path / "cache/busybox-static"
    assert (folder / "lib/modules/9.8.7/busybox-static.ko").exists()
    assert packages.download("busybox-static", told.append) == folder
    assert told == [f"downloading busybox-static to {folder}"]
    assert list((tmp_path / "cache").iterdir()) == [folder]
    assert stat.S_IMODE(folder.stat().st_mode) == 0o755


def test_a_package_that_cannot_be_had_leaves_nothing(apt: Path, tmp_path: Path, told: list[str]) -> None:
    with pytest.raises(PackageError, match=r"linux-image-9\.9\.9-broken: apt-get: E: Unable to locate package"):
        packages.download("linux-image-9.9.9-broken", told.append)
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_metapackage_leads_to_image_and_modules_in_one_folder(apt: Path, told: list[str]) -> None:
    assert packages.parts_of("linux-image-virtual") == ["linux-image-9.8.7-generic", "linux-modules-9.8.7-generic"]
    kernel = packages.kernel_package("linux-image-virtual", told.append)
    assert kernel.name == "vmlinuz-9.8.7"
    assert (kernel.parents[1] / "lib/modules/9.8.7/linux-modules-9.8.7-generic.ko").exists()


def test_an_unknown_metapackage_is_told(apt: Path) -> None:
    with pytest.raises(PackageError, match="linux-image-none: apt-cache: E: No packages found"):
        packages.parts_of("linux-image-none")


def test_a_kernel_is_found_installed_or_else_downloaded(
    apt: Path, told: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(packages, "_PLACES", ())
    monkeypatch.setattr(packages, "KERNELS", ("linux-image-none", "linux-image-virtual"))
    downloaded = packages.find_kernel(told.append)
    assert downloaded.name == "vmlinuz-9.8.7"
    (apt / "apt-cache").unlink()
    told.clear()
    assert packages.find_kernel(told.append) == downloaded, "the package manager is not asked again"
    assert told == [f"kernel {downloaded}"]
    boot = tmp_path / "boot"
    boot.mkdir()
    for version in ("6.9.1", "6.10.0"):
        (boot / f"vmlinuz-{version}").touch()
    monkeypatch.setattr(packages, "_PLACES", (str(boot / "vmlinuz-*"),))
    told.clear()
    assert packages.find_kernel(told.append) == boot / "vmlinuz-6.10.0"
    assert told == [f"kernel {boot / 'vmlinuz-6.10.0'}, as installed"]


def test_no_kernel_at_all(apt: Path, monkeypatch: pytest.MonkeyPatch, told: list[str], tmp_path: Path) -> None:
    monkeypatch.setattr(packages, "_PLACES", ())
    monkeypatch.setattr(packages, "KERNELS", ("linux-image-broken", "linux-image-none"))
    with pytest.raises(PackageError, match=r"no kernel could be downloaded: .*Unable.*; .*No packages.*apt-get update"):
        packages.find_kernel(told.append)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PackageError, match=r"no kernel in /boot.*vptop guest linux"):
        packages.find_kernel(told.append)
    with pytest.raises(PackageError, match="cannot be downloaded here, without apt-get, apt-cache, dpkg-deb"):
        packages.download("busybox-static", told.append)

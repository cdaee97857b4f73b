# SPDX-License-Identifier: GPL-2.0-or-later
"""Modules of a kernel package: found, read, put in order."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.vm.linux.modules import ModuleTree
from engine.vm.options import BootError
from tests.engine.vm.linux.packages import RELEASE, module, unpacked_kernel


@pytest.fixture
def tree(tmp_path: Path) -> ModuleTree:
    found = ModuleTree.beside(unpacked_kernel(tmp_path, b""), RELEASE)
    assert found is not None
    return found


def test_there_are_none_beside_a_lonely_kernel(tmp_path: Path) -> None:
    assert ModuleTree.beside(tmp_path / "boot" / "vmlinuz", "9.8.7-lonely") is None


def test_they_are_found_where_fedora_and_arch_keep_the_kernel(tree: ModuleTree) -> None:
    found = ModuleTree.beside(tree.folder / "vmlinuz", RELEASE)
    assert found is not None
    assert found.folder == tree.folder
    assert ModuleTree.beside(tree.folder / "vmlinuz", "9.8.7-other") is None


def test_a_module_is_read_also_when_it_is_compressed(tree: ModuleTree) -> None:
    found = tree.find("virtio")
    assert found is not None
    assert (found.name, found.data, found.depends) == (
        "virtio", module("virtio", "virtio_ring"), ("virtio_ring",),
    )  # fmt: skip
    network = tree.find("virtio-net")
    assert network is not None
    assert network.drives("virtio:d00000001v00001AF4")
    assert not network.drives("virtio:d00000002v00001AF4")


def test_what_is_built_in(tree: ModuleTree) -> None:
    found = tree.find("nvme")
    assert found is not None
    assert (found.data, tree.built_in("nvme"), tree.built_in("virtio")) == (b"", True, False)
    assert found.drives("pci:v000015ADd000007F0sv00000000sd00000000bc01sc08i02")
    assert tree.find("no_such_module") is None


def test_dependencies_come_first_and_only_once(tree: ModuleTree) -> None:
    names = [found.name for found in tree.with_dependencies(["nvme", "virtio_pci", "none", "virtio_net", "virtio-rng"])]
    assert names == ["virtio_ring", "virtio", "virtio_pci", "virtio_net", "virtio_rng"]
    assert {found.name for found in tree.with_dependencies(["loop_a"])} == {"loop_a", "loop_b"}


def test_a_damaged_module_is_told_by_name(tree: ModuleTree) -> None:
    path = tree.folder / "kernel/drivers/virtio/virtio.ko.xz"
    path.write_bytes(path.read_bytes()[:40] + b"damage" * 4)
    with pytest.raises(BootError, match=r"virtio\.ko\.xz: damaged xz data"):
        tree.find("virtio")

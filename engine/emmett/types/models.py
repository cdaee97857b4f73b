# SPDX-License-Identifier: GPL-2.0-or-later
"""Memory models: how large the types of guest memory are, and which built-in function reads them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Model:
    """One memory model; sizes in bytes."""

    name: str
    accessor: str
    int_bytes: int
    long_bytes: int
    pointer_bytes: int


MODELS: dict[str, Model] = {
    model.name: model
    for model in (
        Model("guest16", "getguest", 2, 4, 2),
        Model("guest32", "getguest", 4, 4, 4),
        Model("guest64", "getguest", 4, 8, 8),
        Model("guestphys", "getguestphys", 8, 8, 8),
    )
}
DEFAULT = MODELS["guest64"]
ELSEWHERE = ("vmw32", "vmw64", "vmm32", "vmm64", "vmk")
"""Models of the memory of VMware's monitor and kernel, which does not exist here."""
EXPLICIT: dict[str, int] = {
    "int8": 1, "int16": 2, "int32": 4, "int64": 8, "uint8": 1, "uint16": 2, "uint32": 4, "uint64": 8,
}  # fmt: skip
"""Predefined names of integer types, and their bytes in every model."""


def refusal(name: str) -> tuple[str, str]:
    """Why a name is no memory model, and what is."""
    if name in ELSEWHERE:
        message = f"memory model `{name}` reads the memory of VMware's monitor, which does not exist here"
        return message, "`memmodel guest64;`, the default, for a 64-bit guest, or guest32, guest16, guestphys"
    return f"invalid memory model `{name}`", ", ".join(MODELS)

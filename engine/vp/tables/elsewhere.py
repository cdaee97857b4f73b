# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of other VProbes generations that do not exist in this machine, and why."""

from __future__ import annotations

_MONITOR = "this machine has no monitor whose memory could be read"
_VMKERNEL = "this machine has no VMkernel"
_STATE = "probes never change the state of the machine"
_REAL_TSC = "TSC is the pseudo time stamp counter since VP 1.0; use it instead"
_EMULATED = "the processor is emulated as a whole and has no such mode"

ABSENT_FUNCTIONS: dict[str, str] = {
    "getvmw": _MONITOR, "getvmwstr": _MONITOR, "getmonitor": _MONITOR, "getvmkernel": _VMKERNEL,
    "vmwstack": "this machine has no monitor with a stack", "vmmstack": "this machine has no monitor with a stack",
    "worldtovmid": _VMKERNEL, "schedtrace": _VMKERNEL, "getmeminfo": _VMKERNEL,
    "readpmc": "the virtual processor has no performance counters",
    "suspendvm": _STATE, "livecore": _STATE, "fatalPSOD": _STATE,
    "delayus": "guest time stands still while a probe runs",
    "syscname": "the names of system calls are not known",
}  # fmt: skip
ABSENT_VARIABLES: dict[str, str] = {
    "PTSC": _REAL_TSC, "PTSC_HZ": "use TSC_HZ instead",
    "ISVMM32": "use ISVMM instead", "ISVMM64": "use ISVMM instead",
    "APICREGS": _MONITOR, "SELSTATE": _MONITOR, "MEMSCHED_ADDR": _VMKERNEL, "PRDA_ADDR": _VMKERNEL,
    "PCPU": "use PCPUID instead", "EMULATION_MODE": _EMULATED,
}  # fmt: skip
ABSENT_DOMAINS: dict[str, str] = {
    "VMK": _VMKERNEL, "POSIX": "processes of the host are not probed", "MONITOR": "this machine has no monitor",
    "VMKERNEL": _VMKERNEL, "VMKERNEL_RET": _VMKERNEL, "VMKERNEL_DYN": _VMKERNEL, "VMKERNEL_STEP": _VMKERNEL,
}  # fmt: skip
"""Domains, as they stand before the first colon of a probe name or behind the `@` that begins a section."""


def absent_domain(name: str) -> tuple[str, str] | None:
    """The domain of a probe name that does not exist here, and why; None for every other name."""
    domain = name.partition(":")[0] if ":" in name else ""
    if domain in ABSENT_DOMAINS:
        return domain, ABSENT_DOMAINS[domain]
    kind = domain.rstrip("0123456789")
    if kind in ("VMM", "VMX", "GUEST") and domain[len(kind) :] not in ("", "0", "1"):
        return domain, "probes reach only the virtual machine they are loaded into"
    return None

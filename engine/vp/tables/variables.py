# SPDX-License-Identifier: GPL-2.0-or-later
"""Built-in global variables (manual, tables 2-1 to 2-5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from engine.core.variables import VCPU_VARIABLES, Variable
from engine.vp.tables.builtins import Type


class Scope(StrEnum):
    """Whose value it is."""

    PROBE = "the executing probe"
    VCPU = "per VCPU"
    PCPU = "per PCPU"
    THREAD = "per thread"
    GLOBAL = "global"


@dataclass(frozen=True, slots=True)
class BuiltinVariable:
    """One variable. `number` is None for strings, each of which has an operation of its name."""

    name: str
    number: Variable | None
    type: Type
    scope: Scope
    doc: str
    page: int
    vendor: str = ""
    """intel or amd for the state of their virtualisation"""

    @property
    def is_vcpu_state(self) -> bool:
        """Not there in VMX context."""
        return self.number is not None and self.number < VCPU_VARIABLES


_SEGMENTS = ("CS", "SS", "DS", "ES", "FS", "GS", "TR", "LDTR")
_PARTS = {"": "selector", "AR": "access rights", "BASE": "base", "LIMIT": "limit"}
_SEGMENT_DOC = {"TR": "the task register", "LDTR": "the local descriptor table register"}
_GENERAL = ["RAX", "RBX", "RCX", "RDX", "RSI", "RDI", "RSP", "RBP", *(f"R{number}" for number in range(8, 16))]
_VCPU_DOC = {
    "RIP": "Instruction pointer.",
    "RFLAGS": "Flags register.",
    "GDTRBASE": "Base of the global descriptor table.",
    "GDTRLIMIT": "Limit of the global descriptor table.",
    "IDTRBASE": "Base of the interrupt descriptor table.",
    "IDTRLIMIT": "Limit of the interrupt descriptor table.",
    "CR0": "Control register 0.",
    "CR2": "Control register 2: linear address of the latest page fault.",
    "CR3": "Control register 3: page table base.",
    "CR4": "Control register 4.",
    "CR8": "Control register 8: task priority.",
    "DR6": "Debug register 6: status.",
    "DR7": "Debug register 7: control.",
    "EFER": "Extended feature enable register.",
    "KERNELGSBASE": "MSR that SWAPGS exchanges with the GS base.",
    "APIC_BASEPA": "Physical address of the local APIC.",
}
_VMCS_DOC = {
    "VMCS_EXIT_REASON": "Reason of the latest exit (Intel SDM vol. 3, appendix C).",
    "VMCS_INTR_INFO": "Interruption information of the latest exit.",
    "VMCS_INTR_ERR": "Interruption error code of the latest exit.",
    "VMCS_IDTVEC_INFO": "Event whose delivery the exit interrupted.",
    "VMCS_IDTVEC_ERR": "Error code of that event.",
    "VMCS_INSTRLEN": "Length of the instruction that caused the exit.",
    "VMCS_VMENTRY_INTR_INFO": "Event injected at the next entry.",
    "VMCS_VMENTRYXCP_ERR": "Error code of the injected event.",
    "VMCS_EXIT_QUAL": "Qualification of the latest exit.",
    "VMCS_INSTR_INFO": "Instruction information of the latest exit: address size and segment of INS and OUTS.",
}
_VMCB_DOC = {
    "VMCB_EXITCODE": "Code of the latest exit (AMD APM vol. 2, appendix C).",
    "VMCB_EXITINFO1": "First information word of the exit.",
    "VMCB_EXITINFO2": "Second information word of the exit.",
    "VMCB_EXITINTINFO": "Event whose delivery the exit interrupted.",
    "VMCB_EVENTINJ": "Event injected at the next entry.",
    "VMCB_TLBCTL": "TLB control.",
    "VMCB_VAPIC": "Virtual APIC and interrupt control.",
}
SPELLINGS = {
    "VMCS_EXIT_INTR_INFO": "VMCS_INTR_INFO",
    "VMCS_EXIT_INTR_ERR": "VMCS_INTR_ERR",
    "VMCS_VMENTRY_XCP_ERR": "VMCS_VMENTRYXCP_ERR",
}
"""The toolkit's spellings of three variables."""


def _integer(name: str, scope: Scope, doc: str, page: int, vendor: str = "") -> BuiltinVariable:
    return BuiltinVariable(name, Variable[SPELLINGS.get(name, name)], Type.INTEGER, scope, doc, page, vendor)


def _rows() -> list[BuiltinVariable]:
    rows = [_integer(f"ARG{n}", Scope.PROBE, f"Argument {n} of the probe.", 14) for n in range(10)]
    rows.append(BuiltinVariable("PROBENAME", None, Type.STRING, Scope.PROBE, "Name of the executing probe.", 14))
    caught = "Name of the run-time error that try caught last, or empty."
    rows += [
        BuiltinVariable("EXCNAME", None, Type.STRING, Scope.PROBE, caught, 0),
        BuiltinVariable("EXCDESC", None, Type.STRING, Scope.PROBE, "What that error is, in words.", 0),
    ]
    rows += [_integer(name, Scope.VCPU, f"General purpose register {name}.", 15) for name in _GENERAL]
    rows += [_integer(name, Scope.VCPU, doc, 15) for name, doc in _VCPU_DOC.items()]
    for segment in _SEGMENTS:
        what = _SEGMENT_DOC.get(segment, f"the {segment} register")
        rows += [
            _integer(segment + part, Scope.VCPU, f"{word.capitalize()} of {what}.", 15) for part, word in _PARTS.items()
        ]
    rows += [
        _integer("SMM", Scope.VCPU, "1 in system management mode, else 0.", 15),
        _integer("TSC", Scope.GLOBAL, "Time stamp counter; the same on all CPUs, never goes back.", 15),
        _integer("TSC_HZ", Scope.PCPU, "Ticks of TSC in a second.", 16),
        _integer("VCPUID", Scope.VCPU, "Number of the virtual CPU.", 16),
        _integer("PCPUID", Scope.PCPU, "Number of the physical CPU.", 16),
        _integer("THREADID", Scope.THREAD, "Number of the thread that fires.", 16),
        _integer("NUMVCPUS", Scope.GLOBAL, "Count of virtual CPUs.", 16),
        _integer("BRCNT", Scope.GLOBAL, "Count of executed blocks (branches).", 16),
        _integer("ISVMM", Scope.THREAD, "1 on a virtual CPU, 0 in VMX context.", 0),
        _integer("HVSTATE", Scope.VCPU, "1: exits are those of hardware-assisted virtualization.", 0),
        _integer("WORLDID", Scope.THREAD, "Number of the thread that fires, like THREADID.", 0),
        _integer(
            "RDTSC",
            Scope.PCPU,
            "Time stamp counter of the host. It runs while a probe does, and makes output differ from run to run.",
            0,
        ),
    ]
    rows += [
        _integer(name, Scope.VCPU, doc, 0 if name == "VMCS_INSTR_INFO" else 16, "intel")
        for name, doc in _VMCS_DOC.items()
    ]
    rows += [_integer(name, Scope.VCPU, _VMCS_DOC[real], 16, "intel") for name, real in SPELLINGS.items()]
    rows += [_integer(name, Scope.VCPU, doc, 16, "amd") for name, doc in _VMCB_DOC.items()]
    return rows


VARIABLES: dict[str, BuiltinVariable] = {row.name: row for row in _rows()}

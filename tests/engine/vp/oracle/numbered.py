# SPDX-License-Identifier: GPL-2.0-or-later
"""State named by numbers, for the builtins of the engine of 2011 (Intel SDM volume 3, appendix B, and volume 4)."""

from __future__ import annotations

GENERAL = ["RAX", "RCX", "RDX", "RBX", "RSP", "RBP", "RSI", "RDI", "R8", "R9", "R10", "R11", "R12", "R13", "R14", "R15"]
"""Registers in the order of their numbers in instructions."""

_SEGMENTS = ["ES", "CS", "SS", "DS", "FS", "GS", "LDTR", "TR"]
VMCS: dict[int, str] = {
    0x4402: "VMCS_EXIT_REASON", 0x4404: "VMCS_INTR_INFO", 0x4406: "VMCS_INTR_ERR", 0x4408: "VMCS_IDTVEC_INFO",
    0x440A: "VMCS_IDTVEC_ERR", 0x440C: "VMCS_INSTRLEN", 0x440E: "VMCS_INSTR_INFO", 0x6400: "VMCS_EXIT_QUAL",
    0x4016: "VMCS_VMENTRY_INTR_INFO", 0x4018: "VMCS_VMENTRYXCP_ERR", 0x2806: "EFER",
    0x6800: "CR0", 0x6802: "CR3", 0x6804: "CR4", 0x4810: "GDTRLIMIT", 0x4812: "IDTRLIMIT", 0x6816: "GDTRBASE",
    0x6818: "IDTRBASE", 0x681A: "DR7", 0x681C: "RSP", 0x681E: "RIP", 0x6820: "RFLAGS",
    **{0x800 + 2 * number: name for number, name in enumerate(_SEGMENTS)},
    **{0x4800 + 2 * number: name + "LIMIT" for number, name in enumerate(_SEGMENTS)},
    **{0x4814 + 2 * number: name + "AR" for number, name in enumerate(_SEGMENTS)},
    **{0x6806 + 2 * number: name + "BASE" for number, name in enumerate(_SEGMENTS)},
}  # fmt: skip
"""Fields of the VMCS by their encoding, and the variables that show the same."""

MSRS = {
    0x10: "TSC", 0x1B: "APIC_BASEPA", 0xC0000080: "EFER", 0xC0000100: "FSBASE", 0xC0000101: "GSBASE",
    0xC0000102: "KERNELGSBASE",
}  # fmt: skip
"""Model-specific registers that a variable shows, too."""

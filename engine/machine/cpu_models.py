# SPDX-License-Identifier: GPL-2.0-or-later
"""CPU models: what CPUID reports, from what the translator really does (Intel SDM volume 2, CPUID; AMD64 volume 3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from engine.machine.choices import Vendor

_LEAF1_EDX, _LEAF1_ECX, _LEAF7_EBX, _, _LEAF7_EDX, _, _EXTENDED1_EDX, _EXTENDED1_ECX, _EXTENDED7_EDX = range(9)
_EXTENDED8_EBX, _EXTENDED33_EAX, _EXTENDED33_ECX = range(9, 12)
WORDS = 12
"""Registers of CPUID with features, in the order of vpc_cpu_model."""

FEATURES: Mapping[str, tuple[int, int]] = {
    "fpu": (_LEAF1_EDX, 0),
    "de": (_LEAF1_EDX, 2),
    "pse": (_LEAF1_EDX, 3),
    "tsc": (_LEAF1_EDX, 4),
    "msr": (_LEAF1_EDX, 5),
    "pae": (_LEAF1_EDX, 6),
    "mce": (_LEAF1_EDX, 7),
    "cx8": (_LEAF1_EDX, 8),
    "apic": (_LEAF1_EDX, 9),
    "sep": (_LEAF1_EDX, 11),
    "mtrr": (_LEAF1_EDX, 12),
    "pge": (_LEAF1_EDX, 13),
    "mca": (_LEAF1_EDX, 14),
    "cmov": (_LEAF1_EDX, 15),
    "pat": (_LEAF1_EDX, 16),
    "pse36": (_LEAF1_EDX, 17),
    "clflush": (_LEAF1_EDX, 19),
    "mmx": (_LEAF1_EDX, 23),
    "fxsr": (_LEAF1_EDX, 24),
    "sse": (_LEAF1_EDX, 25),
    "sse2": (_LEAF1_EDX, 26),
    "sse3": (_LEAF1_ECX, 0),
    "pclmulqdq": (_LEAF1_ECX, 1),
    "ssse3": (_LEAF1_ECX, 9),
    "cx16": (_LEAF1_ECX, 13),
    "pcid": (_LEAF1_ECX, 17),
    "sse4.1": (_LEAF1_ECX, 19),
    "sse4.2": (_LEAF1_ECX, 20),
    "x2apic": (_LEAF1_ECX, 21),
    "movbe": (_LEAF1_ECX, 22),
    "popcnt": (_LEAF1_ECX, 23),
    "tsc_deadline": (_LEAF1_ECX, 24),
    "aes": (_LEAF1_ECX, 25),
    "hypervisor": (_LEAF1_ECX, 31),
    "fsgsbase": (_LEAF7_EBX, 0),
    "tsc_adjust": (_LEAF7_EBX, 1),
    "bmi1": (_LEAF7_EBX, 3),
    "smep": (_LEAF7_EBX, 7),
    "bmi2": (_LEAF7_EBX, 8),
    "erms": (_LEAF7_EBX, 9),
    "invpcid": (_LEAF7_EBX, 10),
    "adx": (_LEAF7_EBX, 19),
    "smap": (_LEAF7_EBX, 20),
    "clflushopt": (_LEAF7_EBX, 23),
    "clwb": (_LEAF7_EBX, 24),
    "arch_capabilities": (_LEAF7_EDX, 29),
    "syscall": (_EXTENDED1_EDX, 11),
    "nx": (_EXTENDED1_EDX, 20),
    "pdpe1gb": (_EXTENDED1_EDX, 26),
    "rdtscp": (_EXTENDED1_EDX, 27),
    "lm": (_EXTENDED1_EDX, 29),
    "lahf_lm": (_EXTENDED1_ECX, 0),
    "abm": (_EXTENDED1_ECX, 5),
    "invtsc": (_EXTENDED7_EDX, 8),
    "ssb_no": (_EXTENDED8_EBX, 26),
    "lfence_serializing": (_EXTENDED33_EAX, 2),
    "null_clears_base": (_EXTENDED33_EAX, 6),
    "srso_no": (_EXTENDED33_EAX, 29),
    "tsa_sq_no": (_EXTENDED33_ECX, 1),
    "tsa_l1_no": (_EXTENDED33_ECX, 2),
}
"""Register and bit of each feature. The translator lacks AVX and UMIP. Its protection keys need XSAVE, which the
machine does not report: kernels could not switch them. RDRAND would make runs differ."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_BASELINE = _names(
    "fpu de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 syscall nx lm "
    "hypervisor"
)
_HASWELL = _BASELINE | _names(
    "sse3 pclmulqdq ssse3 cx16 sse4.1 sse4.2 movbe popcnt aes rdtscp lahf_lm abm fsgsbase tsc_adjust bmi1 smep bmi2 "
    "erms pcid invpcid x2apic tsc_deadline"
)
_MODERN = _HASWELL | _names("adx smap clflushopt clwb pdpe1gb invtsc")
_ONLY: Mapping[Vendor, frozenset[str]] = {
    "intel": _names("arch_capabilities tsc_deadline tsc_adjust"),
    "amd": _names("ssb_no lfence_serializing null_clears_base srso_no tsa_sq_no tsa_l1_no"),
}
"""Features that CPUs of the other vendor do not report."""
_NO_WEAKNESS = _ONLY["amd"] | {"arch_capabilities"}


@dataclass(frozen=True, slots=True)
class Signature:
    """Family, model and stepping."""

    family: int
    model: int
    stepping: int

    @property
    def eax(self) -> int:
        """As CPUID leaf 1 has it in EAX."""
        extended = max(self.family - 15, 0)
        return (
            extended << 20 | self.model >> 4 << 16 | min(self.family, 15) << 8 | (self.model & 15) << 4 | self.stepping
        )


@dataclass(frozen=True, slots=True)
class CpuModel:
    """A CPU that can be chosen."""

    name: str
    summary: str
    signatures: Mapping[Vendor, Signature]
    features: frozenset[str]

    def words(self, vendor: Vendor) -> tuple[int, ...]:
        """Its features as registers of CPUID."""
        found = [0] * WORDS
        for name in self.features_of(vendor):
            word, bit = FEATURES[name]
            found[word] |= 1 << bit
        return tuple(found)

    def features_of(self, vendor: Vendor) -> frozenset[str]:
        """Its features on a CPU of a vendor."""
        return self.features - frozenset().union(*(names for other, names in _ONLY.items() if other != vendor))


MODELS: Mapping[str, CpuModel] = {
    model.name: model
    for model in (
        CpuModel(
            "modern",
            "every feature that the machine has, and no weakness of speculation (default)",
            {"intel": Signature(6, 106, 6), "amd": Signature(26, 2, 1)},
            _MODERN | _NO_WEAKNESS,
        ),
        CpuModel(
            "haswell",
            "as of 2013: without SMAP, and with the weaknesses that kernels mitigate, as Meltdown",
            {"intel": Signature(6, 60, 4), "amd": Signature(21, 2, 0)},
            _HASWELL,
        ),
        CpuModel(
            "minimal",
            "what every x86-64 CPU has, and nothing else",
            {"intel": Signature(6, 15, 11), "amd": Signature(15, 107, 1)},
            _BASELINE,
        ),
    )
}
DEFAULT = "modern"

# SPDX-License-Identifier: GPL-2.0-or-later
"""Numbers of the built-in integer variables; src/variables.h holds the same list for C (a test compares them)."""

from __future__ import annotations

from enum import IntEnum


class Variable(IntEnum):
    """A built-in integer variable of VP (manual, tables 2-1 to 2-5)."""

    RIP = 0
    RAX = 1
    RBX = 2
    RCX = 3
    RDX = 4
    RSI = 5
    RDI = 6
    RSP = 7
    RBP = 8
    R8 = 9
    R9 = 10
    R10 = 11
    R11 = 12
    R12 = 13
    R13 = 14
    R14 = 15
    R15 = 16
    RFLAGS = 17
    CS = 18
    CSAR = 19
    CSBASE = 20
    CSLIMIT = 21
    SS = 22
    SSAR = 23
    SSBASE = 24
    SSLIMIT = 25
    DS = 26
    DSAR = 27
    DSBASE = 28
    DSLIMIT = 29
    ES = 30
    ESAR = 31
    ESBASE = 32
    ESLIMIT = 33
    FS = 34
    FSAR = 35
    FSBASE = 36
    FSLIMIT = 37
    GS = 38
    GSAR = 39
    GSBASE = 40
    GSLIMIT = 41
    TR = 42
    TRAR = 43
    TRBASE = 44
    TRLIMIT = 45
    LDTR = 46
    LDTRAR = 47
    LDTRBASE = 48
    LDTRLIMIT = 49
    GDTRBASE = 50
    GDTRLIMIT = 51
    IDTRBASE = 52
    IDTRLIMIT = 53
    CR0 = 54
    CR2 = 55
    CR3 = 56
    CR4 = 57
    CR8 = 58
    DR6 = 59
    DR7 = 60
    EFER = 61
    KERNELGSBASE = 62
    APIC_BASEPA = 63
    SMM = 64
    VCPUID = 65
    VMCS_EXIT_REASON = 66
    VMCS_INTR_INFO = 67
    VMCS_INTR_ERR = 68
    VMCS_IDTVEC_INFO = 69
    VMCS_IDTVEC_ERR = 70
    VMCS_INSTRLEN = 71
    VMCS_VMENTRY_INTR_INFO = 72
    VMCS_VMENTRYXCP_ERR = 73
    VMCS_EXIT_QUAL = 74
    VMCS_INSTR_INFO = 75
    VMCB_EXITCODE = 76
    VMCB_EXITINFO1 = 77
    VMCB_EXITINFO2 = 78
    VMCB_EXITINTINFO = 79
    VMCB_EVENTINJ = 80
    VMCB_TLBCTL = 81
    VMCB_VAPIC = 82
    HVSTATE = 83
    TSC = 84
    TSC_HZ = 85
    PCPUID = 86
    THREADID = 87
    NUMVCPUS = 88
    BRCNT = 89
    ISVMM = 90
    WORLDID = 91
    RDTSC = 92
    ARG0 = 93
    ARG1 = 94
    ARG2 = 95
    ARG3 = 96
    ARG4 = 97
    ARG5 = 98
    ARG6 = 99
    ARG7 = 100
    ARG8 = 101
    ARG9 = 102


VCPU_VARIABLES = Variable.TSC
"""Variables below this one are VCPU state: not there in VMX context."""

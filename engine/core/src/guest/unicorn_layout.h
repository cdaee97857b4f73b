/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where Unicorn 2.1.4 keeps the state of an x86 CPU: byte offsets, checked at start by vpc_cpu's self-test. */
#ifndef VPC_UNICORN_LAYOUT_H
#define VPC_UNICORN_LAYOUT_H
#define UC_VERSION_SUPPORTED "2.1.4"

/* inside CPUX86State */
#define ENV_REGS 0x0          /* 16 x u64: RAX RCX RDX RBX RSP RBP RSI RDI R8..R15 */
#define ENV_EIP 0x80
#define ENV_EFLAGS 0x88       /* lacks the condition codes; use helper_read_eflags */
#define ENV_DF 0xAC           /* i32: 1, or -1 with RFLAGS.DF */
#define ENV_HFLAGS 0xB0
#define ENV_HFLAGS2 0xB4
#define ENV_SEGS 0xB8         /* ES CS SS DS FS GS, 24 bytes each: u32 selector, u64 base, u32 limit, u32 flags */
#define ENV_LDT 0x148
#define ENV_TR 0x160
#define ENV_GDT 0x178
#define ENV_IDT 0x190
#define ENV_CR0 0x1A8         /* u64, as the other control registers */
#define ENV_CR2 0x1B8
#define ENV_CR3 0x1C0
#define ENV_CR4 0x1C8
#define ENV_A20_MASK 0x1F0    /* i32: -1 unless A20 is masked */
#define ENV_EFER 0x250
#define ENV_FPU_STATUS 0x260  /* u16, without the top of the stack */
#define ENV_FPU_CONTROL 0x262   /* u16 */
#define ENV_X87_FLAGS 0x30A   /* u8: exceptions that arithmetic has met */
#define ENV_SSE_FLAGS 0x32A
#define ENV_MXCSR 0x330       /* u32 */
#define ENV_SYSENTER_CS 0x12C0  /* u32 */
#define ENV_SYSENTER_ESP 0x12C8
#define ENV_SYSENTER_EIP 0x12D0
#define ENV_STAR 0x12D8
#define ENV_VM_HSAVE 0x12E0
#define ENV_LSTAR 0x12E8
#define ENV_CSTAR 0x12F0
#define ENV_FMASK 0x12F8
#define ENV_KERNELGSBASE 0x1300
#define ENV_TSC_AUX 0x1320
#define ENV_SMBASE 0x14A8
#define ENV_ERROR_CODE 0x1508
#define ENV_EXCEPTION_IS_INT 0x150C
#define ENV_EXCEPTION_NEXT_EIP 0x1510
#define ENV_DR0 0x1518        /* u64, as the other debug registers */
#define ENV_DR6 0x1548
#define ENV_DR7 0x1550
#define ENV_BREAKPOINTS 0x1558  /* pointers of the emulator, worth nothing elsewhere */
#define ENV_BREAKPOINTS_BYTES 0x20
#define ENV_OLD_EXCEPTION 0x1578
#define ENV_VM_VMCB 0x1580
#define ENV_INTERCEPT 0x1590
#define ENV_TPR 0x15B4       /* u8: CR8 as the guest wrote it */
#define ENV_RETADDR 0x15B8
#define ENV_BYTES 0x15C0      /* what Unicorn's own contexts hold */

/* What CPUID says of the CPU; instructions ask here whether they exist. */
#define ENV_HIGHEST_LEAF 0x15E4   /* u32, of the basic ones */
#define ENV_VENDOR 0x15F0      /* 12 bytes */
#define ENV_SIGNATURE 0x15FC   /* u32: EAX of leaf 1 */
#define ENV_FEATURES 0x1600    /* u64 each, in the order of vpc_cpu_model */
#define UC_FEATURE_WORDS 10    /* that Unicorn knows */
#define FEATURES_1_ECX 1       /* place of a register there */
#define FEATURES_7_EBX 2
#define FEATURES_7_EDX 4
#define FEATURES_80000021_EAX 10
#define FEATURES_80000021_ECX 11
#define FEATURE_OSXSAVE (1u << 27)
#define FEATURE_TSC_ADJUST (1u << 1)
#define FEATURE_INVPCID (1u << 10)
#define FEATURE_ARCH_CAPABILITIES (1u << 29)

/* before CPUX86State: for each kind of access rights {u64 mask, u64 address of the table} of the TLB */
#define ENV_TLB (-0x40)
#define TLB_MODES 3
#define UC_TLB_ENTRIES 256u   /* at first */
#define TLB_ENTRY_BITS 6
#define TLB_READ 0            /* linear page the entry lets read, or -1; flags in the low bits */
#define TLB_WRITE 8
#define TLB_CODE 16
#define TLB_PHYSICAL 24       /* address of the physical page */
#define TLB_ADDEND 32         /* host address minus linear address */
#define TLB_GLOBAL 40         /* unused by Unicorn; ours: 1 for a global page */
#define TLB_INVALID 0x800u    /* flag: ask tlb_fill again at the next access */
#define TLB_NOTDIRTY 0x400u   /* flag: a store looks first whether there is translated code */
#define TLB_MMIO 0x200u
#define ENV_TLB_DESC (-0x870) /* what else is known of the TLB, for each kind of access rights */
#define TLB_DESC_BYTES 0x2b8
#define TLB_DESC_LARGE_ADDRESS 0x0
#define TLB_DESC_LARGE_MASK 0x8
#define TLB_DESC_NEXT_VICTIM 0x28
#define TLB_DESC_VICTIMS 0x30 /* entries that were pushed out */
#define TLB_DESC_VICTIM_IO 0x230
#define TLB_DESC_IO 0x2b0     /* pointer: for each entry, 16 bytes: address in RAM minus linear address, attributes */
#define TLB_IO_BYTES 16
#define TLB_VICTIMS 8

#define ENV_SEG_BYTES 24
#define SEG_SELECTOR 0
#define SEG_BASE 8
#define SEG_LIMIT 16
#define SEG_FLAGS 20

#define HF_CPL 0x3
#define HF_INHIBIT_IRQ 0x8
#define HF_LMA 0x4000
#define HF_CS64 0x8000
#define HF_SMM 0x80000
#define HF_GUEST 0x200000     /* a guest of AMD-V */
#define HF_OSFXSR 0x400000    /* CR4.OSFXSR, as the translator sees it */
#define HF_SMAP 0x800000
#define HF_PORT_BREAKPOINT 0x1000000
#define HF2_NMI 0x4           /* in hflags2: NMIs wait for IRET */
#define HF2_VINTR 0x8         /* in hflags2: CR8 is kept by the CPU itself */

/* inside CPUState */
#define CPU_EXIT_REQUEST 0x15
#define CPU_NEXT_CFLAGS 0x18  /* u32: flags of the next block alone, or -1 */
#define CPU_INTERRUPT_REQUEST 0x1C
#define CPU_ENV_PTR 0x128
#define CPU_JUMP_CACHE 0x138  /* blocks by linear address, 8 bytes each */
#define CPU_JUMP_CACHE_BYTES 0x8000
#define CPU_MEM_IO_PC 0x8178
#define CPU_CLUSTER 0x8194    /* u32, part of the flags of a block */
#define CPU_HALTED 0x8198
#define CPU_EXCEPTION_INDEX 0x81A0
#define CPU_CC 0x81B0

/* inside uc_struct */
#define UC_MEMORY_MAPPING 0x120   /* function: the memory region of a physical address */
#define UC_CODE_GENERATOR 0x300   /* its TCGContext */
#define UC_SKIP_SYNC 0x3a32 /* bool: helpers need not look up where they were called from before a hook */
#define UC_NO_EXIT_REQUEST 0x7f2  /* bool: no check for a request to leave behind each load and store */

/* inside TranslationBlock */
#define TB_PC 0x0
#define TB_CS_BASE 0x8
#define TB_FLAGS 0x10         /* u32: mode of the CPU */
#define TB_SIZE 0x14          /* u16: bytes of guest code */
#define TB_ICOUNT 0x16        /* u16: instructions */
#define TB_CFLAGS 0x18        /* u32 */
#define CF_COMPARED 0xff0effffu
#define CF_ONE_INSTRUCTION 1u
#define TB_CODE 0x20
#define TB_FIRST_PAGE 0x48    /* u64, physical */
#define TB_SECOND_PAGE 0x50   /* u64, physical; -1 when the block lies in one page */
#define TB_JMP_RESET_OFFSET 0x58  /* 2 x u16 */
#define TB_JMP_TARGET 0x60    /* 2 x u64 */

/* inside TCGContext */
#define TCG_EPILOGUE 0x98     /* where code that knows no next block goes */
#define TCG_INVALIDATED 0xd8  /* u64: blocks dropped so far */
#define TCG_OPS 0x7388        /* first operation */
#define TCG_OP_NEXT 0x8       /* in an operation, whose first byte is its code */
#define TCG_OP_COUNTS 1       /* u8: of a call, inputs in the low half and outputs in the high */
#define TCG_OP_ARGUMENTS 0x18 /* u64 each: outputs, inputs, function, flags */
#define TCG_OP_CALL 0x02
#define TCG_OP_MOV 0x3f       /* of 64 bits: to, from */
#define TCG_OP_LOAD_STATE 0x47   /* 32 bits of the state of the CPU: to, state, offset */
#define TCG_OP_STORE_STATE 0x4d  /* 64 bits: from, state, offset */
#define TCG_OP_ADD 0x4e       /* of 64 bits: sum, two addends */
#define TCG_TEMP_NAME 0x20    /* of a register of the guest, in the temporary that holds it; NULL: of none */
#define TCG_OP_INSN_START 0x81
#define TCG_OP_FIRST_ACCESS 0x85   /* to guest memory; TCG_OP_STORE is the last */
#define TCG_OP_STORE 0x88     /* to guest memory: value, address, kind of access */
#define TCG_INSN_ENDS 0x74b8  /* u16 each */
#define TCG_ENGINE 0x9970

/* inside CPUClass */
#define CC_DO_INTERRUPT 0x10
#define CC_TLB_FILL 0x48
#define CC_ASIDX_FROM_ATTRS 0x68

#define ENV_U64(env, offset) (*(uint64_t *)((env) + (offset)))
#define ENV_U32(env, offset) (*(uint32_t *)((env) + (offset)))
#define ENV_U16(env, offset) (*(uint16_t *)((env) + (offset)))
#define ENV_U8(env, offset) (*((env) + (offset)))
#define ENV_I32(env, offset) (*(int32_t *)((env) + (offset)))
#endif

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where small 32-bit guests of the tests begin: at 0x7c00 in flat protected mode, with a GDT of their own (kernel 0x08 and
 * 0x10, user 0x1b and 0x23, a TSS at 0x28 that is not loaded), and an IDT whose handlers leave vector, error code, EIP,
 * CS, their number and EFLAGS at RESULTS, and then jump to the label `caught`. */
#define RESULTS 0x9000
#define TSS 0x8000
#define STACK 0x7000
#define KERNEL_CODE 0x08
#define KERNEL_DATA 0x10
#define USER_CODE 0x1b
#define USER_DATA 0x23
#define TASK 0x28
#define HAS_CODE 0x27d00

    .code32
    .globl _start
    .text
_start:
    lgdt gdt_pointer
    ljmp $KERNEL_CODE, $1f
1:  movw $KERNEL_DATA, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $STACK, %esp
    xorl %ecx, %ecx
1:  movl $stubs, %eax               /* 32 gates of 8 bytes at 0x6000 */
    movl %ecx, %edx
    shll $4, %edx
    addl %edx, %eax
    movw %ax, 0x6000(, %ecx, 8)
    movw $KERNEL_CODE, 0x6002(, %ecx, 8)
    movw $0x8e00, 0x6004(, %ecx, 8)
    shrl $16, %eax
    movw %ax, 0x6006(, %ecx, 8)
    incl %ecx
    cmpl $32, %ecx
    jb 1b
    lidt idt_pointer
    movl $STACK, TSS + 4
    movl $KERNEL_DATA, TSS + 8
    movw $0x68, TSS + 0x66
    jmp guest

    .align 16
stubs:
    .set vector, 0
    .rept 32
    .align 16
    .if (HAS_CODE >> vector & 1) == 0
    pushl $0
    .endif
    pushl $vector
    jmp common
    .set vector, vector + 1
    .endr
common:
    movl $KERNEL_DATA, %eax
    movw %ax, %ds
    popl RESULTS
    popl RESULTS + 4
    movl (%esp), %eax
    movl %eax, RESULTS + 8
    movl 4(%esp), %eax
    movl %eax, RESULTS + 12
    incl RESULTS + 16
    movl 8(%esp), %eax
    movl %eax, RESULTS + 20
    jmp caught

/* Enter ring 3 at the label `user`, with this EFLAGS. */
.macro enter_user flags
    pushl $USER_DATA
    pushl $0x6800
    pushl $\flags
    pushl $USER_CODE
    pushl $user
    iret
.endm

    .align 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff, 0x00cffb000000ffff, 0x00cff3000000ffff
    .quad 0x0000890080000000 + 0x67 + 0x100
gdt_end:
gdt_pointer:
    .word gdt_end - gdt - 1
    .long gdt
idt_pointer:
    .word 32 * 8 - 1
    .long 0x6000

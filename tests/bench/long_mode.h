/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How the boot sectors of the benchmarks begin: to long mode with the first 4 MiB mapped as they are. `descriptors`
 * belongs behind the code. */
.macro descriptors
    .balign 8
gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt
.endm

    .code16
    .globl _start
    .section .text, "ax"
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $0x2003, 0x1000            /* PML4, PDPT, page directory: the first 2 MiB and the next, as they are */
    movl $0x3003, 0x2000
    movl $0x0083, 0x3000
    movl $0x200083, 0x3008
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0x20, %eax
    movl %eax, %cr4
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    lgdtl gdt_pointer
    movl %cr0, %eax
    orl $0x80000001, %eax
    movl %eax, %cr0
    ljmp $0x08, $long

    .code64
long:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %ss

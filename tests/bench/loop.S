/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot sector that goes to long mode, runs a loop of four blocks, loads, stores and a call, and halts. The number of
 * rounds stands at 0x7df0; the function that each round calls once stands at 0x7d80. */
    .code16
    .globl _start
    .section .text, "ax"
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
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
    movl $0x7c00, %esp
    movq rounds, %rcx
    movl $0x300000, %esi
1:  movq (%rsi), %rax
    addq %rcx, %rax
    movq %rax, 8(%rsi)
    testq $1, %rcx
    jz 2f
    xorq %rdx, %rax
2:  pushq %rax
    popq %rbx
    call hot
    decq %rcx
    jnz 1b
    movq %rdx, 0x300010
3:  hlt
    jmp 3b

    .balign 8
gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt

    .org 0x180
hot:
    leaq (%rdx, %rax, 2), %rdx
    ret

    .org 0x1f0
rounds:
    .quad 0
    .org 0x1fe
    .word 0xaa55

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the test kernels begin: a Multiboot header, a stack, a flat GDT and an IDT whose gates lead to `trapped`. */
    .code32
    .section .header, "a"
    .align 4
    .long 0x1badb002, 0, -0x1badb002

    .text
    .globl _start
_start:
    movl $stack, %esp
    lgdt gdt_pointer
    ljmp $0x08, $1f
1:  movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    xorl %ecx, %ecx
2:  movl $stubs, %eax
    movl %ecx, %edx
    shll $4, %edx
    addl %edx, %eax
    movw %ax, idt(, %ecx, 8)
    movw $0x08, idt + 2(, %ecx, 8)
    movw $0x8e00, idt + 4(, %ecx, 8)
    shrl $16, %eax
    movw %ax, idt + 6(, %ecx, 8)
    incl %ecx
    cmpl $64, %ecx
    jb 2b
    lidt idt_pointer
    pushl %ebx
    call start
3:  cli
    hlt
    jmp 3b

    .align 16
stubs:                              /* 16 bytes to each vector */
    .set vector, 0
    .rept 64
    .align 16
    pushl $vector
    jmp common
    .set vector, vector + 1
    .endr
common:
    pushal
    pushl 32(%esp)
    call trapped
    addl $4, %esp
    popal
    addl $4, %esp
    iret

    .globl reload_idt_and_fault
reload_idt_and_fault:               /* an IDT without a gate: any exception is a triple fault */
    lidt no_idt
    ud2

    .data
    .align 8
gdt:
    .quad 0, 0x00cf9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word 23
    .long gdt
idt_pointer:
    .word 64 * 8 - 1
    .long idt
no_idt:
    .word 0
    .long 0
    .bss
    .align 8
idt:
    .skip 64 * 8
    .skip 8192
stack:

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where small guests of the tests begin: loaded to 0x7c00, entered in real mode, to long mode with the first 4 MiB and
 * the APICs mapped as they are, an IDT at 0x6000 with no gate in it, and the 8259s silenced. */
#define LAPIC 0xfee00000
#define IOAPIC 0xfec00000

/* Put a handler into the IDT. */
.macro gate vector, handler
    movq $\handler, %rax
    movw %ax, 0x6000 + 16 * \vector
    movw $0x08, 0x6002 + 16 * \vector
    movw $0x8e00, 0x6004 + 16 * \vector
    shrq $16, %rax
    movw %ax, 0x6006 + 16 * \vector
.endm

/* Write a register of the local APIC, of the IO-APIC. */
.macro lapic register, value
    movl $LAPIC + \register, %ebx
    movl $\value, (%rbx)
.endm
.macro ioapic register, value
    movl $IOAPIC, %ebx
    movl $\register, (%rbx)
    movl $\value, 0x10(%rbx)
.endm
.macro eoi
    pushq %rbx
    lapic 0xb0, 0
    popq %rbx
.endm

    .code16
    .globl _start
    .text
_start:
    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movb $0xff, %al
    outb %al, $0x21
    outb %al, $0xa1
    movl $0x2003, 0x1000            /* PML4, PDPT, page directories of the first and the fourth GiB */
    movl $0x3003, 0x2000
    movl $0x4003, 0x2018
    movl $0x0083, 0x3000
    movl $0x200083, 0x3008
    movl $0xfec00083, 0x4fb0
    movl $0xfee00083, 0x4fb8
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0x620, %eax               /* PAE, SSE */
    movl %eax, %cr4
    movl $0xc0000080, %ecx
    rdmsr
    orl $0x100, %eax
    wrmsr
    lgdtl gdt_pointer
    lidtl idt_pointer
    movl %cr0, %eax
    orl $0x80000001, %eax
    movl %eax, %cr0
    ljmp $0x08, $long

    .balign 8
gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt
idt_pointer:
    .word 0xfff
    .long 0x6000

    .code64
long:
    movl $0x10, %eax
    movl %eax, %ds
    movl %eax, %es
    movl %eax, %ss
    movl $0x5f00, %esp

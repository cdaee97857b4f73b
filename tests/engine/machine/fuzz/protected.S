/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random streams of instructions in ring 3 of 32-bit protected mode and in virtual-8086 mode, behind protected_mode.S:
 * every vector leads to `again`, which begins the next stream. No paging. */
#define STEP 0x500
#define REGISTERS 0x110000          /* 256 sets of 16: EFLAGS, seven registers */
#define STREAMS 0x20000             /* 64 KiB, for both */
#define USER_STACK 0x30000
#define FUZZ_STACK 0x1f00
#define GDT 0x3000
#define IDT 0x4000
#define FUZZ_TSS 0x2000
#define VM 0x20000

guest:
    lgdt fuzz_gdt
    ljmp $0x08, $1f
1:  movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $FUZZ_STACK, %esp
    movl $FUZZ_STACK, FUZZ_TSS + 4
    movl $0x10, FUZZ_TSS + 8
    movl $0x680000, FUZZ_TSS + 100       /* the bitmap of ports begins behind the TSS: all zeros there are allowed */
    movw $0x18, %ax
    ltr %ax
    xorl %ecx, %ecx
2:  movw $again, IDT(, %ecx, 8)
    movw $0x08, IDT + 2(, %ecx, 8)
    movw $0xee00, IDT + 4(, %ecx, 8)
    movw $0, IDT + 6(, %ecx, 8)
    incl %ecx
    cmpl $256, %ecx
    jb 2b
    lidt fuzz_idt
    movb $0x34, %al                 /* the timer: mode 2, every 50 microseconds; every line open */
    outb %al, $0x43
    movb $60, %al
    outb %al, $0x40
    xorb %al, %al
    outb %al, $0x40
    outb %al, $0x21
    outb %al, $0xa1
caught:
again:
    cld
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $FUZZ_STACK, %esp
    movb $0x20, %al
    outb %al, $0xa0
    outb %al, $0x20
    incl STEP
    imull $0x9e3779b1, STEP, %ebx
    movl %ebx, %esi
    shrl $24, %esi
    shll $6, %esi
    addl $REGISTERS, %esi
    movzwl %bx, %edx                /* the place in the streams */
    testl $VM, (%esi)
    jz 3f
    pushl $0x4000                   /* GS, FS, DS, ES, SS, ESP: only of virtual-8086 mode */
    pushl $0x4000
    pushl $0x3000
    pushl $0x4000
    pushl $0x3000
    pushl $0xfff0
    pushl (%esi)
    pushl $STREAMS / 16
    pushl %edx
    jmp 4f
3:  pushl $0x2b
    pushl $USER_STACK
    pushl (%esi)
    pushl $0x23
    addl $STREAMS, %edx
    pushl %edx
    movw $0x2b, %ax
    movw %ax, %ds
    movw %ax, %es
4:  movl %cs:4(%esi), %eax
    movl %cs:8(%esi), %ecx
    movl %cs:12(%esi), %edx
    movl %cs:16(%esi), %ebx
    movl %cs:20(%esi), %ebp
    movl %cs:24(%esi), %edi
    movl %cs:28(%esi), %esi
    iretl

fuzz_gdt:
    .word 0x2f
    .long GDT
fuzz_idt:
    .word 0x7ff
    .long IDT

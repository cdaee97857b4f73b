/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot sector that goes to long mode and does, many times each, what leaves the guest on a processor with hardware
 * virtualization. Before each kind and after the last the serial port gets a line of MARK and a letter. */
    .set TIMES, 2000000
    .set SERIAL, 0x3f8
    .set PM_TIMER, 0x608
    .set PM_CONTROL, 0x604

.macro times                        /* TIMES rounds of what stands before `done` */
    movl $TIMES, %r12d
1:
.endm
.macro done
    decl %r12d
    jnz 1b
    call mark
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
    movl $0x280000, %esp            /* not in a page with code */
    movb $'a', %bpl
    call mark
    times
    xorl %eax, %eax
    cpuid
    done
    xorl %eax, %eax
    times
    movq %rax, %cr8
    done
    times
    movq %cr8, %rax
    done
    movw $PM_TIMER, %dx
    times
    inl %dx, %eax
    done
    movq %cr0, %rax
    times
    xorl $0x10000, %eax
    movq %rax, %cr0
    done
    movq %cr4, %rax
    times
    xorl $0x80, %eax
    movq %rax, %cr4
    done
    movl $50000000, %ecx            /* until the last mark has been seen */
1:  decl %ecx
    jnz 1b
    movw $PM_CONTROL, %dx
    movw $0x2000, %ax               /* switch off */
    outw %ax, %dx
1:  hlt
    jmp 1b

/* The next letter. */
mark:
    pushq %rax
    pushq %rdx
    movl $text, %esi
    movb %bpl, letter
    incb %bpl
    movw $SERIAL, %dx
    movl $text_end - text, %ecx
    rep outsb
    popq %rdx
    popq %rax
    ret

text:
    .ascii "MARK "
letter:
    .ascii "?\r\n"
text_end:
    .balign 8
gdt:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff
gdt_pointer:
    .word gdt_pointer - gdt - 1
    .long gdt
    .org 0x1fe
    .word 0xaa55

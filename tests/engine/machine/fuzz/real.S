/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Random streams of instructions in real mode, in a boot sector: every vector leads to `again`, which begins the next stream. */
#define STEP 0x500
#define REGISTERS 0x1000            /* segment of 256 sets of 16 words */
#define STREAMS 0x2000              /* segment of 64 KiB */
#define STACK 0x7000

    cli
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    xorw %di, %di
    movw $256, %cx
1:  movw $again, %ax
    stosw
    xorw %ax, %ax
    stosw
    loop 1b
    movb $0x34, %al                 /* the timer: mode 2, every 50 microseconds; every line open */
    outb %al, $0x43
    movb $60, %al
    outb %al, $0x40
    xorb %al, %al
    outb %al, $0x40
    outb %al, $0x21
    outb %al, $0xa1
again:
    cli
    cld
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %ss
    movw $STACK, %sp
    movb $0x20, %al
    outb %al, $0xa0
    outb %al, $0x20
    incl STEP
    imull $0x9e3779b1, STEP, %ebx
    movw $REGISTERS, %ax
    movw %ax, %ds
    movl %ebx, %esi
    shrl $24, %esi
    shlw $5, %si
    pushw (%si)                     /* FLAGS, CS, IP */
    pushw $STREAMS
    pushw %bx
    movw 2(%si), %es
    movw 4(%si), %fs
    movw 6(%si), %gs
    movw 8(%si), %ax
    movw 10(%si), %cx
    movw 12(%si), %dx
    movw 14(%si), %bx
    movw 16(%si), %bp
    movw 18(%si), %di
    pushw 20(%si)
    movw 22(%si), %si
    popw %ds
    iretw

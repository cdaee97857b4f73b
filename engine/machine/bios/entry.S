/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Interrupt entries of the BIOS, in real mode, segment 0xf000. C code is compiled for 32-bit operands and addresses and
 * assembled for 16-bit segments; it needs DS = ES = SS, so each entry goes over to a stack in this segment and copies the
 * caller's registers there and back. */
#define BIOS 0xf000
#define STACK_TOP 0xfe00
#define FRAME 48                /* struct registers in bios.h */

    .code16
    .section .entry, "ax"
    .globl vectors
vectors:                        /* 256 entries of eight bytes: entry n at 8 n */
    .set n, 0
    .rept 256
    pushw $n
    jmp common
    .balign 8
    .set n, n + 1
    .endr

common:
    pushal
    pushw %ds
    pushw %es
    pushw %fs
    pushw %gs
    cld
    movw $BIOS, %ax
    movw %ax, %es
    movw %ss, %dx
    movw %sp, %si
    movw $STACK_TOP, %di
    cmpw %ax, %dx               /* on our stack already: go on below */
    jne 1f
    movw %sp, %di
1:  subw $FRAME + 4, %di
    movw %di, %bx
    movw %dx, %ds
    movw $FRAME / 2, %cx
    rep movsw
    subw $FRAME, %si
    movw %si, %es:(%di)         /* behind the copy: where the original is */
    movw %dx, %es:2(%di)
    movw %ax, %ds
    movw %ax, %ss
    movzwl %bx, %esp
    pushl %esp
    calll handle
    addl $4, %esp
    movw %sp, %si
    movw FRAME(%si), %di
    movw FRAME + 2(%si), %dx
    movw %di, %bx
    movw %dx, %es
    movw $FRAME / 2, %cx
    rep movsw
    movw %dx, %ss
    movzwl %bx, %esp
    popw %gs
    popw %fs
    popw %es
    popw %ds
    popal
    addw $2, %sp
    iretw

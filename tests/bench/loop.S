/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A boot sector that goes to long mode, runs a loop of four blocks, loads, stores and a call, and halts. The number of
 * rounds stands at 0x7df0; the function that each round calls once stands at 0x7d80. */
#include "long_mode.h"
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

    descriptors

    .org 0x180
hot:
    leaq (%rdx, %rax, 2), %rdx
    ret

    .org 0x1f0
rounds:
    .quad 0
    .org 0x1fe
    .word 0xaa55

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Entries into the kernel: start, exceptions and interrupts, SYSCALL, and the switch between tasks. Each builds a frame
 * record (saved RBP, return address), so that frame pointers lead from the kernel back to what it interrupted. */
    .code64
    .section .start, "ax"
    .globl start
start:
    leaq image_end(%rip), %rdi      /* memory survives a reset: clear the bss */
    leaq kernel_end(%rip), %rcx
    subq %rdi, %rcx
    shrq $3, %rcx                   /* both ends lie on pages */
    xorl %eax, %eax
    rep stosq
    leaq boot_stack_top(%rip), %rsp
    xorl %ebp, %ebp
    call kmain
1:  hlt
    jmp 1b

    .text
/* Layout on the stack, from low to high, is struct trap in kernel.h. */
    .macro save_registers
    pushq %rax
    pushq %rbx
    pushq %rcx
    pushq %rdx
    pushq %rsi
    pushq %rdi
    pushq %rbp
    pushq %r8
    pushq %r9
    pushq %r10
    pushq %r11
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    .endm

    .macro restore_registers
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %r11
    popq %r10
    popq %r9
    popq %r8
    popq %rbp
    popq %rdi
    popq %rsi
    popq %rdx
    popq %rcx
    popq %rbx
    popq %rax
    .endm

    .globl trap_entry
trap_entry:
    testb $3, 24(%rsp)
    jz 1f
    swapgs
1:  save_registers
    cld
    movq %rsp, %rdi
    pushq 136(%rdi)             /* RIP of what was interrupted */
    pushq %rbp
    movq %rsp, %rbp
    call trap
    addq $16, %rsp
    .globl trap_return
trap_return:
    testb $3, 144(%rsp)
    jz 1f
    swapgs
1:  restore_registers
    addq $16, %rsp
    iretq

    .globl nmi_entry
nmi_entry:
    pushq $0
    pushq $2
    save_registers
    cld
    movq %rsp, %rdi
    pushq 136(%rdi)
    pushq %rbp
    movq %rsp, %rbp
    call nmi
    addq $16, %rsp
    restore_registers
    addq $16, %rsp
    iretq

    .globl syscall_entry, system_call   /* the second is what Linux of the manual's days calls it */
syscall_entry:
system_call:
    swapgs
    movq %rsp, %gs:16
    movq %gs:8, %rsp
    pushq $0x1b                 /* SS */
    pushq %gs:16                /* RSP */
    pushq %r11                  /* RFLAGS */
    pushq $0x23                 /* CS */
    pushq %rcx                  /* RIP */
    pushq $0
    pushq $0x100                /* not a vector: SYSCALL */
    save_registers
    movq %rsp, %rdi
    pushq %rcx
    pushq %rbp
    movq %rsp, %rbp
    call syscall
    addq $16, %rsp
    testb %al, %al
    jnz trap_return
    restore_registers
    addq $16, %rsp              /* vector, error */
    cli
    movq 24(%rsp), %rsp
    swapgs
    sysretq

/* switch_to(&old->rsp, new->rsp) */
    .globl switch_to
switch_to:
    pushq %rbp
    movq %rsp, %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret

/* A new task begins here: RBX function, R12 argument. */
    .globl task_start
task_start:
    xorl %ebp, %ebp
    movq %r12, %rdi
    sti
    call *%rbx
1:  hlt
    jmp 1b

    .macro vector number, has_code
    .align 16
    .if \has_code
    nop
    nop
    .else
    pushq $0
    .endif
    pushq $\number
    jmp trap_entry
    .endm

    .altmacro
    .globl vectors
    .align 16
vectors:
    .set n, 0
    .rept 256
    .if (n == 8) || (n >= 10 && n <= 14) || (n == 17)
    vector %n, 1
    .else
    vector %n, 0
    .endif
    .set n, n + 1
    .endr

    .bss
    .align 16
boot_stack:
    .skip 16384
    .globl boot_stack_top
boot_stack_top:

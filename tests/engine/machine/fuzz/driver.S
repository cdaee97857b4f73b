/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What random guests begin with, behind long_mode.S: every interrupt and exception leads to `again`, which begins the
 * next random stream of instructions, or makes the next random access, as the word at MODE says. Nothing returns. */
#define SETTINGS 0x100000
#define MODE (SETTINGS + 0)
#define STEP (SETTINGS + 8)
#define RECORD (SETTINGS + 16)
#define SELECTORS (SETTINGS + 32)
#define COUNTS (SETTINGS + 0x1000)
#define REGISTERS 0x110000          /* 256 sets of 16; the fifth is RFLAGS */
#define RECORDS 0x120000            /* of 32 bytes: operation, size, address, value */
#define RECORDS_END 0x1f0000
#define TABLES 0x48000              /* PML4 */
#define USER 0x200000
#define USER_STUBS 0x27f000
#define USER_STACK 0x3f0000
#define STACK 0x1f000
#define FAULT_STACK 0x1e000
#define TSS 0x21000
#define GDT 0x22000
#define CODE 0x08
#define DATA 0x10
#define TASK 0x18
#define USER_DATA 0x33
#define PERIOD 20000

    movl $TABLES, %eax
    movq %rax, %cr3
    lgdt gdt_of_driver
    movl $TASK, %eax
    ltr %ax
    movl $STACK, TSS + 4
    movl $FAULT_STACK, TSS + 36
    movl $0xffff, TSS + 102         /* no bitmap of ports */
    xorl %ecx, %ecx
1:  movl %ecx, %eax
    shll $4, %eax
    leal stubs(%eax), %eax
    movl %ecx, %edx
    shll $4, %edx
    movw %ax, 0x6000(%rdx)
    movl $CODE, 0x6002(%rdx)
    movw $0xee00, 0x6004(%rdx)
    shrl $16, %eax
    movl %eax, 0x6006(%rdx)
    movl $0, 0x600a(%rdx)
    incl %ecx
    cmpl $256, %ecx
    jb 1b
    movb $1, 0x6004 + 16 * 2        /* NMI, #DF: a stack of their own */
    movb $1, 0x6004 + 16 * 8
    movl $0xc0000080, %ecx          /* SYSCALL, NX */
    rdmsr
    orl $0x801, %eax
    wrmsr
    movl $0xc0000081, %ecx
    xorl %eax, %eax
    movl $0x00230008, %edx
    wrmsr
    movl $0xc0000082, %ecx
    movl $again, %eax
    xorl %edx, %edx
    wrmsr
    movl $0x174, %ecx
    movl $CODE, %eax
    wrmsr
    movl $0x176, %ecx
    movl $again, %eax
    wrmsr
    lapic 0xf0, 0x1ff
    lapic 0x320, 0x20040            /* periodic */
    lapic 0x3e0, 0xb
    lapic 0x380, PERIOD
again:
    movl $STACK, %esp
    movl $DATA, %eax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    cld
    incl STEP
    cmpl $0, MODE
    jne next_record

next_stream:
    imull $0x9e3779b1, STEP, %ecx
    movl %ecx, %esi
    shrl $24, %esi
    shll $7, %esi
    addl $REGISTERS, %esi
    movl %ecx, %edi
    shrl $8, %edi
    andl $7, %edi
    movzwl SELECTORS(, %rdi, 2), %edx
    movl %ecx, %edi
    andl $0x3fff8, %edi
    addl $USER, %edi
    movl $DATA, %eax
    testl $3, %edx
    jz 1f
    movl $USER_DATA, %eax
1:  pushq %rax
    pushq $USER_STACK
    pushq 32(%rsi)
    pushq %rdx
    pushq %rdi
    movw %ax, %ds
    movw %ax, %es
    movq (%rsi), %rax
    movq 8(%rsi), %rcx
    movq 16(%rsi), %rdx
    movq 24(%rsi), %rbx
    movq 40(%rsi), %rbp
    movq 56(%rsi), %rdi
    movq 64(%rsi), %r8
    movq 72(%rsi), %r9
    movq 80(%rsi), %r10
    movq 88(%rsi), %r11
    movq 96(%rsi), %r12
    movq 104(%rsi), %r13
    movq 112(%rsi), %r14
    movq 120(%rsi), %r15
    movq 48(%rsi), %rsi
    iretq

next_record:
    movl RECORD, %esi
    leal 32(%rsi), %eax
    cmpl $RECORDS_END, %eax
    jb 1f
    movl $RECORDS, %eax
1:  movl %eax, RECORD
    movl 0(%rsi), %edi              /* operation */
    movl 4(%rsi), %ecx
    movq 8(%rsi), %rbx              /* address or port */
    movq 16(%rsi), %rax             /* value */
    movq %rbx, %rdx
    andl $31, %edi
    jmp *operations(, %rdi, 8)

in8: inb %dx, %al
    jmp made
in16: inw %dx, %ax
    jmp made
in32: inl %dx, %eax
    jmp made
out8: outb %al, %dx
    jmp made
out16: outw %ax, %dx
    jmp made
out32: outl %eax, %dx
    jmp made
ins: movl $USER_STACK, %edi
    andl $0xff, %ecx
    rep insl
    jmp made
outs: movl $USER, %esi
    andl $0xff, %ecx
    rep outsw
    jmp made
load8: movb (%rbx), %al
    jmp made
load32: movl (%rbx), %eax
    jmp made
load64: movq (%rbx), %rax
    jmp made
store8: movb %al, (%rbx)
    jmp made
store32: movl %eax, (%rbx)
    jmp made
store64: movq %rax, (%rbx)
    jmp made
exchange: lock xaddl %eax, (%rbx)
    jmp made
copy: movq %rbx, %rsi
    movl $USER_STACK, %edi
    andl $0xff, %ecx
    rep movsl
    jmp made
fill: movq %rbx, %rdi
    andl $0xff, %ecx
    rep stosl
    jmp made
call_: call *%rbx
    jmp made
invalidate: invlpg (%rbx)
    jmp made
flush: movq %cr3, %rdx
    movq %rdx, %cr3
    jmp made
control0: andl $0x00010000, %eax    /* WP */
    orl $0x80000033, %eax
    movq %rax, %cr0
    jmp made
control4: andl $0x00300090, %eax    /* PSE, PGE, SMEP, SMAP */
    orl $0x620, %eax
    movq %rax, %cr4
    jmp made
read_msr: movl %ebx, %ecx
    rdmsr
    jmp made
write_msr: movl %ebx, %ecx
    movq %rax, %rdx
    shrq $32, %rdx
    wrmsr
    jmp made
wait_: sti
    hlt
    jmp made
user: andl $3, %ecx                 /* a stub in ring 3 */
    shll $4, %ecx
    addl $USER_STUBS, %ecx
    pushq $USER_DATA
    pushq $USER_STACK
    pushq $0x202
    pushq $0x2b
    pushq %rcx
    iretq
vector_ports:
    outb %al, $0x20
    outb %al, $0xa0
made:
    sti
    nop
    cli
    jmp again

    .align 8
operations:
    .quad in8, in16, in32, out8, out16, out32, ins, outs
    .quad load8, load32, load64, store8, store32, store64, exchange, copy
    .quad fill, call_, invalidate, flush, control0, control4, read_msr, write_msr
    .quad wait_, user, vector_ports, made, made, made, made, made

    .align 16
stubs:
    .set vector, 0
    .rept 256
    .align 16
    movl $vector, %eax
    jmp common
    .set vector, vector + 1
    .endr
common:
    movl $DATA, %ecx
    movw %cx, %ds
    incl COUNTS(, %rax, 8)
    cmpl $32, %eax
    jb again
    movl $0xfee000b0, %ecx
    movl $0, (%rcx)
    movb $0x20, %al
    outb %al, $0x20
    outb %al, $0xa0
    jmp again

gdt_of_driver:
    .word 0x47
    .quad GDT

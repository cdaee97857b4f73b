/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Behind long_mode.S: makes an access for each record, through the four entries that it holds, and notes the error code
 * of the page fault, or NONE, and the entries as they are then. */
#define RECORDS 0x100000            /* of 64 bytes: four entries, CR0, CR4, EFER, RFLAGS and the operation */
#define RESULTS 0x180000            /* of 40 bytes: the error code, four entries */
#define COUNT 0xff000
#define SPOT 0x8000400000           /* the address that is accessed */
#define NONE 0xffff
#define USER_CODE 0x3f0000
#define USER_STACK 0x3f8000
#define STACK 0x6f00
#define TSS 0x8800

    lgdt pointer_of_tables
    movl $0x18, %eax
    ltr %ax
    movl $STACK, TSS + 4
    gate 14, fault
    gate 0x80, next
    movw $0xee00, 0x6004 + 16 * 0x80
    movl $0x30007, 0x1008
    movl $user, %esi
    movl $USER_CODE, %edi
    movl $user_end - user, %ecx
    rep movsb
    orl $4, 0x1000                  /* user code between 2 and 4 MiB */
    orl $4, 0x2000
    orl $4, 0x3008
    movl $RECORDS - 64, %r12d
    movl $RESULTS - 40, %r13d
    movabsq $SPOT, %rbx
    movl COUNT, %r14d
begin:
    addq $64, %r12
    addq $40, %r13
    decl %r14d
    js end
    movl $STACK, %esp
    movl $0xc0000080, %ecx
    movl 48(%r12), %eax
    xorl %edx, %edx
    wrmsr
    movq (%r12), %rax
    movq %rax, 0x1008
    movq 8(%r12), %rax
    movq %rax, 0x30000
    movq 16(%r12), %rax
    movq %rax, 0x31010
    movq 24(%r12), %rax
    movq %rax, 0x32000
    movl 32(%r12), %eax
    movq %rax, %cr0
    movl 40(%r12), %eax
    movq %rax, %cr4
    movq %cr3, %rax
    movq %rax, %cr3
    invlpg (%rbx)
    movl 60(%r12), %edx             /* the operation: load, store, call; from ring 3 with 4 */
    testl $4, %edx
    jnz 3f
    movl 56(%r12), %eax
    pushq %rax
    popfq
    cmpl $1, %edx
    jb 1f
    je 2f
    call *%rbx
    jmp next
1:  movq 8(%rbx), %rax
    jmp next
2:  movq %r12, 8(%rbx)
    jmp next
3:  pushq $0x33
    pushq $USER_STACK
    movl 56(%r12), %eax
    pushq %rax
    pushq $0x2b
    pushq $USER_CODE
    iretq
fault:
    popq %rax
    jmp note
next:
    movl $NONE, %eax
note:
    movl $0x80010033, %edx          /* as at the beginning: nothing here depends on rights */
    movq %rdx, %cr0
    movl $0x620, %edx
    movq %rdx, %cr4
    movl %eax, (%r13)
    movq 0x1008, %rax
    movq %rax, 8(%r13)
    movq 0x30000, %rax
    movq %rax, 16(%r13)
    movq 0x31010, %rax
    movq %rax, 24(%r13)
    movq 0x32000, %rax
    movq %rax, 32(%r13)
    jmp begin
end:
1:  hlt
    jmp 1b

user:
    andl $3, %edx
    cmpl $1, %edx
    jb 1f
    je 2f
    call *%rbx
    int $0x80
1:  movq 8(%rbx), %rax
    int $0x80
2:  movq %r12, 8(%rbx)
    int $0x80
user_end:

    .balign 8
tables:
    .quad 0, 0x00af9b000000ffff, 0x00cf93000000ffff, 0x0000890088000067, 0, 0x00affb000000ffff, 0x00cff3000000ffff
pointer_of_tables:
    .word pointer_of_tables - tables - 1
    .quad tables

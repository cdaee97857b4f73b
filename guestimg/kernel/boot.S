/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Boot sector. Loaded at 0x7c00 in real mode with DL = drive; asks no BIOS for anything. Enters protected mode, reads
 * the kernel behind it over the ATA ports (PIO) to 1 MiB, builds first page tables and enters the kernel in long mode.
 *
 * First page tables: PML4 0x1000; PDPT 0x2000 (identity) and 0x3000 (top 2 GiB); one page directory 0x4000 that maps
 * the first GiB with 2 MiB pages. The kernel replaces them. */
    .code16
    .globl boot
    .section .boot, "ax"
boot:
    cli
    cld
    ljmp $0, $real
real:
    xorw %ax, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movw $0x7c00, %sp
    inb $0x92, %al          /* A20 through the fast gate */
    orb $2, %al
    andb $0xfe, %al
    outb %al, $0x92
    lgdtl gdt_pointer
    movl %cr0, %eax
    orb $1, %al
    movl %eax, %cr0
    ljmp $0x08, $protected

    .code32
protected:
    movw $0x10, %ax
    movw %ax, %ds
    movw %ax, %es
    movw %ax, %ss
    movl $0x7c00, %esp
    movl $1, %ebx           /* sector */
    movl $0x100000, %edi
    movl kernel_sectors, %ebp
next_command:
    movw $0x1f7, %dx
1:  inb %dx, %al
    testb $0xc0, %al
    js 1b
    movl %ebp, %ecx         /* at most 128 sectors a command */
    cmpl $128, %ecx
    jbe 2f
    movl $128, %ecx
2:  subl %ecx, %ebp
    movw $0x1f6, %dx
    movb $0xe0, %al         /* LBA, drive 0 */
    outb %al, %dx
    movw $0x1f2, %dx
    movb %cl, %al
    outb %al, %dx
    movl %ebx, %eax
    incw %dx                /* 0x1f3 */
    outb %al, %dx
    shrl $8, %eax
    incw %dx
    outb %al, %dx
    shrl $8, %eax
    incw %dx
    outb %al, %dx
    movw $0x1f7, %dx
    movb $0x20, %al         /* READ SECTORS */
    outb %al, %dx
    movl %ecx, %esi
next_sector:
    movw $0x1f7, %dx
3:  inb %dx, %al
    testb $0x80, %al
    jnz 3b
    testb $0x08, %al
    jz 3b
    movw $0x1f0, %dx
    movl $128, %ecx
    rep insl
    incl %ebx
    decl %esi
    jnz next_sector
    testl %ebp, %ebp
    jnz next_command

    xorl %eax, %eax
    movl $0x1000, %edi
    movl $0x1000, %ecx      /* four pages */
    rep stosl
    movl $0x2003, 0x1000            /* PML4[0] */
    movl $0x3003, 0x1ff8            /* PML4[511] */
    movl $0x4003, 0x2000            /* identity */
    movl $0x4003, 0x3ff0            /* PDPT[510]: 0xffffffff80000000 */
    movl $0x4000, %edi
    movl $0x83, %eax
    movl $512, %ecx
fill:
    movl %eax, (%edi)
    addl $0x200000, %eax
    addl $8, %edi
    loop fill
    movl %cr4, %eax
    orl $0x20, %eax         /* PAE */
    movl %eax, %cr4
    movl $0x1000, %eax
    movl %eax, %cr3
    movl $0xc0000080, %ecx  /* EFER */
    rdmsr
    orl $0x901, %eax        /* NXE, LME, SCE */
    wrmsr
    movl %cr0, %eax
    orl $0x80010000, %eax   /* PG, WP */
    movl %eax, %cr0
    ljmp $0x18, $long_mode

    .code64
long_mode:
    movabsq $0xffffffff80100000, %rax
    jmp *%rax

    .align 8
gdt:
    .quad 0
    .quad 0x00cf9b000000ffff    /* 08 32-bit code */
    .quad 0x00cf93000000ffff    /* 10 data */
    .quad 0x00af9b000000ffff    /* 18 64-bit code */
gdt_pointer:
    .word . - gdt - 1
    .long gdt
    .globl kernel_sectors
kernel_sectors:
    .long 0                     /* the build writes it */
    .org 510
    .word 0xaa55

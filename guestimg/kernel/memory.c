/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Physical pages, page tables (Intel SDM vol. 3, chapter 4) and demand paging. The kernel half of every address space
 * is shared: all of RAM at KERNEL_BASE, kernel text executable, everything else no-execute. */
#include "kernel.h"

#define PRESENT 1ull
#define WRITE 2ull
#define USER 4ull
#define NO_CACHE 0x18ull        /* PCD, PWT */
#define BORROWED 0x200ull       /* available to software: the page is no memory of the process */
#define NX (1ull << 63)
#define ADDRESS 0x000ffffffffff000ull
#define POOL_START 0x1000000ull     /* below: kernel and its image */
#define POOL_PAGES 8192             /* 32 MiB */
#define DEVICES 0xffffffffc0000000ull
#define SCREENS 0xa0000ull          /* VGA: graphics memory, and text memory at 0xb8000 */
#define SCREENS_END 0xc0000ull

extern u8 text_start[], text_end[], rodata_end[], kernel_end[];
static u64 kernel_pml4;
static u64 kernel_tables = POOL_START;
static u64 free_list, pool_next;

void *memset(void *to, int c, u64 n)
{
    u64 words = n / 8, rest = n % 8, pattern = (u8)c * 0x0101010101010101ull;
    void *p = to;
    __asm__ volatile("rep stosq" : "+D"(p), "+c"(words) : "a"(pattern) : "memory");
    __asm__ volatile("rep stosb" : "+D"(p), "+c"(rest) : "a"(c) : "memory");
    return to;
}

void *memcpy(void *to, const void *from, u64 n)
{
    u64 words = n / 8, rest = n % 8;
    void *p = to;
    __asm__ volatile("rep movsq" : "+D"(p), "+S"(from), "+c"(words)::"memory");
    __asm__ volatile("rep movsb" : "+D"(p), "+S"(from), "+c"(rest)::"memory");
    return to;
}

u64 page_alloc(void)
{
    u64 page = free_list;
    if (page)
        free_list = *(u64 *)virt(page);
    else if (pool_next < POOL_START + POOL_PAGES * PAGE) {
        page = pool_next;
        pool_next += PAGE;
    } else
        panic("out of memory");
    memset(virt(page), 0, PAGE);
    return page;
}

void page_free(u64 page)
{
    *(u64 *)virt(page) = free_list;
    free_list = page;
}

/* The entry for an address at the lowest level, with tables made on the way when `make`. */
static u64 *entry_of(u64 pml4, u64 address, bool make, u64 flags)
{
    u64 *table = virt(pml4);
    for (int level = 3; level > 0; level--) {
        u64 *entry = &table[address >> (12 + 9 * level) & 511];
        if (!(*entry & PRESENT)) {
            if (!make)
                return NULL;
            *entry = page_alloc() | PRESENT | WRITE | flags;
        }
        table = virt(*entry & ADDRESS);
    }
    return &table[address >> 12 & 511];
}

void memory_init(void)
{
    pool_next = kernel_tables;
    kernel_pml4 = page_alloc();
    for (u64 physical = 0; physical < POOL_START + POOL_PAGES * PAGE; physical += PAGE) {
        u64 address = KERNEL_BASE + physical, flags = PRESENT | WRITE | NX;
        if (address >= (u64)text_start && address < (u64)text_end)
            flags = PRESENT;
        else if (address >= (u64)text_end && address < (u64)rodata_end)
            flags = PRESENT | NX;
        *entry_of(kernel_pml4, address, true, 0) = physical | flags;
    }
    __asm__ volatile("movq %0, %%cr3" ::"r"(kernel_pml4) : "memory");
}

/* One page of what is not RAM, for the kernel in every address space. */
void *map_device(u64 physical)
{
    static u64 next = DEVICES;
    u64 address = next;
    next += PAGE;
    *entry_of(kernel_pml4, address, true, 0) = (physical & ADDRESS) | PRESENT | WRITE | NO_CACHE | NX;
    return (void *)(address + (physical & (PAGE - 1)));
}

/* Any physical address, through a window of one page. */
void physical_read(u64 physical, void *to, u64 bytes)
{
    static u8 *window;
    if (!window)
        window = map_device(0);
    for (u8 *at = to; bytes; bytes--, physical++, at++) {
        u64 *entry = entry_of(kernel_pml4, (u64)window, true, 0), page = physical & ADDRESS;
        if ((*entry & ADDRESS) != page) {
            *entry = page | PRESENT | NX;
            __asm__ volatile("invlpg (%0)" ::"r"(window) : "memory");
        }
        *at = window[physical & (PAGE - 1)];
    }
}

/* Show the current process the screen's memory, at the addresses that it has had since the PC. */
void map_screen(void)
{
    for (u64 at = SCREENS; at < SCREENS_END; at += PAGE)
        *entry_of(current()->cr3, at, true, USER) = at | PRESENT | USER | WRITE | NO_CACHE | NX | BORROWED;
}

u64 address_space_new(void)
{
    u64 pml4 = page_alloc();
    memcpy((u8 *)virt(pml4) + 2048, (u8 *)virt(kernel_pml4) + 2048, 2048);
    return pml4;
}

u64 user_translate(u64 cr3, u64 address)
{
    u64 *entry = entry_of(cr3, address, false, 0);
    return entry && (*entry & PRESENT) ? (*entry & ADDRESS) | (address & (PAGE - 1)) : 0;
}

void unmap_range(u64 cr3, u64 from, u64 to)
{
    for (u64 address = from; address < to; address += PAGE) {
        u64 *entry = entry_of(cr3, address, false, 0);
        if (!entry || !(*entry & PRESENT))
            continue;
        page_free(*entry & ADDRESS);
        *entry = 0;
        __asm__ volatile("invlpg (%0)" ::"r"(address) : "memory");
    }
}

/* Bring one page of the program's image in, or a fresh one. */
static void map_program_page(const struct program *program, u64 address)
{
    u64 page = page_alloc(), offset = (address & ~(PAGE - 1)) - program->base;
    if (offset < program->image_bytes) {
        u64 bytes = program->image_bytes - offset;
        memcpy(virt(page), program->image + offset, bytes < PAGE ? bytes : PAGE);
    }
    u64 flags = offset < program->text_bytes ? PRESENT | USER : PRESENT | USER | WRITE | NX;
    *entry_of(current()->cr3, address, true, USER) = page | flags;
}

/* Demand paging; false when the address belongs to nothing. */
static bool demand(u64 address)
{
    struct task *task = current();
    const struct program *program = task->program;
    if (!program)
        return false;
    if (address >= program->base && address < program->base + program->total_bytes) {
        map_program_page(program, address);
        return true;
    }
    bool stack = address < STACK_TOP && address >= STACK_TOP - STACK_LIMIT;
    bool mapped = address >= MAP_BASE && address < MAP_BASE + task->mapped;
    if (!stack && !mapped)
        return false;
    *entry_of(task->cr3, address, true, USER) = page_alloc() | PRESENT | USER | WRITE | NX;
    return true;
}

bool page_fault(struct trap *t, u64 address)
{
    guest_counters.page_faults++;
    current()->faults++;
    return !(t->error & PRESENT) && demand(address);
}

/* Make sure that pages of the current process are there, and may be written, before the kernel or a device does for it
 * what it could do itself; false when that cannot be. */
bool fault_in(u64 address, u64 bytes, bool write)
{
    u64 wanted = PRESENT | USER | (write ? WRITE : 0);
    if (address >= STACK_TOP || bytes > STACK_TOP - address)
        return false;
    for (u64 at = address & ~(PAGE - 1); at < address + bytes; at += PAGE) {
        if (!user_translate(current()->cr3, at) && !demand(at))
            return false;
        if ((*entry_of(current()->cr3, at, false, 0) & wanted) != wanted)
            return false;
    }
    return true;
}

/* Give back the pages that a table of some level and everything below it stand for. */
static void free_below(u64 *table, int level, int entries)
{
    for (int i = 0; i < entries; i++) {
        if (!(table[i] & PRESENT))
            continue;
        if (level)
            free_below(virt(table[i] & ADDRESS), level - 1, 512);
        if (!(table[i] & BORROWED))
            page_free(table[i] & ADDRESS);
        table[i] = 0;
    }
}

/* Forget everything a process had in memory; it must not be running. */
void address_space_clear(u64 cr3)
{
    free_below(virt(cr3), 3, 256);
}

/* Between the kernel and pages of any process that are known to be there. */
void user_copy(u64 cr3, u64 address, void *buffer, u64 bytes, bool to_user)
{
    for (u8 *at = buffer; bytes;) {
        u64 part = PAGE - (address & (PAGE - 1));
        if (part > bytes)
            part = bytes;
        void *page = virt(user_translate(cr3, address));
        memcpy(to_user ? page : at, to_user ? at : page, part);
        address += part, at += part, bytes -= part;
    }
}

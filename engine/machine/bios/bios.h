/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The BIOS services of a PC (IBM PC/AT technical reference 1502494, section 5; Ralf Brown's interrupt list). */
#ifndef BIOS_H
#define BIOS_H
#include <stdbool.h>
#include <stdint.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

/* A general register, whole and in its parts. */
typedef union {
    u32 e;
    u16 x;
    struct { u8 l, h; };
} reg;

/* The caller's registers, as entry.S lays them out. */
typedef struct {
    u16 gs, fs, es, ds;
    reg di, si, bp, sp, b, d, c, a;
    u16 vector, ip, cs, flags;
} registers;

#define CARRY 0x01
#define ZERO 0x40

static inline void set_flag(registers *r, u16 flag, bool on) { r->flags = on ? r->flags | flag : r->flags & ~flag; }

static inline u8 inb(u16 port)
{
    u8 value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}
static inline u32 inl(u16 port)
{
    u32 value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline void outl(u16 port, u32 value) { __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port)); }

static inline void outb(u16 port, u8 value) { __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port)); }

/* Memory of other segments. */
static inline u8 far_u8(u16 segment, u32 at)
{
    u8 value;
    __asm__ volatile("movw %1, %%fs\n\tmovb %%fs:(%2), %0" : "=q"(value) : "r"(segment), "r"(at));
    return value;
}
static inline u16 far_u16(u16 segment, u32 at)
{
    u16 value;
    __asm__ volatile("movw %1, %%fs\n\tmovw %%fs:(%2), %0" : "=r"(value) : "r"(segment), "r"(at));
    return value;
}
static inline u32 far_u32(u16 segment, u32 at)
{
    u32 value;
    __asm__ volatile("movw %1, %%fs\n\tmovl %%fs:(%2), %0" : "=r"(value) : "r"(segment), "r"(at));
    return value;
}
static inline void far_set_u8(u16 segment, u32 at, u8 value)
{
    __asm__ volatile("movw %0, %%fs\n\tmovb %2, %%fs:(%1)" : : "r"(segment), "r"(at), "q"(value) : "memory");
}
static inline void far_set_u16(u16 segment, u32 at, u16 value)
{
    __asm__ volatile("movw %0, %%fs\n\tmovw %2, %%fs:(%1)" : : "r"(segment), "r"(at), "r"(value) : "memory");
}
static inline void far_set_u32(u16 segment, u32 at, u32 value)
{
    __asm__ volatile("movw %0, %%fs\n\tmovl %2, %%fs:(%1)" : : "r"(segment), "r"(at), "r"(value) : "memory");
}

/* The BIOS data area at 0x400. */
enum {
    BDA_EQUIPMENT = 0x410, BDA_MEMORY = 0x413, BDA_SHIFT = 0x417, BDA_KEY_HEAD = 0x41a, BDA_KEY_TAIL = 0x41c,
    BDA_KEYS = 0x41e, BDA_KEYS_END = 0x43e, BDA_MODE = 0x449, BDA_COLUMNS = 0x44a, BDA_CURSOR = 0x450,
    BDA_CURSOR_SHAPE = 0x460, BDA_PAGE = 0x462, BDA_TICKS = 0x46c, BDA_MIDNIGHT = 0x470, BDA_DISK_STATUS = 0x474,
    BDA_DISKS = 0x475
};

u8 read_cmos(u8 index);
void pause_a_while(void);               /* while a disk works */
u32 port_disk_sectors(void);            /* 0: the disk is an ATA disk */
bool port_disk_transfer(bool write, u32 first, u32 count, u32 address);
void video_service(registers *);        /* int 0x10 */
void disk_service(registers *);         /* int 0x13 */
void system_service(registers *);       /* int 0x15 */
void keyboard_service(registers *);     /* int 0x16 */
void clock_service(registers *);        /* int 0x1a */
void pci_service(registers *);          /* int 0x1a, AH = 0xb1 */
void timer_interrupt(void);             /* IRQ 0 */
void keyboard_interrupt(void);          /* IRQ 1 */
#endif

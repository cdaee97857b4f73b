/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The devices that suites of test kernels expect: fw_cfg by port and by DMA, pc-testdev, its interrupt lines. */
#include "suite.h"

enum { SELECTOR = 0x510, DATA = 0x511, DMA_HIGH = 0x514, DMA_LOW = 0x518 };
enum { KEY_SIGNATURE = 0, KEY_ID = 1, KEY_RAM = 3, KEY_CPUS = 5, KEY_MOST_CPUS = 15 };
enum { MIB = 128, LINE = 0x2000, IRQ = 11, FIRST_VECTOR = 32, MASTER = 0x20, SLAVE = 0xa0, END_OF_INTERRUPT = 0x20 };

static volatile unsigned interrupts, last_vector;

void trapped(uint32_t vector)
{
    last_vector = vector;
    interrupts++;
    outb(LINE + IRQ, 0);
    outb(SLAVE, END_OF_INTERRUPT);
    outb(MASTER, END_OF_INTERRUPT);
}

static uint64_t item(uint16_t key, unsigned bytes)
{
    uint64_t value = 0;
    outw(SELECTOR, key);
    for (unsigned n = 0; n < bytes; n++)
        value |= (uint64_t)inb(DATA) << 8 * n;
    return value;
}

static void fw_cfg(void)
{
    static volatile struct {
        uint32_t control, length, high, low;
    } request;
    static volatile uint32_t signature;

    report(item(KEY_SIGNATURE, 4) == 0x554d4551, "fw_cfg: signature");
    report(item(KEY_ID, 4) == 3, "fw_cfg: port and DMA interface");
    report(item(KEY_RAM, 8) == (uint64_t)MIB << 20, "fw_cfg: size of RAM");
    report(item(KEY_CPUS, 2) == 1 && item(KEY_MOST_CPUS, 2) == 1, "fw_cfg: one CPU");
    report(item(0x7fff, 2) == 0, "fw_cfg: an unknown item reads as zeros");
    report(inl(DMA_HIGH) == 0x554d4551, "fw_cfg: DMA signature");
    request.control = __builtin_bswap32(KEY_SIGNATURE << 16 | 8 | 2);
    request.length = __builtin_bswap32(4);
    request.low = __builtin_bswap32((uint32_t)(uintptr_t)&signature);
    outl(DMA_HIGH, 0);
    outl(DMA_LOW, __builtin_bswap32((uint32_t)(uintptr_t)&request));
    report(request.control == 0 && signature == 0x554d4551, "fw_cfg: signature by DMA");
}

static void testdev(void)
{
    volatile uint32_t *memory = (uint32_t *)0xff000000;

    outl(0xe0, 0x12345678);
    outb(0xe1, 0xab);
    report(inl(0xe0) == 0x1234ab78, "pc-testdev: register");
    memory[0] = 0xdeadbeef;
    memory[1] = 0x01020304;
    report(memory[0] == 0xdeadbeef && *((volatile uint8_t *)memory + 5) == 3, "pc-testdev: memory");
}

static void interrupt_lines(void)
{
    static const uint8_t setup[][2] = {{0x20, 0x11}, {0xa0, 0x11}, {0x21, FIRST_VECTOR}, {0xa1, FIRST_VECTOR + 8},
                                       {0x21, 4}, {0xa1, 2}, {0x21, 1}, {0xa1, 1}, {0x21, 0xfb}, {0xa1, 0xf7}};

    for (unsigned n = 0; n < sizeof setup / sizeof *setup; n++)
        outb(setup[n][0], setup[n][1]);
    outb(LINE + IRQ, 1);
    __asm__ volatile("sti; nop; cli");
    report(interrupts == 1 && last_vector == FIRST_VECTOR + IRQ, "pc-testdev: a line interrupts");
    __asm__ volatile("sti; nop; cli");
    report(interrupts == 1, "pc-testdev: a line that fell does not");
}

void start(const struct information *information)
{
    (void)information;
    fw_cfg();
    testdev();
    interrupt_lines();
    leave(failed > 0);
}

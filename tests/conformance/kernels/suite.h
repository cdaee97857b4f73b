/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the test kernels share: ports, the serial console, and reports in the form of kvm-unit-tests. */
#ifndef SUITE_H
#define SUITE_H

#include <stdint.h>

enum { EXIT = 0xf4, SERIAL = 0x3f8, STATUS = 5, TRANSMITTER_EMPTY = 0x20, SKIPPED = 77 };

static inline void outb(uint16_t port, uint8_t value)
{
    __asm__ volatile("outb %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outw(uint16_t port, uint16_t value)
{
    __asm__ volatile("outw %0, %1" : : "a"(value), "Nd"(port));
}

static inline void outl(uint16_t port, uint32_t value)
{
    __asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static inline uint8_t inb(uint16_t port)
{
    uint8_t value;
    __asm__ volatile("inb %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static inline uint32_t inl(uint16_t port)
{
    uint32_t value;
    __asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
    return value;
}

static unsigned made, failed;

static inline void print(const char *text)
{
    for (; *text; text++) {
        while (!(inb(SERIAL + STATUS) & TRANSMITTER_EMPTY))
            ;
        outb(SERIAL, (uint8_t)*text);
    }
}

static inline void say(const char *outcome, const char *what)
{
    print(outcome);
    print(": ");
    print(what);
    print("\n");
}

static inline void report(int good, const char *what)
{
    made++;
    failed += !good;
    say(good ? "PASS" : "FAIL", what);
}

static inline void leave(uint32_t value)
{
    outl(EXIT, value);
    for (;;)
        __asm__ volatile("cli; hlt");
}

static inline int equal(const char *a, const char *b)
{
    while (*a && *a == *b)
        a++, b++;
    return *a == *b;
}

/* Multiboot information, 3.3: flags, memory, boot device, command line. */
struct information {
    uint32_t flags, lower, upper, device;
    const char *words;
};

/* The command line behind the kernel's name. */
static inline const char *arguments(const struct information *information)
{
    const char *words = information->words;
    while (*words && *words != ' ')
        words++;
    return *words ? words + 1 : words;
}

void reload_idt_and_fault(void);

#endif

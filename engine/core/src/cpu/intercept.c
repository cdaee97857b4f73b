/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Functions of Unicorn that the core replaces. Unicorn calls everything it exports through its procedure linkage
 * table; the slots of a few functions are pointed here.
 *
 * cpu_svm_check_intercept_param is QEMU's own check for AMD-V intercepts: every helper of an instruction that a
 * hypervisor may intercept calls it before it acts, with the registers in order (and RIP too, when the address in
 * translated code that it came from is looked up). cpu_abort ends the process where QEMU does not go on. */
#define _GNU_SOURCE
#include "cpu/intercept.h"
#include <dlfcn.h>
#include <link.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "cpu/exceptions.h"
#include "cpu/exits.h"
#include "emulator/emulator.h"
#include "guest/error.h"

static void (*original_check)(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc);
static void (*original_abort)(void *state, const char *format, ...);
static vpc_emulator *machines;   /* all there are: a slot is one for the whole process */

vpc_cpu *vpc_cpu_of_env(const void *env)
{
    for (vpc_emulator *emulator = machines; emulator; emulator = emulator->next)
        for (uint32_t i = 0; i < emulator->machine->ncpus; i++)
            if (emulator->machine->cpu[i].env == env)
                return &emulator->machine->cpu[i];
    return NULL;
}

vpc_cpu *vpc_cpu_of_state(const void *state)
{
    for (vpc_emulator *emulator = machines; emulator; emulator = emulator->next)
        for (uint32_t i = 0; i < emulator->machine->ncpus; i++)
            if (emulator->machine->cpu[i].state == state)
                return &emulator->machine->cpu[i];
    return NULL;
}

static void on_check(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc)
{
    vpc_cpu *cpu = vpc_cpu_of_env(env);
    if (cpu && host_pc)
        cpu->machine->emulator->uc.restore_state(cpu->state, host_pc, false);
    if (cpu)
        vpc_intercepted(cpu, type, parameter);
    original_check(env, type, parameter, host_pc);
}

static void on_abort(void *state, const char *format, ...)
{
    vpc_cpu *cpu = vpc_cpu_of_state(state);
    char message[200];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(message, sizeof message, format, arguments);
    va_end(arguments);
    if (cpu)
        vpc_abort(cpu, message);
    original_abort(state, "%s", message);
}

static const struct {
    const char *symbol;
    void *replacement, *original;
} replaced[] = {
    {"cpu_svm_check_intercept_param_x86_64", (void *)on_check, &original_check},
    {"cpu_abort_x86_64", (void *)on_abort, &original_abort},
};

/* An address in a dynamic section: some C libraries relocate it when they load the library, some do not. */
static const void *address_in(const struct link_map *map, ElfW(Addr) value)
{
    return (const void *)(value < map->l_addr ? map->l_addr + value : value);
}

static void **find_slot(const struct link_map *map, const char *symbol)
{
    const ElfW(Rela) *relocations = NULL;
    const ElfW(Sym) *symbols = NULL;
    const char *names = NULL;
    size_t bytes = 0;
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        switch (d->d_tag) {
        case DT_JMPREL: relocations = address_in(map, d->d_un.d_ptr); break;
        case DT_PLTRELSZ: bytes = d->d_un.d_val; break;
        case DT_SYMTAB: symbols = address_in(map, d->d_un.d_ptr); break;
        case DT_STRTAB: names = address_in(map, d->d_un.d_ptr); break;
        default: break;
        }
    }
    if (!relocations || !symbols || !names)
        return NULL;
    for (size_t i = 0; i < bytes / sizeof *relocations; i++)
        if (!strcmp(names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name, symbol))
            return (void **)(map->l_addr + relocations[i].r_offset);
    return NULL;
}

static int point(void **slot, void *function)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)slot & ~(page - 1);
    if (mprotect((void *)start, page, PROT_READ | PROT_WRITE))
        return -1;
    *slot = function;
    return 0;
}

int vpc_intercept_open(vpc *m, vpc_error *error)
{
    vpc_emulator *emulator = m->emulator;
    struct link_map *map = NULL;
    if (dlinfo(emulator->library, RTLD_DI_LINKMAP, &map))
        map = NULL;
    for (size_t i = 0; i < sizeof replaced / sizeof replaced[0]; i++) {
        void *function = dlsym(emulator->library, replaced[i].symbol);
        void **slot = map ? find_slot(map, replaced[i].symbol) : NULL;
        if (!function || !slot || point(slot, replaced[i].replacement))
            return vpc_fail(error, "Unicorn does not call %s through its linkage table; this needs Unicorn "
                            UC_VERSION_SUPPORTED, replaced[i].symbol);
        memcpy(replaced[i].original, &function, sizeof function);
    }
    emulator->machine = m;
    emulator->next = machines;
    machines = emulator;
    return 0;
}

void vpc_intercept_close(vpc *m)
{
    for (vpc_emulator **at = &machines; *at; at = &(*at)->next)
        if (*at == m->emulator) {
            *at = m->emulator->next;
            return;
        }
}

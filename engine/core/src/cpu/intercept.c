/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Instructions that a hypervisor would intercept, seen through QEMU's own check for AMD-V intercepts.
 *
 * Every such helper of QEMU calls cpu_svm_check_intercept_param before it acts, with registers in order (and RIP too, when
 * the address in translated code it came from is looked up). Unicorn calls it, as everything it exports, through its
 * procedure linkage table; the slot of that one function is pointed here. */
#define _GNU_SOURCE
#include "cpu/intercept.h"
#include <dlfcn.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "cpu/exits.h"
#include "emulator/emulator.h"
#include "guest/error.h"

#define REPLACED "cpu_svm_check_intercept_param_x86_64"

typedef void intercept_function(void *env, uint32_t type, uint64_t parameter, uintptr_t host_pc);

static intercept_function *original;
static vpc_emulator *machines;   /* all there are: the slot is one for the whole process */

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
    original(env, type, parameter, host_pc);
}

/* An address in a dynamic section: some C libraries relocate it when they load the library, some do not. */
static const void *address_in(const struct link_map *map, ElfW(Addr) value)
{
    return (const void *)(value < map->l_addr ? map->l_addr + value : value);
}

static void **find_slot(const struct link_map *map)
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
        if (!strcmp(names + symbols[ELF64_R_SYM(relocations[i].r_info)].st_name, REPLACED))
            return (void **)(map->l_addr + relocations[i].r_offset);
    return NULL;
}

static int point_here(void **slot)
{
    uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), start = (uintptr_t)slot & ~(page - 1);
    if (mprotect((void *)start, page, PROT_READ | PROT_WRITE))
        return -1;
    *slot = (void *)on_check;
    return 0;
}

int vpc_intercept_open(vpc *m, vpc_error *error)
{
    vpc_emulator *emulator = m->emulator;
    struct link_map *map = NULL;
    void **slot = NULL;
    original = (intercept_function *)dlsym(emulator->library, REPLACED);
    if (!dlinfo(emulator->library, RTLD_DI_LINKMAP, &map) && map)
        slot = find_slot(map);
    if (!original || !slot || point_here(slot)) {
        return vpc_fail(error, "Unicorn does not call %s where this looks for it; this needs Unicorn "
                 UC_VERSION_SUPPORTED, REPLACED);
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

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Replaces functions of the loaded Unicorn library.
 *
 * Unicorn calls what it exports through its procedure linkage table; each slot of the global offset table that belongs
 * to a function of the table is pointed to the core's own. The slots are one for the whole process, so a
 * replacement passes on calls for engines that are none of the core's machines. */
#define _GNU_SOURCE
#include "emulator/interpose.h"
#include <dlfcn.h>
#include <link.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "emulator/emulator.h"
#include "guest/error.h"

vpc_replaced_functions vpc_replaced;
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

vpc_cpu *vpc_cpu_of_engine(const void *uc)
{
    for (vpc_emulator *emulator = machines; emulator; emulator = emulator->next)
        for (uint32_t i = 0; i < emulator->machine->ncpus; i++)
            if (emulator->machine->cpu[i].uc == uc)
                return &emulator->machine->cpu[i];
    return NULL;
}

/* An address in a dynamic section: some C libraries relocate it when they load the library, some do not. */
static const void *address_in(const struct link_map *map, ElfW(Addr) value)
{
    return (const void *)(value < map->l_addr ? map->l_addr + value : value);
}

typedef struct {
    const ElfW(Rela) *relocations;
    const ElfW(Sym) *symbols;
    const char *names;
    size_t bytes;
} linkage_table;

static linkage_table find_linkage_table(const struct link_map *map)
{
    linkage_table t = {0};
    for (const ElfW(Dyn) *d = map->l_ld; d->d_tag != DT_NULL; d++) {
        switch (d->d_tag) {
        case DT_JMPREL: t.relocations = address_in(map, d->d_un.d_ptr); break;
        case DT_PLTRELSZ: t.bytes = d->d_un.d_val; break;
        case DT_SYMTAB: t.symbols = address_in(map, d->d_un.d_ptr); break;
        case DT_STRTAB: t.names = address_in(map, d->d_un.d_ptr); break;
        default: break;
        }
    }
    return t;
}

static void **find_slot(const struct link_map *map, const linkage_table *t, const char *symbol)
{
    if (!t->relocations || !t->symbols || !t->names)
        return NULL;
    for (size_t i = 0; i < t->bytes / sizeof *t->relocations; i++)
        if (!strcmp(t->names + t->symbols[ELF64_R_SYM(t->relocations[i].r_info)].st_name, symbol))
            return (void **)(map->l_addr + t->relocations[i].r_offset);
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

int vpc_interpose_open(vpc *m, const vpc_replacement *table, size_t n, vpc_error *error)
{
    vpc_emulator *emulator = m->emulator;
    struct link_map *map = NULL;
    linkage_table linkage = {0};
    if (!dlinfo(emulator->library, RTLD_DI_LINKMAP, &map) && map)
        linkage = find_linkage_table(map);
    for (size_t i = 0; i < n; i++) {
        void *original = dlsym(emulator->library, table[i].symbol);
        void **slot = map ? find_slot(map, &linkage, table[i].symbol) : NULL;
        if (!original || !slot || point(slot, table[i].replacement))
            return vpc_fail(error, "Unicorn does not call %s through its linkage table; this needs Unicorn "
                            UC_VERSION_SUPPORTED, table[i].symbol);
        memcpy((char *)&vpc_replaced + table[i].original, &original, sizeof original);
    }
    emulator->machine = m;
    emulator->next = machines;
    machines = emulator;
    return 0;
}

void vpc_interpose_close(vpc *m)
{
    for (vpc_emulator **at = &machines; *at; at = &(*at)->next)
        if (*at == m->emulator) {
            *at = m->emulator->next;
            return;
        }
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the running process of a Linux guest has mapped, read from the kernel's own structures when it is asked for, so
 * that a name is right even if the process ends within the second.
 *
 * A process keeps its mappings in a maple tree (mm_struct.mm_mt, since Linux 6.1; include/linux/maple_tree.h). The
 * pointer to a node has the node's type in its bits 3 to 6; nodes are aligned to 256 bytes. Bits 0 and 1 of the root
 * are binary 10 if it is a node. A node's pivots are the last indices of its slots, in rising order, and 0 behind the
 * last that is used. A slot of a leaf holds a vm_area_struct. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include "guest/mappings.h"
#include "guest/memory.h"
#include "guest/registers.h"

#define USER_BITS 47
#define KERNEL_HALF 0xFFFF800000000000u
#define NODE_BYTES 256
#define NODE_WORDS (NODE_BYTES / 8)
#define LEAST_POINTER 4096u   /* smaller entries of a tree are marks of its own */
#define MOST_LEVELS 10        /* a deeper tree is damaged */
#define VM_EXEC 4u            /* of vm_area_struct.vm_flags (include/linux/mm.h) */

typedef struct {
    uint64_t mm, at;          /* addresses of the process's mm_struct and of the vm_area_struct */
    uint64_t start, end;
} area;

static uint64_t word(const vpc *m, const vpc_cpu *cpu, uint64_t address)
{
    uint64_t value = 0;
    return vpc_linear_copy(m, cpu, address, (uint8_t *)&value, sizeof value) == sizeof value ? value : 0;
}

/* The mm_struct of the running process; 0 in a kernel thread, and before the kernel has a per-CPU area. That is at the
 * GS base while the kernel has its own loaded, otherwise at KERNEL_GS_BASE. */
static uint64_t running_mm(const vpc *m, const vpc_cpu *cpu)
{
    bool user = ENV_U32(SEG(cpu->env, VPC_SEG_CS, SEG_SELECTOR), 0) & 3;
    uint64_t base = SEGMENT_BASE(cpu->env, VPC_SEG_GS);
    if (user || base < KERNEL_HALF)
        base = ENV_U64(cpu->env, ENV_KERNELGSBASE);
    uint64_t task = base < KERNEL_HALF ? 0 : word(m, cpu, base + m->mappings.task);
    return task ? word(m, cpu, task + m->mappings.mm) : 0;
}

/* What a node has at an index; 0: nothing, or no memory. */
static uint64_t entry_of(const vpc *m, const vpc_cpu *cpu, uint64_t node, const vpc_tree_node *form, uint64_t index)
{
    uint64_t words[NODE_WORDS];
    if (vpc_linear_copy(m, cpu, node & ~(uint64_t)(NODE_BYTES - 1), (uint8_t *)words, NODE_BYTES) != NODE_BYTES)
        return 0;
    uint64_t i = 0;
    while (i < form->pivots && words[form->pivot / 8 + i] && index > words[form->pivot / 8 + i])
        i++;
    return words[form->slot / 8 + i];
}

/* The mapping at an address. False when there is none; then `mm` is 0 unless it is known that there is none. */
static bool find_area(const vpc *m, const vpc_cpu *cpu, uint64_t address, area *out)
{
    const vpc_mappings *k = &m->mappings;
    if (!k->known || address >> USER_BITS || !(out->mm = running_mm(m, cpu)))
        return false;
    uint64_t entry = word(m, cpu, out->mm + k->root);
    bool leaf = (entry & 3) != 2;
    for (int level = 0; !leaf && level < MOST_LEVELS && entry > LEAST_POINTER; level++) {
        uint64_t type = entry >> 3 & 15;
        leaf = type != k->inner_type && type != k->range_type;
        entry = entry_of(m, cpu, entry, type == k->inner_type ? &k->inner : &k->range, address);
    }
    if (!leaf || entry <= LEAST_POINTER)
        return false;
    out->at = entry;
    out->start = word(m, cpu, entry + k->start);
    out->end = word(m, cpu, entry + k->end);
    return address >= out->start && address < out->end;
}

/* Names are the guest's: what is not printable, or would separate words, is shown as a question mark. */
static void copy_name(const vpc *m, const vpc_cpu *cpu, uint64_t at, char *out)
{
    uint64_t n = vpc_linear_copy(m, cpu, at, (uint8_t *)out, VPC_PLACE_NAME - 1);
    out[n] = 0;
    for (char *c = out; *c; c++)
        if ((unsigned char)*c <= ' ' || *c == 0x7F)
            *c = '?';
}

/* A name for what is no file, in brackets as in /proc/PID/maps. */
static const char *name_of_memory(const vpc *m, const vpc_cpu *cpu, const area *a)
{
    const vpc_mappings *k = &m->mappings;
    uint64_t stack = word(m, cpu, a->mm + k->stack_start);
    if (a->start == word(m, cpu, a->mm + k->vdso))
        return "[vdso]";
    if (a->start <= stack && a->end >= stack)
        return "[stack]";
    if (a->start <= word(m, cpu, a->mm + k->heap_end) && a->end >= word(m, cpu, a->mm + k->heap_start))
        return "[heap]";
    return "[anon]";
}

/* Keep a file that is named, for whoever looks up what its functions are called. */
static void note_file(vpc *m, uint64_t contents, const char *name)
{
    size_t slot = (contents * 0x9E3779B97F4A7C15u) >> 32 & (VPC_MAPPED_FILES - 1);
    vpc_mapped_file *f = &m->mapped[slot].file;
    if (f->contents == contents && !strcmp(f->name, name))
        return;
    f->contents = contents;
    memcpy(f->name, name, VPC_PLACE_NAME);
    m->mapped[slot].fresh = true;
}

uint64_t vpc_take_mapped_files(vpc *m, vpc_mapped_file *out, uint64_t limit)
{
    uint64_t taken = 0;
    for (size_t slot = 0; slot < VPC_MAPPED_FILES && taken < limit; slot++)
        if (m->mapped[slot].fresh) {
            m->mapped[slot].fresh = false;
            out[taken++] = m->mapped[slot].file;
        }
    return taken;
}

size_t vpc_place(vpc *m, const vpc_cpu *cpu, uint64_t address, char *out)
{
    const vpc_mappings *k = &m->mappings;
    area a;
    char name[VPC_PLACE_NAME] = "";
    if (!find_area(m, cpu, address, &a))
        return (size_t)sprintf(out, "0x%" PRIx64, address);
    uint64_t offset = address - a.start, file = word(m, cpu, a.at + k->file);
    if (!file)
        return (size_t)sprintf(out, "%s+0x%" PRIx64, name_of_memory(m, cpu, &a), offset);
    copy_name(m, cpu, word(m, cpu, word(m, cpu, file + k->dentry) + k->name), name);
    if (*name)
        note_file(m, word(m, cpu, file + k->contents), name);
    offset += word(m, cpu, a.at + k->page) << 12;
    return (size_t)sprintf(out, "%s+0x%" PRIx64, *name ? name : "?", offset);
}

bool vpc_maps_no_code(const vpc *m, const vpc_cpu *cpu, uint64_t address)
{
    area a = {0};
    if (find_area(m, cpu, address, &a))
        return !(word(m, cpu, a.at + m->mappings.flags) & VM_EXEC);
    return a.mm;
}

static bool fits(const vpc_tree_node *form)
{
    uint64_t most = NODE_BYTES - 8;
    return form->pivot <= most && form->slot <= most && form->pivots < NODE_WORDS &&
           form->pivot / 8 + form->pivots <= NODE_WORDS && form->slot / 8 + form->pivots < NODE_WORDS;
}

/* The offsets are the guest's own type information: a node of another shape is none. */
void vpc_set_mappings(vpc *m, const vpc_mappings *offsets)
{
    m->mappings = *offsets;
    m->mappings.known = offsets->known && fits(&offsets->inner) && fits(&offsets->range);
}

uint64_t vpc_describe_place(vpc *m, uint32_t cpu, uint64_t address, char *out)
{
    return cpu < m->ncpus ? vpc_place(m, &m->cpu[cpu], address, out) : 0;
}

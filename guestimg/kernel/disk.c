/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ATA disk by bus-master DMA (ATA/ATAPI-6; Programming Interface for Bus Master IDE Controller 1.0). Requests queue up
 * for the kernel thread ata/0, which has one in flight on the channel; IRQ 14 tells that it is done. */
#include "kernel.h"

#define ATA 0x1f0
#define QUEUE 16
#define MAX_PRD 64
#define PRD_END 0x80000000u
#define BM_START 1
#define BM_TO_MEMORY 8
#define READ_DMA 0xc8
#define WRITE_DMA 0xca
#define BUS_MASTER_PORTS 0xc000

struct request {
    u64 sector, sectors, address, cr3;
    bool write, done, failed;
    struct task *task;
};

static struct request *queue[QUEUE];
static u64 queued, taken;
static struct task *thread;
static volatile bool finished;
static u16 bus_master;
static u32 prd[MAX_PRD * 2] __attribute__((aligned(4096)));

static u32 pci_read(u32 device, u32 offset)
{
    outl(0xcf8, 0x80000000u | device << 8 | offset);
    return inl(0xcfc);
}

static void pci_write(u32 device, u32 offset, u32 value)
{
    outl(0xcf8, 0x80000000u | device << 8 | offset);
    outl(0xcfc, value);
}

void disk_init(void)
{
    for (u32 device = 0; device < 256 && !bus_master; device++) {
        if (pci_read(device, 0) == 0xffffffffu || pci_read(device, 8) >> 16 != 0x0101)
            continue;
        if (!(pci_read(device, 0x20) & 0xfff0))
            pci_write(device, 0x20, BUS_MASTER_PORTS | 1);
        pci_write(device, 4, (pci_read(device, 4) & 0xffff) | 5);  /* I/O space, bus master */
        bus_master = pci_read(device, 0x20) & 0xfff0;
    }
    if (!bus_master)
        panic("no bus-master IDE controller");
    printk("ata: bus master at port %x\n", (u64)bus_master);
    outb(ATA + 0x206, 0);                                          /* interrupts on */
    thread = task_new("ata/0", disk_thread, NULL);
}

/* One entry per stretch of physically contiguous memory; the buffer lies in a process's address space. */
static u64 build_prd(const struct request *r)
{
    u64 bytes = r->sectors * 512, n = 0;
    for (u64 at = r->address, end = at + bytes; at < end && n < MAX_PRD;) {
        u64 part = PAGE - (at & (PAGE - 1)), physical = user_translate(r->cr3, at);
        if (part > end - at)
            part = end - at;
        prd[n * 2] = (u32)physical;
        prd[n * 2 + 1] = (u32)part;
        n++;
        at += part;
    }
    prd[n * 2 - 1] |= PRD_END;
    return n;
}

static void start(const struct request *r)
{
    build_prd(r);
    outb(bus_master, 0);
    outl(bus_master + 4, (u32)phys(prd));
    outb(bus_master + 2, 6);
    while (inb(ATA + 7) & 0x80)
        ;
    outb(ATA + 6, 0xe0 | (u8)(r->sector >> 24 & 15));
    outb(ATA + 2, (u8)r->sectors);
    outb(ATA + 3, (u8)r->sector);
    outb(ATA + 4, (u8)(r->sector >> 8));
    outb(ATA + 5, (u8)(r->sector >> 16));
    outb(ATA + 7, r->write ? WRITE_DMA : READ_DMA);
    outb(bus_master, r->write ? BM_START : BM_START | BM_TO_MEMORY);
}

void disk_interrupt(void)
{
    if (!(inb(bus_master + 2) & 4))
        return;
    finished = true;
    wake(thread);
}

static void finish(struct request *r)
{
    u8 bus = inb(bus_master + 2), status = inb(ATA + 7);
    outb(bus_master, 0);
    outb(bus_master + 2, 6);
    r->failed = (bus & 2) || (status & 0x21);
    if (r->failed) {
        guest_counters.disk_errors++;
        printk("ata: error at sector %u, status %x\n", r->sector, (u64)status);
    }
    *(r->write ? &guest_counters.disk_writes : &guest_counters.disk_reads) += 1;
    guest_counters.disk_sectors += r->sectors;
    r->done = true;
    wake(r->task);
}

void disk_thread(void *unused)
{
    (void)unused;
    for (;;) {
        cli();
        while (taken == queued)
            wait_here();
        struct request *r = queue[taken++ % QUEUE];
        finished = false;
        start(r);
        while (!finished)
            wait_here();
        finish(r);
        sti();
    }
}

u64 disk_transfer(u64 sector, u64 sectors, u64 address, bool write)
{
    struct request r = {.sector = sector, .sectors = sectors, .address = address, .cr3 = current()->cr3,
                        .write = write, .task = current()};
    cli();
    while (queued - taken == QUEUE)
        sleep_ticks(1), cli();
    queue[queued++ % QUEUE] = &r;
    wake(thread);
    while (!r.done)
        wait_here();
    sti();
    return r.failed ? (u64)-1 : sectors;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* ATA disk (ATA/ATAPI-6) by bus-master DMA (Programming Interface for Bus Master IDE Controller 1.0), and by programmed
 * I/O what DMA is not for: IDENTIFY DEVICE, and everything on a machine without a bus master. A process issues its
 * request itself when those before it are done, for there is one in flight on the channel; IRQ 14 tells that a command
 * or a block of it is done. */
#include "kernel.h"

#define IRQ 14
#define ATA 0x1f0
#define ATA_STATUS (ATA + 7)
#define ATA_CONTROL (ATA + 0x206)
#define BUSY 0x80
#define DATA_REQUEST 0x08
#define FAULTS 0x21             /* ERR, DF */
#define SECTOR 512
#define MAX_PRD 64
#define PRD_END 0x80000000u
#define BM_STATUS (bus_master + 2)
#define BM_TABLE (bus_master + 4)
#define BM_START 1
#define BM_TO_MEMORY 8
#define BM_ERROR 2
#define BM_INTERRUPT 4
#define PCI_CLASS 8
#define PCI_CLASS_IDE 0x01010000u
#define BAR4 0x20
#define BUS_MASTER_PORTS 0xc000

struct request {
    u64 sector, sectors, address;
    enum disk_command command;
};

static const struct {
    u8 dma, pio;
    bool write;
} disk_commands[] = {
    [DISK_READ] = {0xc8, 0x20, false},
    [DISK_WRITE] = {0xca, 0x30, true},
    [DISK_IDENTIFY] = {0, 0xec, false},
};

static struct task *queue[NTASKS];  /* each has one request at the most */
static u64 queued, served;          /* the task whose turn it is: queue[served % NTASKS] */
static volatile bool finished;
static bool by_dma;
static u8 disk_status;
static u16 bus_master;          /* 0: none */
static u32 prd[MAX_PRD * 2] __attribute__((aligned(4096)));
static u16 block[SECTOR / 2];

static void disk_interrupt(void)
{
    if (by_dma && !(inb(BM_STATUS) & BM_INTERRUPT))
        return;
    disk_status = inb(ATA_STATUS);   /* takes INTRQ back */
    finished = true;
    wake(queue[served % NTASKS]);
}

static void await_interrupt(void)
{
    while (!finished)
        wait_here();
    finished = false;
}

/* One entry per page; the buffer lies in a process's address space. */
static void build_prd(const struct request *r)
{
    u64 n = 0;
    for (u64 at = r->address, end = at + r->sectors * SECTOR; at < end && n < MAX_PRD; n++) {
        u64 part = PAGE - (at & (PAGE - 1));
        if (part > end - at)
            part = end - at;
        prd[n * 2] = (u32)user_translate(current()->cr3, at);
        prd[n * 2 + 1] = (u32)part;
        at += part;
    }
    prd[n * 2 - 1] |= PRD_END;
}

static void issue(const struct request *r, u8 command)
{
    while (inb(ATA_STATUS) & BUSY)
        ;
    outb(ATA + 6, 0xe0 | (u8)(r->sector >> 24 & 15));   /* LBA, drive 0 */
    outb(ATA + 2, (u8)r->sectors);
    outb(ATA + 3, (u8)r->sector);
    outb(ATA + 4, (u8)(r->sector >> 8));
    outb(ATA + 5, (u8)(r->sector >> 16));
    outb(ATA_STATUS, command);
}

static bool transfer_by_dma(const struct request *r)
{
    u8 direction = disk_commands[r->command].write ? 0 : BM_TO_MEMORY;
    build_prd(r);
    outb(bus_master, 0);
    outl(BM_TABLE, (u32)phys(prd));
    outb(BM_STATUS, BM_ERROR | BM_INTERRUPT);           /* writing 1 clears */
    issue(r, disk_commands[r->command].dma);
    outb(bus_master, BM_START | direction);
    await_interrupt();
    bool failed = inb(BM_STATUS) & BM_ERROR;
    outb(bus_master, 0);
    outb(BM_STATUS, BM_ERROR | BM_INTERRUPT);
    return !failed && !(disk_status & FAULTS);
}

/* Blocks of one sector. A read interrupts before each block; a write asks for the first at once, and interrupts after
 * each. */
static bool transfer_by_pio(const struct request *r)
{
    bool write = disk_commands[r->command].write;
    issue(r, disk_commands[r->command].pio);
    for (u64 i = 0; i < r->sectors; i++) {
        if (write) {
            while ((inb(ATA_STATUS) & (BUSY | DATA_REQUEST | FAULTS)) == BUSY)
                ;
            user_copy(current()->cr3, r->address + i * SECTOR, block, SECTOR, false);
            outsw(ATA, block, SECTOR / 2);
        }
        await_interrupt();
        if (disk_status & FAULTS)
            return false;
        if (!write) {
            insw(ATA, block, SECTOR / 2);
            user_copy(current()->cr3, r->address + i * SECTOR, block, SECTOR, true);
        }
    }
    return true;
}

static bool serve(const struct request *r)
{
    finished = false;
    by_dma = bus_master && disk_commands[r->command].dma;
    bool done = by_dma ? transfer_by_dma(r) : transfer_by_pio(r);
    if (!done) {
        guest_counters.disk_errors++;
        printk("ata: error at sector %u, status %x\n", r->sector, (u64)disk_status);
    }
    if (r->command != DISK_IDENTIFY) {
        *(disk_commands[r->command].write ? &guest_counters.disk_writes : &guest_counters.disk_reads) += 1;
        guest_counters.disk_sectors += r->sectors;
    }
    return done;
}

u64 disk_transfer(enum disk_command command, u64 sector, u64 sectors, u64 address)
{
    const struct request r = {.sector = sector, .sectors = sectors, .address = address, .command = command};
    cli();
    current()->uninterruptible = true;      /* a process that is held must not hold up the queue */
    u64 turn = queued++;
    queue[turn % NTASKS] = current();
    while (served != turn)
        wait_here();
    bool done = serve(&r);
    if (++served != queued)
        wake(queue[served % NTASKS]);
    current()->uninterruptible = false;
    sti();
    return done ? sectors : (u64)-1;
}

void disk_init(void)
{
    u32 function = pci_find(PCI_CLASS, 0xffff0000u, PCI_CLASS_IDE);
    if (function != NO_PCI)
        bus_master = pci_enable_ports(function, BAR4, BUS_MASTER_PORTS);
    if (bus_master)
        printk("ata: bus master at port %x\n", (u64)bus_master);
    else
        printk("ata: no bus master, programmed I/O\n");
    outb(ATA_CONTROL, 0);                               /* interrupts on */
    irq_enable(IRQ, disk_interrupt);
}

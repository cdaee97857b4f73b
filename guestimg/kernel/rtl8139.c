/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Realtek RTL8139 network card (RTL8139C(L) data sheet): four transmit buffers, a receive ring of 8 KiB, all by DMA. */
#include "kernel.h"

#define IDENTITY 0x813910ecu
#define BAR0 0x10
#define INTERRUPT_LINE 0x3c
#define NET_PORTS 0xd000
#define IDR (ports + 0x00)
#define TSD(n) (u16)(ports + 0x10 + 4 * (n))
#define TSAD(n) (u16)(ports + 0x20 + 4 * (n))
#define RBSTART (ports + 0x30)
#define CR (ports + 0x37)
#define CAPR (ports + 0x38)
#define IMR (ports + 0x3c)
#define ISR (ports + 0x3e)
#define RCR (ports + 0x44)
#define CONFIG1 (ports + 0x52)
#define CR_EMPTY 0x01
#define CR_ENABLE 0x0c
#define CR_RESET 0x10
#define TSD_OWN 0x2000          /* DMA done, or never begun */
#define INT_RECEIVED 0x01
#define INT_SENT 0x04
#define INT_OVERFLOW 0x50       /* receive buffer, receive FIFO */
#define RCR_TAKE 0x0a           /* broadcast, and frames to this address */
#define RCR_WRAP 0x80           /* frames may run over the end of the ring */
#define RX_OK 1
#define RX_HEADER 4
#define RX_CRC 4
#define RING 8192
#define SENDERS 4
#define SHORTEST 60

static u16 ports;               /* 0: no card */
static u8 receive_ring[RING + 16 + 2048] __attribute__((aligned(4096)));
static u8 send_buffers[SENDERS][2048] __attribute__((aligned(4096)));
static u64 next_sender, ring_at;
static struct task *receiver;

static void net_interrupt(void)
{
    u16 causes = inw(ISR);
    outw(ISR, causes);          /* writing 1 clears */
    if ((causes & (INT_RECEIVED | INT_OVERFLOW)) && receiver)
        wake(receiver);
}

static void start_receiver(void)
{
    ring_at = 0;
    outl(RBSTART, (u32)phys(receive_ring));
    outb(CR, CR_ENABLE);
    outl(RCR, RCR_TAKE | RCR_WRAP);
}

void net_init(void)
{
    u32 function = pci_find(0, 0xffffffffu, IDENTITY);
    if (function == NO_PCI)
        return;
    u8 line = (u8)pci_read(function, INTERRUPT_LINE);
    ports = pci_enable_ports(function, BAR0, NET_PORTS | 1);
    outb(CONFIG1, 0);           /* wake up */
    outb(CR, CR_RESET);
    for (int spins = 0; inb(CR) & CR_RESET; spins++)
        if (spins == 100000) {
            printk("net: the card does not reset\n");
            ports = 0;
            return;
        }
    for (u64 i = 0; i < SENDERS; i++)
        outl(TSAD(i), (u32)phys(send_buffers[i]));
    start_receiver();
    if (line < NIRQS)
        irq_enable(line, net_interrupt);
    outw(IMR, INT_RECEIVED | INT_SENT | INT_OVERFLOW);
    printk("net: rtl8139 at port %x, line %u\n", (u64)ports, (u64)line);
}

/* The card's address, 6 bytes. */
bool net_address(u8 *to)
{
    for (int i = 0; ports && i < 6; i++)
        to[i] = inb((u16)(IDR + i));
    return ports;
}

bool net_send(const void *frame, u64 bytes)
{
    if (!ports || bytes > MAX_FRAME)
        return false;
    u64 n = next_sender++ % SENDERS;
    for (int tries = 0; !(inl(TSD(n)) & TSD_OWN); tries++) {
        if (tries == 10)
            return false;
        sleep_ticks(1);
    }
    memset(send_buffers[n], 0, SHORTEST);
    memcpy(send_buffers[n], frame, bytes);
    guest_counters.frames_sent++;
    outl(TSD(n), bytes < SHORTEST ? SHORTEST : (u32)bytes);     /* clears OWN: go */
    return true;
}

/* Take the next frame out of the ring; its bytes, 0 when there is none. */
static u64 take(void *to)
{
    if (inb(CR) & CR_EMPTY)
        return 0;
    u16 header[2];
    memcpy(header, receive_ring + ring_at, RX_HEADER);
    u64 bytes = header[1] - RX_CRC;
    if (!(header[0] & RX_OK) || header[1] < RX_CRC || bytes > MAX_FRAME) {
        start_receiver();       /* lost step with the card */
        return 0;
    }
    memcpy(to, receive_ring + ring_at + RX_HEADER, bytes);
    ring_at = (ring_at + RX_HEADER + header[1] + 3) / 4 * 4 % RING;
    outw(CAPR, (u16)(ring_at - 16));
    guest_counters.frames_received++;
    return bytes;
}

/* Wait for a frame, at most so many ticks; its bytes, 0 when none came. `to` has room for MAX_FRAME. */
u64 net_receive(void *to, u64 ticks)
{
    u64 bytes, end = guest_counters.ticks + ticks;
    if (!ports) {
        sleep_ticks(ticks);
        return 0;
    }
    cli();
    receiver = current();
    while (!(bytes = take(to)) && guest_counters.ticks < end)
        sleep_until(end);
    receiver = NULL;
    sti();
    return bytes;
}

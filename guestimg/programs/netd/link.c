/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ethernet II frames, and the Address Resolution Protocol (RFC 826) for the one neighbour we talk to. */
#include "net.h"

#define HEADER 14
#define TYPE_IP 0x0800
#define TYPE_ARP 0x0806
#define ARP_BYTES 28
#define ARP_REQUEST 1
#define ARP_REPLY 2

static const u8 everybody[6] = {0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
static u8 out[MAX_FRAME], in[MAX_FRAME];
static u8 neighbour_mac[6];
static u32 neighbour;           /* whose MAC that is */
static bool neighbour_known;

u8 *link_payload(void)
{
    return out + HEADER;
}

static bool send_frame(const u8 *to, u16 type, u64 bytes)
{
    copy(out, to, 6);
    copy(out + 6, my_mac, 6);
    put16(out + 12, type);
    return net_send(out, HEADER + bytes) == 0;
}

bool link_send(u32 next_hop, u64 bytes)
{
    if (next_hop == BROADCAST)
        return send_frame(everybody, TYPE_IP, bytes);
    return next_hop == neighbour && neighbour_known && send_frame(neighbour_mac, TYPE_IP, bytes);
}

static bool arp_send(u16 operation, const u8 *to, u32 address)
{
    u8 *p = link_payload();
    put16(p, 1);                /* Ethernet */
    put16(p + 2, TYPE_IP);
    p[4] = 6, p[5] = 4;
    put16(p + 6, operation);
    copy(p + 8, my_mac, 6);
    put32(p + 14, my_address);
    if (operation == ARP_REPLY)
        copy(p + 18, to, 6);
    else
        clear(p + 18, 6);
    put32(p + 24, address);
    return send_frame(to, TYPE_ARP, ARP_BYTES);
}

NOINLINE void arp_input(const u8 *p, u64 bytes)
{
    if (bytes < ARP_BYTES || get16(p + 2) != TYPE_IP || get32(p + 24) != my_address || !my_address)
        return;
    u32 sender = get32(p + 14);
    if (sender == neighbour) {
        copy(neighbour_mac, p + 8, 6);
        neighbour_known = true;
    }
    if (get16(p + 6) == ARP_REQUEST)
        arp_send(ARP_REPLY, p + 8, sender);
}

bool link_poll(u64 milliseconds)
{
    u64 bytes = net_receive(in, milliseconds);
    if (bytes < HEADER || bytes > MAX_FRAME)
        return false;
    u16 type = get16(in + 12);
    if (type == TYPE_ARP)
        arp_input(in + HEADER, bytes - HEADER);
    else if (type == TYPE_IP)
        ip_input(in + HEADER, bytes - HEADER);
    return true;
}

bool link_find(u32 address)
{
    neighbour = address;
    neighbour_known = false;
    for (int tries = 0; tries < 3 && !neighbour_known; tries++) {
        arp_send(ARP_REQUEST, everybody, address);
        for (u64 end = now_ms() + 200; now_ms() < end && !neighbour_known;)
            link_poll(end - now_ms());
    }
    return neighbour_known;
}

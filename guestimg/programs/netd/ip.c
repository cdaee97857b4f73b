/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4 without options and fragments (RFC 791), ICMP echo (RFC 792), UDP (RFC 768) and its echo (RFC 862). */
#include "net.h"

#define HEADER 20
#define VERSION_AND_LENGTH 0x45
#define DONT_FRAGMENT 0x4000
#define FRAGMENT 0x3fff
#define TTL 64
#define ICMP_HEADER 8
#define ECHO_REPLY 0
#define ECHO_REQUEST 8
#define PING_IDENTIFIER 0x7674
#define PING_BYTES 56
#define ANSWER_MS 300

static u16 identification;
static u32 pings_answered, datagrams_answered;

u8 *ip_payload(void)
{
    return link_payload() + HEADER;
}

static u64 sum(const u8 *data, u64 bytes)
{
    u64 total = 0;
    for (u64 i = 0; i + 1 < bytes; i += 2)
        total += get16(data + i);
    return bytes & 1 ? total + (u64)(data[bytes - 1] << 8) : total;
}

/* The Internet checksum (RFC 1071) of data and of what `start` has summed up. */
NOINLINE u16 checksum(const u8 *data, u64 bytes, u64 start)
{
    u64 total = start + sum(data, bytes);
    while (total >> 16)
        total = (total & 0xffff) + (total >> 16);
    return (u16)~total;
}

u16 pseudo_checksum(u8 protocol, u32 from, u32 to, const u8 *data, u64 bytes)
{
    return checksum(data, bytes, (from >> 16) + (from & 0xffff) + (to >> 16) + (to & 0xffff) + protocol + bytes);
}

bool ip_send(u8 protocol, u32 to, u64 bytes)
{
    u8 *p = link_payload();
    p[0] = VERSION_AND_LENGTH, p[1] = 0;
    put16(p + 2, HEADER + bytes);
    put16(p + 4, ++identification);
    put16(p + 6, DONT_FRAGMENT);
    p[8] = TTL, p[9] = protocol;
    put16(p + 10, 0);
    put32(p + 12, my_address);
    put32(p + 16, to);
    put16(p + 10, checksum(p, HEADER, 0));
    return link_send(to == BROADCAST ? BROADCAST : router, HEADER + bytes);
}

static bool icmp_send(u8 type, u32 to, u64 bytes)
{
    u8 *p = ip_payload();
    p[0] = type, p[1] = 0;
    put16(p + 2, 0);
    put16(p + 2, checksum(p, bytes, 0));
    return ip_send(PROTOCOL_ICMP, to, bytes);
}

static void icmp_input(u32 from, const u8 *p, u64 bytes)
{
    if (bytes < ICMP_HEADER || checksum(p, bytes, 0))
        return;
    if (p[0] == ECHO_REPLY && get16(p + 4) == PING_IDENTIFIER)
        pings_answered++;
    if (p[0] != ECHO_REQUEST)
        return;
    copy(ip_payload(), p, bytes);
    icmp_send(ECHO_REPLY, from, bytes);
}

bool udp_send(u16 from_port, u32 to, u16 port, u64 bytes)
{
    u8 *p = ip_payload();
    put16(p, from_port);
    put16(p + 2, port);
    put16(p + 4, UDP_PAYLOAD + bytes);
    put16(p + 6, 0);
    u16 check = pseudo_checksum(PROTOCOL_UDP, my_address, to, p, UDP_PAYLOAD + bytes);
    put16(p + 6, check ? check : 0xffff);
    return ip_send(PROTOCOL_UDP, to, UDP_PAYLOAD + bytes);
}

static void udp_input(u32 from, u32 to, const u8 *p, u64 bytes)
{
    if (bytes < UDP_PAYLOAD || get16(p + 4) < UDP_PAYLOAD || get16(p + 4) > bytes)
        return;
    bytes = get16(p + 4);
    if (get16(p + 6) && pseudo_checksum(PROTOCOL_UDP, from, to, p, bytes))
        return;
    u16 port = get16(p + 2);
    if (port == PORT_DHCP_CLIENT)
        dhcp_input(p + UDP_PAYLOAD, bytes - UDP_PAYLOAD);
    else if (port == PORT_LOCAL)
        datagrams_answered++;
    else if (port == PORT_ECHO) {
        copy(ip_payload() + UDP_PAYLOAD, p + UDP_PAYLOAD, bytes - UDP_PAYLOAD);
        udp_send(PORT_ECHO, from, get16(p), bytes - UDP_PAYLOAD);
    }
}

void ip_input(const u8 *p, u64 bytes)
{
    if (bytes < HEADER || p[0] != VERSION_AND_LENGTH || checksum(p, HEADER, 0) || get16(p + 6) & FRAGMENT)
        return;
    u64 length = get16(p + 2);
    u32 from = get32(p + 12), to = get32(p + 16);
    if (length < HEADER || length > bytes || (to != my_address && to != BROADCAST && my_address))
        return;
    p += HEADER, length -= HEADER;
    if (p[-11] == PROTOCOL_ICMP)
        icmp_input(from, p, length);
    else if (p[-11] == PROTOCOL_UDP)
        udp_input(from, to, p, length);
    else if (p[-11] == PROTOCOL_TCP)
        tcp_input(from, p, length);
}

/* Whether a counter rises soon. */
static bool answered(const u32 *count, u32 before)
{
    for (u64 end = now_ms() + ANSWER_MS; *count == before && now_ms() < end;)
        link_poll(end - now_ms());
    return *count != before;
}

bool ping(u32 to, u16 number)
{
    u8 *p = ip_payload();
    u32 before = pings_answered;
    put16(p + 4, PING_IDENTIFIER);
    put16(p + 6, number);
    for (u64 i = 0; i < PING_BYTES; i++)
        p[ICMP_HEADER + i] = (u8)i;
    return icmp_send(ECHO_REQUEST, to, ICMP_HEADER + PING_BYTES) && answered(&pings_answered, before);
}

bool udp_echo(u32 to, u64 bytes)
{
    u32 before = datagrams_answered;
    for (u64 i = 0; i < bytes; i++)
        ip_payload()[UDP_PAYLOAD + i] = (u8)(bytes + i);
    return udp_send(PORT_LOCAL, to, PORT_ECHO, bytes) && answered(&datagrams_answered, before);
}

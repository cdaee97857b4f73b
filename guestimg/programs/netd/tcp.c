/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One TCP connection at a time (RFC 9293), as the client of an echo service: a segment goes out, its echo comes
 * back. */
#include "net.h"

#define HEADER 20
#define FIN 0x01
#define SYN 0x02
#define RST 0x04
#define PSH 0x08
#define ACK 0x10
#define WINDOW 4096
#define LARGEST 1460
#define TRIES 5
#define ANSWER_MS 200

static enum { CLOSED, SYN_SENT, ESTABLISHED } state;
static u32 peer;
static u16 peer_port, my_port = 40000;
static u32 unacknowledged, next, expected;  /* SND.UNA, SND.NXT, RCV.NXT */
static u32 first_sent, echoed;              /* number of the first byte; bytes that came back */
static bool damaged, peer_closed;

static u8 pattern(u32 sequence)
{
    return (u8)(sequence * 7 + (sequence >> 8));
}

/* A segment from `sequence` on; what it carries follows from its place in the stream. */
static bool tcp_send(u8 flags, u32 sequence, u64 bytes)
{
    u8 *p = ip_payload();
    u64 header = flags & SYN ? HEADER + 4 : HEADER;
    put16(p, my_port);
    put16(p + 2, peer_port);
    put32(p + 4, sequence);
    put32(p + 8, flags & ACK ? expected : 0);
    p[12] = (u8)(header << 2), p[13] = flags;
    put16(p + 14, WINDOW);
    put32(p + 16, 0);
    if (flags & SYN)
        put32(p + HEADER, 2u << 24 | 4u << 16 | LARGEST);   /* maximum segment size */
    for (u64 i = 0; i < bytes; i++)
        p[header + i] = pattern(sequence + (u32)i);
    put16(p + 16, pseudo_checksum(PROTOCOL_TCP, my_address, peer, p, header + bytes));
    return ip_send(PROTOCOL_TCP, peer, header + bytes);
}

/* What comes back must be what went out at the same place of the stream. */
static void take_echo(const u8 *data, u64 bytes)
{
    for (u64 i = 0; i < bytes; i++, echoed++)
        damaged |= data[i] != pattern(first_sent + echoed);
}

void tcp_input(u32 from, const u8 *p, u64 bytes)
{
    u64 header = bytes >= HEADER ? (u64)(p[12] >> 4) * 4 : 0;
    if (state == CLOSED || from != peer || header < HEADER || header > bytes || get16(p) != peer_port ||
        get16(p + 2) != my_port || pseudo_checksum(PROTOCOL_TCP, from, my_address, p, bytes))
        return;
    u8 flags = p[13];
    u32 sequence = get32(p + 4), acknowledged = get32(p + 8);
    u64 length = bytes - header;
    if (flags & RST) {
        state = CLOSED;
        return;
    }
    if (flags & ACK && acknowledged - unacknowledged <= next - unacknowledged)
        unacknowledged = acknowledged;
    if (state == SYN_SENT) {
        if ((flags & (SYN | ACK)) != (SYN | ACK) || acknowledged != next)
            return;
        expected = sequence + 1;
        state = ESTABLISHED;
        tcp_send(ACK, next, 0);
        return;
    }
    if (!length && !(flags & (FIN | SYN)))
        return;
    if (sequence == expected) {
        take_echo(p + header, length);
        expected += (u32)length;
        if (flags & FIN) {
            expected++;
            peer_closed = true;
        }
    }
    tcp_send(ACK, next, 0);
}

/* Send a segment until everything is acknowledged and the goal is reached. */
static bool persist(u8 flags, u32 sequence, u64 bytes, bool (*reached)(void))
{
    for (int tries = 0; tries < TRIES && state != CLOSED; tries++) {
        tcp_send(flags, sequence, bytes);
        for (u64 end = now_ms() + ANSWER_MS; now_ms() < end && state != CLOSED;) {
            link_poll(end - now_ms());
            if (unacknowledged == next && reached())
                return true;
        }
    }
    return false;
}

static bool is_established(void)
{
    return state == ESTABLISHED;
}

static bool is_echoed(void)
{
    return !damaged && echoed == next - first_sent;
}

static bool is_closed(void)
{
    return peer_closed;
}

bool tcp_connect(u32 to, u16 port)
{
    u32 first = (u32)now_ms() * 250000u;    /* RFC 9293, 3.4.1: a clock of 4 microseconds */
    peer = to;
    peer_port = port;
    my_port++;
    state = SYN_SENT;
    unacknowledged = first;
    next = first_sent = first + 1;
    echoed = 0;
    damaged = peer_closed = false;
    return persist(SYN, first, 0, is_established);
}

bool tcp_echo(u64 bytes)
{
    u32 sequence = next;
    next += (u32)bytes;
    return persist(ACK | PSH, sequence, bytes, is_echoed);
}

bool tcp_close(void)
{
    if (state != ESTABLISHED) {
        state = CLOSED;
        return false;
    }
    u32 sequence = next++;
    bool done = persist(FIN | ACK, sequence, 0, is_closed);
    if (!done && state == ESTABLISHED)
        tcp_send(RST | ACK, next, 0);
    state = CLOSED;
    return done;
}

/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The network: an address by DHCP, then pings, UDP and TCP to the router's echo service in phases, then quiet. Answers
 * ARP, pings and UDP echo itself at any time. */
#include "net.h"

#define PHASE_MS 3000
#define PHASES 4

u32 my_address, router;
u8 my_mac[6];

static struct {
    u64 sent, answered;
} pings, datagrams, streams;

static char *write_number(char *to, u64 n)
{
    if (n >= 10)
        to = write_number(to, n / 10);
    *to = (char)('0' + n % 10);
    return to + 1;
}

static char *write_text(char *to, const char *text)
{
    while (*text)
        *to++ = *text++;
    return to;
}

static char *write_address(char *to, u32 address)
{
    for (int shift = 24; shift >= 0; shift -= 8) {
        to = write_number(to, address >> shift & 255);
        if (shift)
            *to++ = '.';
    }
    return to;
}

static void report_address(void)
{
    char line[80], *end = write_address(write_text(line, "netd: address "), my_address);
    end = write_address(write_text(end, ", router "), router);
    *write_text(end, "\n") = 0;
    print(line);
}

static void report_traffic(void)
{
    char line[160], *end = write_number(write_text(line, "netd: answered "), pings.answered);
    end = write_number(write_text(end, " of "), pings.sent);
    end = write_number(write_text(end, " pings, "), datagrams.answered);
    end = write_number(write_text(end, " of "), datagrams.sent);
    end = write_number(write_text(end, " datagrams, "), streams.answered);
    end = write_number(write_text(end, " of "), streams.sent);
    *write_text(end, " streams\n") = 0;
    print(line);
}

/* Be there for others for a while. */
static void serve(u64 milliseconds)
{
    for (u64 end = now_ms() + milliseconds; now_ms() < end;)
        link_poll(end - now_ms());
}

NOINLINE void ping_router(void)
{
    pings.answered += ping(router, (u16)++pings.sent);
    serve(100);
}

NOINLINE void send_datagrams(void)
{
    for (u64 bytes = 64; bytes <= 1024; bytes *= 4) {
        datagrams.sent++;
        datagrams.answered += udp_echo(router, bytes);
    }
    serve(150);
}

NOINLINE void open_stream(void)
{
    streams.sent++;
    bool good = tcp_connect(router, PORT_ECHO);
    for (int i = 0; i < 8 && good; i++) {
        good = tcp_echo(700);
        serve(40);
    }
    streams.answered += tcp_close() && good;
    serve(200);
}

NOINLINE void stay_quiet(void)
{
    static u64 reported = (u64)-1;
    if (reported != now_ms() / (PHASE_MS * PHASES)) {
        reported = now_ms() / (PHASE_MS * PHASES);
        report_traffic();
    }
    serve(250);
}

void _start(void)
{
    static void (*const phases[PHASES])(void) = {ping_router, send_datagrams, open_stream, stay_quiet};
    if (net_address(my_mac)) {
        print("netd: no network card\n");
        for (;;)
            msleep(60000);
    }
    while (!dhcp())
        msleep(1000);
    report_address();
    while (!link_find(router))
        msleep(1000);
    for (;;)
        phases[phase(PHASE_MS, PHASES)]();
}

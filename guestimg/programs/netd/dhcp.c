/* SPDX-License-Identifier: GPL-2.0-or-later */
/* DHCP (RFC 2131, options by RFC 2132): an address and a router. */
#include "net.h"

#define FIXED 236               /* bytes before the options */
#define REQUEST_BYTES 300       /* BOOTP's least */
#define COOKIE 0x63825363u
#define PORT_SERVER 67
#define TRANSACTION 0x76707470u
#define FLAG_BROADCAST 0x8000
#define OPTION_ROUTER 3
#define OPTION_ADDRESS 50
#define OPTION_TYPE 53
#define OPTION_SERVER 54
#define OPTION_END 255
#define DISCOVER 1
#define OFFER 2
#define REQUEST 3
#define ACK 5
#define ANSWER_MS 500

static u32 offered, server;
static bool bound;

static bool dhcp_send(u8 type)
{
    u8 *p = ip_payload() + UDP_PAYLOAD, *option = p + FIXED + 4;
    clear(p, REQUEST_BYTES);
    p[0] = 1, p[1] = 1, p[2] = 6;           /* request, Ethernet, 6 bytes of address */
    put32(p + 4, TRANSACTION);
    put16(p + 10, FLAG_BROADCAST);
    copy(p + 28, my_mac, 6);
    put32(p + FIXED, COOKIE);
    *option++ = OPTION_TYPE, *option++ = 1, *option++ = type;
    if (type == REQUEST) {
        *option++ = OPTION_ADDRESS, *option++ = 4;
        put32(option, offered);
        option += 4;
        *option++ = OPTION_SERVER, *option++ = 4;
        put32(option, server);
        option += 4;
    }
    *option = OPTION_END;
    return udp_send(PORT_DHCP_CLIENT, BROADCAST, PORT_SERVER, REQUEST_BYTES);
}

void dhcp_input(const u8 *p, u64 bytes)
{
    u8 type = 0;
    u32 gateway = 0, identity = 0;
    if (bytes < FIXED + 4 || p[0] != 2 || get32(p + 4) != TRANSACTION || get32(p + FIXED) != COOKIE || my_address)
        return;
    for (u64 at = FIXED + 4; at + 1 < bytes && p[at] != OPTION_END; at += p[at] ? 2 + (u64)p[at + 1] : 1) {
        const u8 *value = p + at + 2;
        if (!p[at] || at + 2 + p[at + 1] > bytes)
            continue;
        if (p[at] == OPTION_TYPE && p[at + 1] == 1)
            type = *value;
        else if (p[at] == OPTION_ROUTER && p[at + 1] >= 4)
            gateway = get32(value);
        else if (p[at] == OPTION_SERVER && p[at + 1] == 4)
            identity = get32(value);
    }
    if (type == OFFER && !offered) {
        offered = get32(p + 16);
        server = identity;
    } else if (type == ACK && offered) {
        my_address = get32(p + 16);
        router = gateway ? gateway : server;
        bound = true;
    }
}

static bool ask(u8 type, const void *flag, u64 bytes)
{
    const u8 *wanted = flag;
    for (int tries = 0; tries < 3; tries++) {
        dhcp_send(type);
        for (u64 end = now_ms() + ANSWER_MS; now_ms() < end;) {
            link_poll(end - now_ms());
            for (u64 i = 0; i < bytes; i++)
                if (wanted[i])
                    return true;
        }
    }
    return false;
}

bool dhcp(void)
{
    offered = 0;
    return ask(DISCOVER, &offered, sizeof offered) && ask(REQUEST, &bound, sizeof bound);
}

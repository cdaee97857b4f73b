/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the layers of netd know of each other. Internet addresses are numbers in the CPU's order, everything that lies
 * in a packet is read and written byte by byte in the network's. */
#ifndef NET_H
#define NET_H
#include <stdbool.h>
#include "../user.h"

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;

#define BROADCAST 0xffffffffu
#define UDP_PAYLOAD 8
#define PROTOCOL_ICMP 1
#define PROTOCOL_TCP 6
#define PROTOCOL_UDP 17
#define PORT_ECHO 7
#define PORT_LOCAL 4007

extern u32 my_address, router;  /* 0: not known yet */
extern u8 my_mac[6];

static inline u16 get16(const u8 *p) { return (u16)(p[0] << 8 | p[1]); }
static inline u32 get32(const u8 *p) { return (u32)get16(p) << 16 | get16(p + 2); }
static inline void put16(u8 *p, u64 v) { p[0] = (u8)(v >> 8), p[1] = (u8)v; }
static inline void put32(u8 *p, u64 v) { put16(p, v >> 16), put16(p + 2, v); }
static inline void copy(u8 *to, const u8 *from, u64 n) { while (n--) *to++ = *from++; }
static inline void clear(u8 *to, u64 n) { while (n--) *to++ = 0; }

/* link.c: Ethernet and ARP */
u8 *link_payload(void);                     /* where the next packet is to be built */
bool link_send(u32 next_hop, u64 bytes);    /* an IPv4 packet that lies there */
bool link_poll(u64 milliseconds);           /* take a frame in, wait for it that long; false: none came */
bool link_find(u32 address);                /* ask who has an address; false: nobody answers */

/* ip.c: IPv4, ICMP, UDP */
u8 *ip_payload(void);
bool ip_send(u8 protocol, u32 to, u64 bytes);
void ip_input(const u8 *packet, u64 bytes);
u16 checksum(const u8 *data, u64 bytes, u64 start);
u16 pseudo_checksum(u8 protocol, u32 from, u32 to, const u8 *data, u64 bytes);
bool udp_send(u16 from_port, u32 to, u16 port, u64 bytes);  /* payload at ip_payload() + UDP_PAYLOAD */
bool ping(u32 to, u16 number);
bool udp_echo(u32 to, u64 bytes);

/* dhcp.c */
#define PORT_DHCP_CLIENT 68
bool dhcp(void);
void dhcp_input(const u8 *message, u64 bytes);

/* tcp.c */
bool tcp_connect(u32 to, u16 port);
bool tcp_echo(u64 bytes);
bool tcp_close(void);
void tcp_input(u32 from, const u8 *segment, u64 bytes);
#endif

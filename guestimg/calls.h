/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Numbers of the system calls, for the kernel and for programs. */
#define CALL_GETPID 0
#define CALL_WRITE 1
#define CALL_SLEEP 2
#define CALL_MILLISECONDS 3
#define CALL_MAP 4
#define CALL_UNMAP 5
#define CALL_DISK_READ 6
#define CALL_DISK_WRITE 7
#define CALL_DISK_IDENTIFY 8
#define CALL_SIGNAL 9
#define CALL_SIGNAL_RETURN 10
#define CALL_PORT 11
#define CALL_CLOCK 12
#define CALL_SCREEN 13
#define CALL_SMI 14
#define CALL_NMI 15
#define CALL_NET_ADDRESS 16
#define CALL_NET_SEND 17
#define CALL_NET_RECEIVE 18

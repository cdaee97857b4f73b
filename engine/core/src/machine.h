/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The machine side of the core: CPU, clock, delivery, ports. Read by cffi in ABI mode: plain declarations only. */

/* --- arming ---------------------------------------------------------------------------------------------------- */
/* Arm one probe of a program at a point (VPC_PT_*). where/extra as in engine.core.points. The machine must be stopped.
 * Returns 0, or -1 with a reason in error. */
int vpc_arm(vpc *, vpc_program *, uint32_t probe, uint32_t point, uint64_t where, uint64_t extra,
            char *error, size_t error_bytes);
void vpc_disarm(vpc *, vpc_program *);   /* every probe of the program */

# SPDX-License-Identifier: GPL-2.0-or-later
"""A userland that does some of everything, again and again: processes, memory, files on a disk, TCP."""

from __future__ import annotations

DISK_BYTES = 4 << 20
WORK = """
$B ip link set lo up
$B mkdir /www
$B dd if=/dev/zero of=/www/page bs=1k count=8 2>/dev/null
$B httpd -p 80 -h /www
echo READY
while true; do
  $B sh -c 'i=0; while [ $i -lt 300 ]; do i=$((i+1)); done' work
  $B dd if=/dev/nvme0n1 of=/dev/null bs=64k count=8 iflag=direct 2>/dev/null
  $B dd if=/dev/zero of=/dev/nvme0n1 bs=64k count=4 conv=fsync 2>/dev/null
  $B wget -q -O /dev/null http://127.0.0.1/page
  $B sleep 0.05
done
"""
"""READY is shown when it begins."""

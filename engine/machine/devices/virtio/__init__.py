# SPDX-License-Identifier: GPL-2.0-or-later
"""Virtio devices over PCI (Virtual I/O Device (VIRTIO) Version 1.2, OASIS): the transport, queues, and four devices."""

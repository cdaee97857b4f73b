# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP functions that name user-space code by the file that the running process has mapped there.

A process keeps its mappings in a maple tree (`mm_struct.mm_mt`, since Linux 6.1; include/linux/maple_tree.h). The
pointer to a node has the node's type in its bits 3 to 6; nodes are aligned to 256 bytes. Bits 0 and 1 of the root are
binary 10 if it is a node. A node's pivots are the last indices of its slots, in rising order, and 0 behind the last
that is used. A slot of a leaf holds a `vm_area_struct`.

The functions look when a probe fires, so that a name is right even if the process ends within the second.
"""

from __future__ import annotations

from engine.guest.linux.btf import Btf, BtfError, Kind
from engine.guest.linux.layout import LayoutError, layout

VM_EXEC = 4
"""of vm_area_struct.vm_flags (include/linux/mm.h)"""
STRING_BYTES = 255
"""of a VP string (manual p. 13)"""
_TEMPLATE = """
(defstring os~spot)
(defstring os~place)
(defstring os~file)
(defstring os~frames)
(definteger os~width)
(definteger os~executable)
(definteger os~room)

; The slot of an index in a node of the tree of mappings, from a pivot on of which `left` remain.
(defun os~slot (pivot slot left index)
  (cond ((== left 0) (getguest slot))
        ((== (getguest pivot) 0) (getguest slot))
        ((<= index (getguest pivot)) (getguest slot))
        (1 (os~slot (+ pivot 8) (+ slot 8) (- left 1) index))))

; The slot of an index in a node of type maple_arange_64, or of another type.
(defun os~arange (node index)
  (os~slot (+ node {arange_pivot}) (+ node {arange_slot}) {arange_pivots} index))
(defun os~range (node index)
  (os~slot (+ node {range_pivot}) (+ node {range_slot}) {range_pivots} index))

; What a node, or one below it, has at an index: the address of a mapping, or 0.
(defun os~descend (entry index)
  (cond ((<= entry 4096) 0)
        ((== (& (>> entry 3) 15) {arange_type}) (os~descend (os~arange (& entry (~ 255)) index) index))
        ((== (& (>> entry 3) 15) {range_type}) (os~descend (os~range (& entry (~ 255)) index) index))
        (1 (os~range (& entry (~ 255)) index))))

; What the tree has at an index.
(defun os~lookup (root index)
  (cond ((== (& root 3) 2) (os~descend root index))
        (1 root)))

(defun os~plain (address)
  (setint os~width {plain_width})
  (sprintf os~spot "0x%x" address))

(defun os~in-file (name offset)
  (setint os~width (+ {plain_width} (- (os~behind name (+ name 63)) name)))
  (getgueststr os~file 64 name)
  (sprintf os~spot "%s+0x%x" os~file offset))

(defun os~no-mapping (address)
  (setint os~executable 0)
  (os~plain address))

(defun os~in-mapping (vma address)
  (setint os~executable (& (getguest (+ vma {vm_flags})) {vm_exec}))
  (cond ((== (getguest (+ vma {vm_file})) 0) (os~plain address))
        (1 (os~in-file (getguest (+ (getguest (+ (getguest (+ vma {vm_file})) {dentry})) {name}))
                       (+ (- address (getguest (+ vma {vm_start}))) (<< (getguest (+ vma {vm_pgoff})) 12))))))

(defun os~named (vma address)
  (cond ((|| (== vma 0) (< address (getguest (+ vma {vm_start}))) (>= address (getguest (+ vma {vm_end}))))
         (os~no-mapping address))
        (1 (os~in-mapping vma address))))

(defun os~mapping (mm address)
  (cond ((|| (== mm 0) (>= address 0x800000000000)) (os~no-mapping address))
        (1 (os~named (os~lookup (getguest (+ mm {root})) address) address))))

(defun os~find (address)
  (cond ((== (os~task) 0) (os~no-mapping address))
        (1 (os~mapping (getguest (+ (os~task) {mm})) address))))

; The file that the running process has mapped at an address, and the offset in it; the address where there is none.
(defun curmapping (address)
  (os~find address)
  (setstr os~place os~spot)
  os~place)

; Append a frame while there is room for it, and go on to its caller's.
(defun os~append (pointer left)
  (cond ((< os~room os~width) (sprintf os~frames "%s_..." os~frames))
        (1 (do (setint os~room (- os~room os~width))
               (sprintf os~frames "%s_%s" os~frames os~spot)
               (cond ((> (getguest pointer) pointer) (os~walk-frames (getguest pointer) (- left 1))))))))

(defun os~walk-frames (pointer left)
  (cond ((|| (== left 0) (& pointer 7) (>= pointer 0x800000000000)) 0)
        ((! (&& (os~mapped pointer) (os~mapped (+ pointer 15)))) 0)
        ((== (getguest (+ pointer 8)) 0) 0)
        (1 (do (os~find (getguest (+ pointer 8)))
               (cond (os~executable (os~append pointer left)))))))

; The stack of a process by its frame pointers, as gueststack writes one; empty in the kernel. It ends where what should
; be a return address is none, since the frame pointer is used as any other register.
(defun curuserstack ()
  (cond ((!= (& CS 3) 3) (setstr os~frames ""))
        (1 (do (os~find RIP)
               (sprintf os~frames "GUEST_%s" os~spot)
               (setint os~room (- {room} os~width))
               (os~walk-frames RBP 12))))
  os~frames)
"""


def of(types: Btf) -> str | None:
    """VP source of `curmapping` and `curuserstack` for a kernel, behind its prelude; None for one without the tree."""
    try:
        return _TEMPLATE.format(**_offsets(types))
    except (LayoutError, BtfError):
        return None


def _offsets(types: Btf) -> dict[str, int]:
    """Where the tree, the mapping and the name of its file are.

    Raises:
        LayoutError: the kernel has another structure.
    """
    found = {"plain_width": len("_0x") + 16, "room": STRING_BYTES - len("GUEST") - len("_...")}
    names = ("task_struct", "mm_struct", "vm_area_struct", "file", "dentry")
    task, mm, area, file, dentry = (layout(types, name) for name in names)
    leaf, inner = layout(types, "maple_range_64"), layout(types, "maple_arange_64")
    kinds = types.find("maple_type", Kind.ENUM)
    numbers = {} if kinds is None else types.enumerators(kinds)
    if not {"maple_range_64", "maple_arange_64"} <= numbers.keys():
        raise LayoutError("this kernel has no enumeration `maple_type` with `maple_range_64` and `maple_arange_64`")
    found |= {name: area[name].offset for name in ("vm_start", "vm_end", "vm_flags", "vm_file", "vm_pgoff")}
    found["vm_exec"] = VM_EXEC
    found |= {"mm": task["mm"].offset, "root": mm["mm_mt.ma_root"].offset}
    found |= {"dentry": file["f_path.dentry"].offset, "name": dentry["d_name.name"].offset}
    found |= {"range_type": numbers["maple_range_64"], "arange_type": numbers["maple_arange_64"]}
    for word, node in (("range", leaf), ("arange", inner)):
        found[f"{word}_pivot"], found[f"{word}_slot"] = node["pivot"].offset, node["slot"].offset
        found[f"{word}_pivots"] = types.array(node["pivot"].type)[1]
    return found

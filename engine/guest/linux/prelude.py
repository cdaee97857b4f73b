# SPDX-License-Identifier: GPL-2.0-or-later
"""The VP functions that name the running process of a Linux guest, made from one kernel's types.

The running task is in a per-CPU variable, and the CPU's per-CPU area is at GSBASE while the kernel has its own GS base
loaded, and in KERNELGSBASE otherwise: in user mode, and in the kernel before the SWAPGS at entry or after the one at
return. So the task is right wherever a probe fires, on whichever stack. Before the kernel sets up its per-CPU area, in
firmware and boot loader too, both are below the kernel's half of the address space.
"""

from __future__ import annotations

import re

from engine.guest.linux.btf import Kind
from engine.guest.linux.kernel import Kernel
from engine.guest.linux.layout import Layout, layout
from engine.guest.unknown import MAPPINGS
from engine.guest.unknown import PRELUDE as ADDRESS_SPACES

_PER_CPU = ".data..percpu"
_TEMPLATE = """\
(defstring os~name)
(defstring os~process)
(defstring os~line)
(defstring os~word)
(definteger os~entry)

; The per-CPU area of this CPU; below the kernel's half of the address space before there is one.
(defun os~cpu ()
  (cond ((& CS 3) KERNELGSBASE)
        ((>= GSBASE 0xffff800000000000) GSBASE)
        (1 KERNELGSBASE)))

; The running task; 0 before there is one.
(defun os~task ()
  (cond ((< (os~cpu) 0xffff800000000000) 0)
        (1 (getguest (+ (os~cpu) {task:#x})))))

(defun os~member (task offset)
  (cond ((== task 0) 0)
        (1 (& (getguest (+ task offset)) 0xffffffff))))

(defun os~parent (task)
  (cond ((== task 0) 0)
        (1 (os~member (getguest (+ task {parent:#x})) {tgid:#x}))))

(defun os~name-of (task)
  (cond ((== task 0) (setstr os~name "(early boot)"))
        (1 (getgueststr os~name 16 (+ task {comm:#x}))))
  os~name)

; The address of its task_struct; 0 before there is one.
(defun curtask () (os~task))

(defun curpid () (os~member (os~task) {tgid:#x}))

(defun curtid () (os~member (os~task) {pid:#x}))

(defun curppid () (os~parent (os~task)))

(defun curcpu ()
  (cond ((< (os~cpu) 0xffff800000000000) VCPUID)
        (1 (& (getguest (+ (os~cpu) {cpu:#x})) 0xffffffff))))

(defun curprocname () (os~name-of (os~task)))

; The number of the process that a task belongs to, its name, and the task of its parent; of 0, 0.
(defun taskpid (task) (os~member task {tgid:#x}))

(defun taskname (task)
  (cond ((== task 0) (setstr os~process "(early boot)"))
        (1 (getgueststr os~process 16 (+ (getguest (+ task {leader:#x})) {comm:#x}))))
  os~process)

(defun taskparent (task)
  (cond ((== task 0) 0)
        (1 (getguest (+ (getguest (+ task {parent:#x})) {leader:#x})))))

; Whether an address is mapped, by the page tables themselves: reading an unmapped one would end the firing.
(defun os~mapped (address) (os~walk CR3 39 address))

(defun os~walk (table shift address)
  (do (setint os~entry (getguestphys (+ (& table 0xffffffffff000) (* 8 (& (>> address shift) 511)))))
      (cond ((== (& os~entry 1) 0) 0)
            ((|| (== shift 12) (& os~entry 0x80)) 1)
            (1 (os~walk os~entry (- shift 9) address)))))

; The address behind the NUL of the string at an address, at most `last`: by words, then by bytes.
(defun os~behind (at last)
  (do (setint os~entry (getguest at))
      (cond ((> at last) last)
            ((& (- os~entry 0x0101010101010101) (~ os~entry) 0x8080808080808080) (os~behind-byte at))
            (1 (os~behind (+ at 8) last)))))

(defun os~behind-byte (at)
  (cond ((& (getguest at) 255) (os~behind-byte (+ at 1)))
        (1 (+ at 1))))

; Append the arguments from an address to an end.
(defun os~arguments (at end)
  (cond ((< at end)
         (do (getgueststr os~word (- end at) at)
             (sprintf os~line "%s %s" os~line os~word)
             (os~arguments (os~behind at end) end)))))

(defun os~least (a b) (cond ((< a b) a) (1 b)))

; Kernel threads have no arguments and are shown as ps shows them; a process is while its arguments are mapped.
(defun os~line-of (mm start end)
  (cond ((== mm 0) (sprintf os~line "[%s]" (curprocname)))
        ((== start end) (setstr os~line (curprocname)))
        ((&& (os~mapped start) (os~mapped (+ end 7)))
         (do (getgueststr os~line (- end start) start)
             (os~arguments (os~behind start end) end)))
        (1 (setstr os~line (curprocname)))))

(defun os~line-of-mm (mm)
  (cond ((== mm 0) (os~line-of 0 0 0))
        (1 (os~line-of mm (getguest (+ mm {arg_start:#x}))
                       (os~least (getguest (+ mm {arg_end:#x})) (+ 255 (getguest (+ mm {arg_start:#x}))))))))

(defun curcmdline ()
  (cond ((== (os~task) 0) (setstr os~line "(early boot)"))
        (1 (os~line-of-mm (getguest (+ (os~task) {mm:#x})))))
  os~line)
"""
_TASK_MEMBERS = {
    "tgid": "tgid",
    "pid": "pid",
    "comm": "comm",
    "parent": "real_parent",
    "leader": "group_leader",
    "mm": "mm",
}
FUNCTIONS = frozenset(re.findall(r"\(defun ([^\s~]+) ", _TEMPLATE)) - frozenset(
    re.findall(r"\(defun (\S+) ", ADDRESS_SPACES)
)
"""Functions for scripts that other guests do not have."""
_MM_MEMBERS = ("arg_start", "arg_end")


def of(kernel: Kernel) -> str:
    """VP source of `curpid`, `curtid`, `curppid`, `curtask`, `curcpu`, `curprocname` and `curcmdline` for a kernel.

    And of `taskpid`, `taskname` and `taskparent`, which say of any task what these say of the running one, and of
    `curmapping` and `curuserstack`, as any guest has them. A kernel without type information, or whose types have
    another shape, has only what any guest has: processes told apart by their address spaces.
    """
    if kernel.types is None:
        return ADDRESS_SPACES
    task, mm = layout(kernel.types, "task_struct"), layout(kernel.types, "mm_struct")
    offsets = {word: _offset(task, member) for word, member in _TASK_MEMBERS.items()}
    offsets |= {member: _offset(mm, member) for member in _MM_MEMBERS}
    offsets |= {"task": per_cpu(kernel, "current_task"), "cpu": per_cpu(kernel, "cpu_number")}
    known = {word: offset for word, offset in offsets.items() if offset is not None}
    if len(known) < len(offsets):
        return ADDRESS_SPACES
    return _TEMPLATE.format(**known) + MAPPINGS


def _offset(structure: Layout, member: str) -> int | None:
    field = structure.get(member)
    return None if field is None else field.offset


def per_cpu(kernel: Kernel, name: str) -> int | None:
    """The distance of a per-CPU variable from the GS base, whose place Linux 6.2 to 6.14 keep in `pcpu_hot`.

    Since 6.15 per-CPU variables are linked among the kernel's other data, and the GS base is so much less.
    """
    if kernel.types is None:
        return None
    start = kernel.address("__per_cpu_start") or 0
    variable = kernel.types.variable(_PER_CPU, name)
    if variable is not None:
        return start + variable[0]
    hot = kernel.types.variable(_PER_CPU, "pcpu_hot")
    if hot is not None and kernel.types.find("pcpu_hot", Kind.STRUCT) is not None:
        field = layout(kernel.types, "pcpu_hot").get(name)
        return None if field is None else start + hot[0] + field.offset
    return kernel.address(name)

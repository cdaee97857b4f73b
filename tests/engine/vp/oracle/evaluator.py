# SPDX-License-Identifier: GPL-2.0-or-later
"""Evaluation of expressions (manual, pp. 18-26)."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from functools import reduce

from tests.engine.vp.oracle.faults import DESCRIPTIONS, Kind, ProbeExit, RunTimeError
from tests.engine.vp.oracle.formatting import PRINT_LIMIT, STRING_LIMIT, render
from tests.engine.vp.oracle.numbered import GENERAL, MSRS, VMCS
from tests.engine.vp.oracle.operators import BINARY, SYNONYMS, UNARY
from tests.engine.vp.oracle.patterns import Code, offset_at_call, offset_at_return, offset_at_segment
from tests.engine.vp.oracle.reader import MASK, Call, Form, Name
from tests.engine.vp.oracle.stack import stack_text, walk
from tests.engine.vp.oracle.state import State, Text, Value
from tests.engine.vp.oracle.world import GLOBAL, PER_VCPU, World

SAFE_DEPTH = 400
"""Calls deeper than this count as too deep. The manual gives no number: tests stay far below it or never return."""
MOST_CALLS = 20_000
"""Calls of one firing; tests stay far below it or go on for ever."""


class Evaluator:
    """Runs one firing of one probe."""

    def __init__(self, state: State, world: World, probe: str, cpu: int, arguments: Sequence[int]) -> None:
        self.state, self.world, self.probe, self.cpu = state, world, probe, cpu
        self.arguments = tuple(arguments) + (0,) * (10 - len(arguments))
        self.thread = state.thread(cpu)
        self.frames: list[dict[str, Value]] = [{}]
        self.calls = 0
        self.texts = {"PROBENAME": probe, "EXCNAME": "", "EXCDESC": ""}

    def run(self, body: Sequence[Form]) -> None:
        """The expressions of a probe.

        Raises:
            RunTimeError: the firing ended early.
        """
        before = sys.getrecursionlimit()
        sys.setrecursionlimit(before + SAFE_DEPTH * 20)
        try:
            self.sequence(body)
        except ProbeExit:
            return
        finally:
            sys.setrecursionlimit(before)

    # --- values ---

    def sequence(self, forms: Sequence[Form]) -> Value:
        """Several expressions; the value of the last."""
        value: Value = 0
        for form in forms:
            value = self.value(form)
        return value

    def value(self, form: Form) -> Value:
        """One expression."""
        match form:
            case Name():
                return self.variable(form)
            case int():
                return form
            case bytes():
                return Text(form)
            case [Name("assert"), condition, *message] if isinstance(form, Call):
                return self.check(form.line, condition, message)
            case [Name() as head, *arguments]:
                return self.apply(head, arguments)
        raise TypeError(f"not an expression: {form!r}")

    def integer(self, form: Form) -> int:
        """An expression that gives an integer."""
        value = self.value(form)
        assert isinstance(value, int), form
        return value

    def text(self, form: Form) -> Text:
        """An expression that gives a string."""
        value = self.value(form)
        assert isinstance(value, Text), form
        return value

    def variable(self, name: str) -> Value:
        """A parameter, a variable of the script, or a built-in one."""
        for scope in (self.frames[-1], self.thread.integers, self.thread.strings):
            if name in scope:
                return scope[name]
        if name in self.texts:
            return Text(self.texts[name].encode())
        if name.startswith("ARG"):
            return self.arguments[int(name[3:])]
        if name in PER_VCPU:
            self.need_vcpu()
        elif name not in GLOBAL:
            raise NameError(name)
        thread = self.cpu if self.cpu >= 0 else self.world.registers.get("NUMVCPUS", 0)
        itself = {"VCPUID": self.cpu, "THREADID": thread, "WORLDID": thread, "ISVMM": int(self.cpu >= 0), "HVSTATE": 1}
        return self.world.registers.get(name, itself.get(name, 0)) & MASK

    def need_vcpu(self) -> None:
        """VCPU state is out of reach on a non-VCPU thread (manual, p. 30)."""
        if self.cpu < 0:
            raise RunTimeError(Kind.NO_VCPU)

    # --- forms ---

    def apply(self, head: Name, arguments: list[Form]) -> Value:
        """A form: the head decides what its arguments mean."""
        if head in self.state.script.functions:
            return self.call(head, arguments)
        head = Name(SYNONYMS.get(head, head))
        if head in UNARY and len(arguments) == 1:
            return UNARY[head](self.integer(arguments[0])) & MASK
        if head in BINARY:
            operands = [self.integer(argument) for argument in arguments[:1]]
            return reduce(lambda left, form: BINARY[head](left, self.integer(form)) & MASK, arguments[1:], operands[0])
        return SPECIAL[head](self, *arguments)

    def call(self, name: str, arguments: list[Form]) -> Value:
        """A user-defined function; strings go by reference."""
        function = self.state.script.functions[name]
        values = [self.value(argument) for argument in arguments]
        assert len(values) == len(function.parameters)
        if len(self.frames) > SAFE_DEPTH:
            raise RunTimeError(Kind.STACK)
        self.calls += 1
        if self.calls > MOST_CALLS:
            raise RunTimeError(Kind.STEPS)
        self.frames.append(dict(zip(function.parameters, values, strict=True)))
        try:
            return self.sequence(function.body)
        finally:
            self.frames.pop()

    def cond(self, *branches: Form) -> Value:
        """The first branch whose condition is not zero."""
        for branch in branches:
            assert isinstance(branch, list)
            condition, expression = branch
            if self.integer(condition):
                return self.value(expression)
        return Text() if any(self.is_text(branch[1], ()) for branch in branches if isinstance(branch, list)) else 0

    def is_text(self, form: Form, inside: tuple[str, ...]) -> bool:
        """Whether an expression gives a string, without evaluating it; `inside` names the functions being looked at."""
        match form:
            case bytes():
                return True
            case Name():
                return form in self.texts or isinstance(self.frames[-1].get(form, self.thread.strings.get(form)), Text)
            case [Name("do"), *_, last] | [Name("try"), _, last]:
                return self.is_text(last, inside)
            case [Name("cond"), *branches]:
                return any(self.is_text(branch[1], inside) for branch in branches if isinstance(branch, list))
            case [Name() as head, *_] if head in self.state.script.functions and head not in inside:
                return self.is_text(self.state.script.functions[head].body[-1], (*inside, head))
        return False

    def guarded(self, body: Form, handler: Form) -> Value:
        """`try`: the handler takes over where a run-time error ends the expression."""
        depth = len(self.frames)
        try:
            return self.value(body)
        except RunTimeError as error:
            del self.frames[depth:]
            self.texts["EXCNAME"], self.texts["EXCDESC"] = error.kind.name, DESCRIPTIONS[error.kind]
            return self.value(handler)

    def both(self, *forms: Form) -> int:
        """`&&`: stops at the first zero."""
        return int(all(self.integer(form) for form in forms))

    def either(self, *forms: Form) -> int:
        """`||`: stops at the first that is not zero."""
        return int(any(self.integer(form) for form in forms))

    # --- variables, aggregates, bags ---

    def setint(self, name: Form, form: Form) -> int:
        """Assign to an integer variable or parameter."""
        assert isinstance(name, Name)
        value = self.integer(form)
        scope = self.frames[-1] if name in self.frames[-1] else self.thread.integers
        scope[name] = value
        return value

    def setstr(self, destination: Form, form: Form) -> int:
        """Copy a string."""
        into = self.text(destination)
        into.assign(self.text(form).value)
        return 1

    def aggr(self, name: Form, integers: Form, strings: Form, value: Form) -> int:
        """Count a value under keys."""
        assert isinstance(name, Name)
        assert isinstance(integers, list)
        assert isinstance(strings, list)
        numbers = tuple(self.integer(form) for form in integers)
        texts = [self.text(form) for form in strings]
        amount = self.integer(value)
        self.state.aggregates[name].add(numbers, tuple(text.value for text in texts), amount)
        return 1

    def logaggr(self, name: Form) -> int:
        """Write an aggregate to the log."""
        assert isinstance(name, Name)
        self.state.log += self.state.aggregates[name].text()
        return 1

    def clearaggr(self, name: Form) -> int:
        """Delete the contents of an aggregate."""
        assert isinstance(name, Name)
        self.state.aggregates[name].rows.clear()
        return 1

    def baginsert(self, name: Form, key: Form, value: Form) -> int:
        """1 when there was room."""
        assert isinstance(name, Name)
        return self.state.bags[name].insert(self.integer(key), self.integer(value))

    def bagremove(self, name: Form, key: Form) -> int:
        """The former value."""
        assert isinstance(name, Name)
        return self.state.bags[name].remove(self.integer(key))

    # --- built-in functions ---

    def logint(self, form: Form) -> int:
        """Decimal digits, no newline."""
        self.state.log += str(self.integer(form)).encode()
        return 1

    def logstr(self, form: Form) -> int:
        """The bytes of a string."""
        self.state.log += self.text(form).value
        return 1

    def formatted(self, forms: Sequence[Form]) -> bytes:
        """What a format and its arguments make."""
        values = [self.value(form) for form in forms]
        form, *arguments = [value.value if isinstance(value, Text) else value for value in values]
        assert isinstance(form, bytes)
        return render(form, arguments)

    def printf(self, *forms: Form) -> int:
        """Formatted text to the log."""
        text = self.formatted(forms)
        if len(text) > PRINT_LIMIT:
            raise RunTimeError(Kind.TOO_LONG)
        self.state.log += text
        return 1

    def sprintf(self, destination: Form, *forms: Form) -> int:
        """Formatted text to a string, which may be among the arguments."""
        into = self.text(destination)
        into.assign(self.formatted(forms).partition(b"\0")[0])
        return 1

    def strcmp(self, first: Form, second: Form) -> int:
        """Zero if and only if the strings are equal; which other number is not defined."""
        left, right = self.text(first), self.text(second)
        return int(left.value != right.value)

    def getguest(self, address: Form) -> int:
        """8 bytes at a linear address."""
        where = self.integer(address)
        self.need_vcpu()
        return int.from_bytes(self.world.memory.linear(where, 8), "little")

    def getguestphys(self, address: Form) -> int:
        """8 bytes at a physical address."""
        return int.from_bytes(self.world.memory.physical(self.integer(address), 8), "little")

    def getgueststr(self, destination: Form, *forms: Form) -> int:
        """A NUL-terminated string; the form with two arguments takes as much as a string holds."""
        into = self.text(destination)
        numbers = [self.integer(form) for form in forms]
        size = min(numbers[0], STRING_LIMIT) if len(numbers) == 2 else STRING_LIMIT
        self.need_vcpu()
        into.assign(self.world.memory.text(numbers[-1], size))
        return 1

    def getguestphysstr(self, destination: Form, size: Form, address: Form) -> int:
        """A NUL-terminated string at a physical address."""
        into = self.text(destination)
        longest, where = min(self.integer(size), STRING_LIMIT), self.integer(address)
        found = bytearray()
        while len(found) < longest and (byte := self.world.memory.physical(where + len(found), 1)) != b"\0":
            found += byte
        into.assign(bytes(found))
        return 1

    def numbered(self, names: Mapping[int, str], number: Form) -> int:
        """What a number names."""
        value = self.integer(number)
        self.need_vcpu()
        if value not in names:
            raise RunTimeError(Kind.ABSENT)
        return self.integer(Name(names[value]))

    def check(self, line: int, condition: Form, message: Sequence[Form]) -> int:
        """`assert` on a line of script.vp: 1, or a message and the end of the firing."""
        if self.integer(condition):
            return 1
        text = b": " + self.formatted(message) if message else b""
        self.state.log += f"script.vp:{line}: assertion failed".encode() + text + b"\n"
        raise ProbeExit

    def gueststack(self, destination: Form) -> int:
        """The instruction pointer and the return addresses along the frame pointers."""
        into = self.text(destination)
        self.need_vcpu()
        into.assign(stack_text(walk(self.world)))
        return 1

    def guestmapping(self, destination: Form, address: Form) -> int:
        """The address: nothing is known of processes here."""
        into, where = self.text(destination), self.integer(address)
        self.need_vcpu()
        into.assign(b"0x%x" % where)
        return 1

    def offatret(self, address: Form) -> int:
        """The value returned at the first return."""
        return offset_at_return(self.code(address))

    def offatseg(self, address: Form) -> int:
        """The displacement of the first instruction with an FS or GS prefix."""
        return offset_at_segment(self.code(address))

    def offatstrcpy(self, address: Form, target: Form) -> int:
        """The second argument at the first call of strcpy."""
        where = self.code(address)
        return offset_at_call(where, self.integer(target))

    def code(self, address: Form) -> Code:
        """An address, the code mapped from there on, and its width."""
        where, found = self.integer(address), b""
        self.need_vcpu()
        while len(found) < 256:
            try:
                found += self.world.memory.linear(where + len(found), 1)
            except RunTimeError:
                break
        if not found:
            raise RunTimeError(Kind.UNMAPPED)
        return where, found, 8 if self.world.word_bytes == 8 else 4

    def leave(self) -> int:
        """`exit`."""
        raise ProbeExit


SPECIAL: dict[str, Callable[..., Value]] = {
    "cond": Evaluator.cond,
    "try": Evaluator.guarded,
    "do": lambda self, *forms: self.sequence(forms),
    "&&": Evaluator.both,
    "||": Evaluator.either,
    "setint": Evaluator.setint,
    "setstr": Evaluator.setstr,
    "aggr": Evaluator.aggr,
    "logaggr": Evaluator.logaggr,
    "clearaggr": Evaluator.clearaggr,
    "baginsert": Evaluator.baginsert,
    "bagremove": Evaluator.bagremove,
    "logint": Evaluator.logint,
    "logstr": Evaluator.logstr,
    "printf": Evaluator.printf,
    "sprintf": Evaluator.sprintf,
    "strcmp": Evaluator.strcmp,
    "getguest": Evaluator.getguest,
    "getguestphys": Evaluator.getguestphys,
    "getgueststr": Evaluator.getgueststr,
    "getguestphysstr": Evaluator.getguestphysstr,
    "getgpr": lambda self, number: self.numbered(dict(enumerate(GENERAL)), number),
    "getvmcs": lambda self, field: self.numbered(VMCS, field),
    "readmsr": lambda self, number: self.numbered(MSRS, number),
    "gueststack": Evaluator.gueststack,
    "guestmapping": Evaluator.guestmapping,
    "getsystemtime": lambda self: self.world.system_time,
    "offatret": Evaluator.offatret,
    "offatseg": Evaluator.offatseg,
    "offatstrcpy": Evaluator.offatstrcpy,
    "exit": Evaluator.leave,
}
"""Forms and built-in functions by name."""

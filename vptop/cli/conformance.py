# SPDX-License-Identifier: GPL-2.0-or-later
"""`vptop conformance`: test kernels run and counted."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import msgspec
from cyclopts import Parameter
from cyclopts.validators import Number

from engine.errors import InputError
from engine.vm.options import CPU_MODELS, DEFAULT_CPU, LEAST_MEMORY_MIB, MOST_CPUS, MOST_MEMORY_MIB
from vptop.cli import console
from vptop.cli.cpu_list import chosen
from vptop.cli.standard_streams import quiet_pipe
from vptop.model.plain import clean

if TYPE_CHECKING:
    from engine.vm.conformance.report import Result
    from engine.vm.conformance.runner import Case

OK, FAILED, USAGE = 0, 1, 2
MOST_SECONDS = 10**9


def conformance(
    *files: Annotated[str, Parameter(help='Multiboot kernels: "FILE" or "FILE ARGUMENTS"; or a list (unittests.cfg).')],
    append: Annotated[str, Parameter(help="Command line of kernels that have none of their own.")] = "",
    module: Annotated[
        tuple[str, ...],
        Parameter(negative="", consume_multiple=False, show_default=False, help='A module: "FILE WORDS". Repeatable.'),
    ] = (),
    seconds: Annotated[
        float,
        Parameter(
            help="Guest seconds after which a kernel that has not ended fails.",
            validator=Number(gt=0, lte=MOST_SECONDS),
        ),
    ] = 60.0,
    memory: Annotated[
        int, Parameter(help="Size of RAM in MiB.", validator=Number(gte=LEAST_MEMORY_MIB, lte=MOST_MEMORY_MIB))
    ] = 128,
    cpus: Annotated[int, Parameter(help="Number of CPUs.", validator=Number(gte=1, lte=MOST_CPUS))] = 1,
    cpu: Annotated[str, Parameter(help=f"Model of the CPUs: {', '.join(CPU_MODELS)}; list prints them.")] = DEFAULT_CPU,
    verbose: Annotated[
        bool, Parameter(negative="", show_default=False, help="Print what each kernel writes to its consoles, too.")
    ] = False,
    json: Annotated[bool, Parameter(negative="", show_default=False, help="One JSON object a line.")] = False,
) -> int:
    """Run test kernels, as those of kvm-unit-tests, and print whether each passed. Exit status 1 when one failed.

    The machine has the devices that they expect: exit port 0xF4, fw_cfg, pc-testdev and the debug console. A kernel
    passes when it writes 0 to the exit port and reports no failed check; with 77 it is skipped.
    """
    from engine.vm.conformance.isolated import run_isolated
    from engine.vm.conformance.runner import Case

    quiet_pipe()
    try:
        model = chosen(cpu)["cpu"]
    except InputError as error:
        console.complain(str(error))
        return USAGE
    if not files:
        console.complain("run which test kernels? name at least one")
        return USAGE
    tests = _tests(files, Case("", append, module, memory, cpus, str(model)))
    if tests is None:
        return USAGE
    verdicts: Counter[str] = Counter()
    width = max((len(clean(test.name)) for test in tests), default=0)
    for test in tests:
        result = run_isolated(test, seconds)
        verdicts[result.verdict] += 1
        sys.stdout.write(_as_json(test, result) if json else _as_text(test, result, width, verbose=verbose))
        sys.stdout.flush()
    if not json:
        sys.stdout.write(f"{verdicts['pass']} passed, {verdicts['fail']} failed, {verdicts['skip']} skipped\n")
    return FAILED if verdicts["fail"] else OK


def _tests(arguments: Sequence[str], default: Case) -> list[Case] | None:
    """The test kernels; None when some cannot be run, each of which is then named on standard error."""
    from engine.vm.conformance.runner import check
    from engine.vm.conformance.suite import named

    tests: list[Case] = []
    good = True
    for words in arguments:
        try:
            found = named(words, default)
        except InputError as error:
            good = False
            console.complain(str(error))
            continue
        for test in found:
            try:
                check(test)
            except InputError as error:
                good = False
                console.complain(str(error))
        tests += found
    return tests if good else None


def _as_json(test: Case, result: Result) -> str:
    fields = msgspec.structs.asdict(result)
    return msgspec.json.encode({"file": test.file, "append": test.words, **fields}).decode() + "\n"


def _as_text(test: Case, result: Result, width: int, *, verbose: bool) -> str:
    """A line: the verdict, the kernel, checks passed of those made, guest time, and why it is no pass."""
    output = console.harmless(result.output).rstrip("\n") + "\n" if verbose and result.output else ""
    made = result.passed + result.failed
    checks = f"{result.passed}/{made}" if made else ""
    line = f"{result.verdict.upper()}  {clean(test.name):<{width}}  {checks:>9}  {result.guest_seconds:9.3f} s"
    return f"{output}{line}  {clean(result.reason)}".rstrip() + "\n"

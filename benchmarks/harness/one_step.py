"""A step of a call by itself: a program that repeats it, with nothing around it."""

from __future__ import annotations

from . import report, tools
from .bench import Bench
from .contender import Contender, callgrind, measure, per_call, steps
from .report import CALLGRIND, STEPS, Column, noted

#: Stepping through a program takes some 55 µs for each instruction.
STEPPED = (2, 6)
COUNTED = (1_000, 3_000)
TIME = Column("processor time", lambda contender: contender.median("processor_seconds") * 1e9, "{:,.0f} ns")


def available(bench: Bench, wanted: list) -> list[Contender]:
    """Those of some ways to make a contender that can be had."""
    found = []
    for make in wanted:
        try:
            found.append(make())
        except tools.Missing as error:
            bench.missing.append(str(error))
    return found


def compare(bench: Bench, found: list[Contender]) -> str:
    """Measures them; their table."""
    measure(found, bench.rounds)
    per_call(found, STEPS, lambda contender, calls: steps(contender, calls, bench.programs.path("steps")), STEPPED)
    per_call(found, CALLGRIND, lambda contender, calls: callgrind(contender, calls, bench.folder))
    return report.table(found, [TIME, noted(STEPS), noted(CALLGRIND)])

"""Programs that do the same, measured in turn."""

from __future__ import annotations

import json
import re
import statistics
import sys
from pathlib import Path
from typing import Callable

from .commands import run


class Contender:
    """One program in an experiment. Those of the same `group` do the same, and the first of a group is its floor."""

    def __init__(
        self, name: str, command: Callable[[int], list], environment: dict, *, calls: int, group: str = "",
        counted: tuple[int, int] | None = None,
    ):  # fmt: skip
        self.name = name
        self.command = command  # of a number of calls
        self.environment = environment
        self.calls = calls
        self.group = group
        #: Two numbers of calls, whose difference tells the instructions of one; None to leave it.
        self.counted = counted
        self.runs: list[dict] = []
        #: What else is known of it, by what it is called in the columns of a table.
        self.figures: dict[str, float] = {}

    def __str__(self) -> str:
        return f"{self.name}, {self.group}" if self.group else self.name

    def run(self, calls: int, under: list = (), **more: str) -> list[dict]:
        """What the program reports: a line for each part of its calls."""
        output = run([*under, *self.command(calls)], env={**self.environment, **more})
        return [json.loads(line) for line in output.splitlines()]

    def median(self, name: str) -> float:
        """Of a measured quantity, for one call."""
        return statistics.median(each[name] / each["calls"] for each in self.runs)


def measure(contenders: list[Contender], rounds: int) -> None:
    """They take turns, so that what else the machine does meets all alike."""
    for number in range(rounds):
        print(f"  round {number + 1} of {rounds}", file=sys.stderr)
        for contender in contenders:
            contender.runs += contender.run(contender.calls)


# ---------------------------------------------------------------------------------------------------
# Instructions
# ---------------------------------------------------------------------------------------------------


def callgrind(contender: Contender, calls: int, folder: Path) -> int:
    """The instructions of a whole process, on valgrind's processor."""
    output = folder / "callgrind.out"
    contender.run(calls, under=["valgrind", "--quiet", "--tool=callgrind", f"--callgrind-out-file={output}"])
    return int(re.search(r"^(?:totals|summary): (\d+)", output.read_text(), re.MULTILINE)[1])


def steps(contender: Contender, calls: int, stepper: Path) -> int:
    """The instructions between the marks of a program (measure.h), on this machine's own processor."""
    return int(run([stepper, *contender.command(calls)], env=contender.environment))


def per_call(
    contenders: list[Contender], name: str, count: Callable[[Contender, int], int], numbers: tuple[int, int] | None = None
) -> None:
    """Notes the instructions of one call, by whatever counts those of a run; `numbers` instead of their own."""
    for contender in contenders:
        if contender.counted:
            print(f"  counting instructions: {contender}", file=sys.stderr)
            few, many = numbers or contender.counted
            contender.figures[name] = (count(contender, many) - count(contender, few)) / (many - few)

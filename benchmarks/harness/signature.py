"""A signature alone."""

from __future__ import annotations

import sys

from . import report, tools
from .bench import Bench
from .commands import run as execute
from .contender import Contender
from .one_step import COUNTED, TIME, available, compare
from .programs import BENCHMARKS, PYTHON
from .report import STEPS, Target, noted, ratio

TITLE = "A signature alone"


def contenders(bench: Bench) -> list[Contender]:
    def program(name: str, of: str) -> Contender:
        path = bench.programs.path(f"signature-{of}")
        return bench.contender(name, lambda calls: [path, calls], calls=10 * bench.calls, counted=COUNTED, group="")

    def script(name: str, of: str, python) -> Contender:
        path = BENCHMARKS / f"signature_{of}.py"
        return bench.contender(name, lambda calls: [python, path, calls], calls=bench.calls, group="")

    return available(bench, [
        lambda: program("the hashes alone", "hashes"),
        lambda: program("locjob", "locjob"),
        lambda: program("aws-c-auth", "awscauth"),
        lambda: script("awscrt: aws-c-auth through Python", "awscrt", tools.environment("awscrt") / "python"),
        lambda: script("botocore", "botocore", PYTHON),
    ])  # fmt: skip


def check_signatures(found: list[Contender]) -> None:
    """All sign the same, botocore excepted, which takes the time of day."""
    signatures = {
        execute(contender.command(0), env=contender.environment) for contender in found if contender.name != "botocore"
    }
    if len(signatures) != 1:
        sys.exit(f"not the same signature: {signatures}")


def run(bench: Bench) -> str:
    found = contenders(bench)
    check_signatures(found)
    table = compare(bench, found)
    floor, locjob, *others = found
    targets = [
        Target("instructions on this processor, times the hashes'", ratio(locjob, floor, noted(STEPS)), 1.2),
        Target("processor time, times the hashes'", ratio(locjob, floor, TIME), 1.2),
    ]
    for other in others:
        targets.append(Target(f"processor time, {other}'s in locjob's", ratio(other, locjob, TIME), 1, "{:.1f}", at_least=True))
    return f"{table}\n\n{report.targets(targets)}"

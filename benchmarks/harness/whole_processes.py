"""Whole processes, from exec over the first answer to their end."""

from __future__ import annotations

import sys

from . import report, tools
from .bench import Bench
from .commands import run as execute
from .contender import Contender, callgrind, measure
from .programs import RELEASE
from .report import Column, Target, noted, ratio
from .server import JOB_ID

TITLE = "Whole processes, from exec over the first answer to their end"
#: For those that call this a start, and would measure no further call.
ONCE = 0
INSTRUCTIONS = "instructions, callgrind"
TIME = Column("time", lambda contender: contender.median("seconds") * 1e3, "{:,.1f} ms")
PROCESSOR = Column("processor time", lambda contender: contender.median("processor_seconds") * 1e3, "{:,.1f} ms")
MEMORY = Column("resident memory at the most", lambda contender: contender.median("kilobytes"), "{:,.0f} KB")


def launched(bench: Bench, contender: Contender) -> Contender:
    """The same as a process that `launch` starts and measures."""
    inner = contender.command
    contender.command = lambda _: [bench.programs.path("launch"), *inner(ONCE)]
    return contender


def aws_cli(bench: Bench, scheme: str) -> Contender:
    program = tools.environment("awscli") / "aws"
    asked = ["location", "get-job", "--job-id", JOB_ID, "--endpoint-url", bench.urls[scheme]]
    contender = bench.contender("AWS CLI", lambda _: [program, *asked], scheme)
    contender.environment["AWS_DISABLE_HOST_PREFIX_INJECTION"] = "true"
    return contender


def contenders(bench: Bench, scheme: str) -> list[Contender]:
    found = [bench.floor(scheme), bench.locjob(scheme)]
    for contender in found:
        print(f"  counting instructions: {contender}", file=sys.stderr)
        contender.figures[INSTRUCTIONS] = callgrind(contender, ONCE, bench.folder)
    found += [bench.python_binding(scheme), bench.boto3(scheme)]
    try:
        found.append(aws_cli(bench, scheme))
    except tools.Missing as error:
        bench.missing.append(str(error))
    return [launched(bench, contender) for contender in found]


def stripped_size(bench: Bench) -> float:
    """Of the library, in KB."""
    stripped = bench.folder / "stripped.so"
    execute(["strip", "-o", stripped, RELEASE / "liblocjob.so"])
    return stripped.stat().st_size / 1000


def run(bench: Bench) -> str:
    found = {scheme: contenders(bench, scheme) for scheme in bench.urls}
    everyone = sum(found.values(), [])
    measure(everyone, bench.rounds)
    targets = []
    for scheme, (floor, locjob, *_) in found.items():
        memory = (MEMORY.figure(locjob) - MEMORY.figure(floor)) / 1024
        targets += [
            Target(f"{scheme}: instructions, times the floor's", ratio(locjob, floor, noted(INSTRUCTIONS)), 1.05),
            Target(f"{scheme}: processor time, times the floor's", ratio(locjob, floor, PROCESSOR), 1.05),
            Target(f"{scheme}: time, times the floor's", ratio(locjob, floor, TIME), 1.05),
            Target(f"{scheme}: resident memory above the floor's, MB", memory, 0.5),
        ]
    targets.append(Target("the stripped library, KB", stripped_size(bench), 400, "{:.0f}"))
    table = report.table(everyone, [TIME, PROCESSOR, noted(INSTRUCTIONS), MEMORY])
    return f"{table}\n\n{report.targets(targets)}"

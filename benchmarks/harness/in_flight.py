"""Many requests at once, on one thread."""

from __future__ import annotations

from . import report
from .bench import FEW, MANY, Bench
from .contender import Contender, callgrind, measure, per_call, steps
from .report import CALLGRIND, PROCESSOR_TIME, RATE, STEPS, Target, noted, ratio
from .server import JOB_ID

TITLE = "Many requests in flight on one thread"
NUMBERS = (64, 1000)
#: Stepping through a call takes some 12 seconds: so few of the connections are used in it.
STEPPED = (2, 6)


def queue(bench: Bench, queued: int, connections: int, **options) -> Contender:
    command = lambda calls: [bench.programs.path("queue"), JOB_ID, calls, queued, connections]  # noqa: E731
    return bench.contender("locjob queue", command, **options)


def multi(bench: Bench, name: str, way: str, queued: int, connections: int, **options) -> Contender:
    command = lambda calls: [  # noqa: E731
        bench.programs.path("floor_multi"), bench.address(), calls, bench.agent, queued, connections, way]  # fmt: skip
    return bench.contender(name, command, **options)


def contenders(bench: Bench, number: int) -> list[Contender]:
    options = {"group": f"{number} in flight", "counted": (FEW + 2 * number, MANY + 4 * number)}
    return [
        multi(bench, "libcurl multi alone, poll", "poll", number, number, **options),
        multi(bench, "libcurl multi alone, epoll", "epoll", number, number, **options),
        multi(bench, "libcurl multi with its AWS_SIGV4", "signed", number, number, **options),
        queue(bench, number, number, **options),
    ]


def run(bench: Bench) -> str:
    found = {number: contenders(bench, number) for number in NUMBERS}
    everyone = sum(found.values(), [])
    measure(everyone, bench.rounds)
    per_call(everyone, CALLGRIND, lambda contender, calls: callgrind(contender, calls, bench.folder))
    poll, epoll, _, ours = found[NUMBERS[0]]
    per_call([poll, epoll, ours], STEPS, lambda contender, calls: steps(contender, calls, bench.programs.path("steps")), STEPPED)
    table = report.table(everyone, [RATE, PROCESSOR_TIME, noted(CALLGRIND), noted(STEPS)])
    targets = [
        Target(f"{number} in flight: instructions, times the floor's", ratio(them[-1], them[0], noted(CALLGRIND)), 1.05)
        for number, them in found.items()
    ]
    for floor in (poll, epoll):
        value = ratio(ours, floor, noted(STEPS))
        targets.append(Target(f"instructions on this processor, times those of {floor.name}", value, 1.05))
    return f"{table}\n\n{report.targets(targets)}"

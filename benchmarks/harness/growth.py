"""Whether a call costs the same among many threads, in a long queue, with many tags, and after very many calls."""

from __future__ import annotations

import json

from . import report
from .bench import FEW, MANY, Bench
from .contender import Contender, callgrind, measure, per_call
from .in_flight import multi, queue
from .report import CALLGRIND, PROCESSOR_TIME, RATE, Column, Target, noted, ratio
from .server import JOB_ID, TAG_COUNTS

TITLE = "Growth"
THREADS = (1, 2, 8, 64)
QUEUED = (1, 64, 1_000, 10_000)
#: Of a queue at the most.
CONNECTIONS = 64
LONG_RUN, PARTS = 1_000_000, 100
WAITED, WAITED_FOR = "lock waited for, in 1000 calls", "waiting for locks, per call"
#: What counts as flat: the noise of a machine that is shared.
FLAT = 1.1
INSTRUCTIONS = noted(CALLGRIND)


def flat(what: str, series: list[Contender], figure: Column) -> Target:
    """The dearest of a series to its cheapest."""
    counted = [contender for contender in series if figure.figure(contender) is not None]
    cheapest, dearest = min(counted, key=figure.figure), max(counted, key=figure.figure)
    text = f"{what}: {figure.title}, {dearest.group} to {cheapest.group}"
    return Target(text, ratio(dearest, cheapest, figure), FLAT)


def count(everyone: list[Contender], bench: Bench) -> None:
    per_call(everyone, CALLGRIND, lambda contender, calls: callgrind(contender, calls, bench.folder))


def section(title: str, everyone: list[Contender], columns: list, targets: list[Target]) -> str:
    return f"### {title}\n\n{report.table(everyone, columns)}\n\n{report.targets(targets)}"


# ---------------------------------------------------------------------------------------------------
# Threads on one client
# ---------------------------------------------------------------------------------------------------


def on_threads(bench: Bench, number: int) -> list[Contender]:
    alone = lambda calls: [bench.programs.path("floor_threads"), bench.address(), calls, bench.agent, number]  # noqa: E731
    ours = lambda calls: [bench.programs.path("threads"), JOB_ID, calls, number]  # noqa: E731
    options = {"group": f"{number} thread{'s' * (number > 1)}", "counted": (640, 1920)}  # all share them evenly
    return [
        bench.contender("libcurl alone, a handle for each", alone, **options),
        bench.contender("locjob, one client", ours, **options),
    ]


def note_contention(contender: Contender, bench: Bench) -> None:
    output = bench.folder / "contention.json"
    contender.run(bench.calls, LD_PRELOAD=str(bench.programs.path("contention.so")), CONTENTION_REPORT=str(output))
    found = json.loads(output.read_text())
    contender.figures[WAITED] = found["waited"] / bench.calls * 1000
    contender.figures[WAITED_FOR] = found["nanoseconds"] / bench.calls


def threads(bench: Bench) -> str:
    everyone = sum([on_threads(bench, number) for number in THREADS], [])
    measure(everyone, bench.rounds)
    count(everyone, bench)
    for contender in everyone:
        note_contention(contender, bench)
    waited = [noted(WAITED, "{:,.2f}", compared=False), noted(WAITED_FOR, "{:,.0f} ns", compared=False)]
    columns = [RATE, PROCESSOR_TIME, INSTRUCTIONS, *waited]
    targets = [flat("threads", everyone[1::2], figure) for figure in (INSTRUCTIONS, PROCESSOR_TIME)]
    return section("Threads on one client", everyone, columns, targets)


# ---------------------------------------------------------------------------------------------------
# Gets in one queue
# ---------------------------------------------------------------------------------------------------


def queues(bench: Bench) -> str:
    everyone = []
    for queued in QUEUED:
        connections = min(queued, CONNECTIONS)
        options = {"group": f"{queued:,} queued", "calls": max(bench.calls, queued)}
        # So many more that how the last of the queue go by does not matter.
        counted = (queued, queued + max(1000, queued // 2))
        alone = counted if queued <= 1000 else None  # for minutes on end
        everyone += [
            multi(bench, "libcurl multi alone, epoll", "epoll", queued, connections, counted=alone, **options),
            queue(bench, queued, connections, counted=counted, **options),
        ]
    measure(everyone, bench.rounds)
    count(everyone, bench)
    targets = [flat("queue", everyone[1::2], figure) for figure in (INSTRUCTIONS, PROCESSOR_TIME)]
    title = f"Gets in one queue, over {CONNECTIONS} connections at most"
    return section(title, everyone, [RATE, PROCESSOR_TIME, INSTRUCTIONS], targets)


# ---------------------------------------------------------------------------------------------------
# Tags of the job
# ---------------------------------------------------------------------------------------------------


def tags(bench: Bench) -> str:
    everyone = []
    for number in TAG_COUNTS:
        options = {"group": f"{number} tags", "job_id": f"tags-{number}", "counted": (FEW, MANY)}
        everyone += [bench.floor("http", **options), bench.locjob("http", **options)]
    measure(everyone, bench.rounds)
    count(everyone, bench)
    targets = [flat("tags", everyone[1::2], INSTRUCTIONS)]
    return section("Tags of the job", everyone, [RATE, PROCESSOR_TIME, INSTRUCTIONS], targets)


# ---------------------------------------------------------------------------------------------------
# A long run
# ---------------------------------------------------------------------------------------------------


def long_run(bench: Bench) -> str:
    """A hundred parts of one process: the first ten and the last ten."""
    everyone, targets = [], []
    for contender in (bench.floor("http", PARTS), bench.locjob("http", PARTS)):
        parts = contender.run(LONG_RUN if bench.calls >= 4_000 else PARTS * bench.calls // 10)
        ends = []
        for name, some in (("first", parts[:10]), ("last", parts[-10:])):
            calls = sum(part["calls"] for part in some)
            end = Contender(contender.name, contender.command, {}, calls=calls, group=f"{name} {calls:,} calls")
            end.runs = some
            ends.append(end)
        everyone += ends
        targets.append(flat(f"long run of {contender.name}", ends, PROCESSOR_TIME))
    everyone.sort(key=lambda contender: contender.group)  # first before last
    return section("A long run: medians of ten parts each of one run", everyone, [RATE, PROCESSOR_TIME], targets)


def run(bench: Bench) -> str:
    return "\n\n".join([threads(bench), queues(bench), tags(bench), long_run(bench)])

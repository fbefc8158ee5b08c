"""One blocking call on a kept connection."""

from __future__ import annotations

from . import report
from .bench import FEW, MANY, Bench
from .contender import Contender, callgrind, measure, per_call, steps
from .report import CALLGRIND, PROCESSOR_TIME, RATE, STEPS, Column, Target, noted, ratio
from .server import last_request

TITLE = "One blocking call"
#: Stepping through a call takes some 12 seconds.
STEPPED = (1, 3)
REQUEST = Column("request", lambda contender: contender.figures["request"], "{:,.0f} bytes", compared=False)


def contenders(bench: Bench, scheme: str) -> list[Contender]:
    signed = lambda calls: [bench.programs.path("signed"), bench.address(scheme), calls, bench.agent]  # noqa: E731
    counted = (FEW, MANY)
    return [
        bench.floor(scheme, counted=counted),
        bench.contender("libcurl with its AWS_SIGV4, and cJSON", signed, scheme, counted=counted),
        bench.locjob(scheme, counted=counted),
        bench.python_binding(scheme),
        bench.boto3(scheme, calls=max(1, bench.calls // 20)),  # it takes about so much longer
    ]


def targets(found: dict[str, list[Contender]]) -> list[Target]:
    lines = []
    for scheme, (floor, _, locjob, binding, boto3) in found.items():
        ours, bindings = (ratio(boto3, own, PROCESSOR_TIME) for own in (locjob, binding))
        lines += [
            Target(f"{scheme}: instructions, times the floor's", ratio(locjob, floor, noted(CALLGRIND)), 1.00),
            Target(f"{scheme}: processor time, boto3's in locjob's", ours, 30, "{:.1f}", at_least=True),
            Target(f"{scheme}: processor time, boto3's in the binding's", bindings, 8, "{:.1f}", at_least=True),
        ]
    return lines


def run(bench: Bench) -> str:
    found = {scheme: contenders(bench, scheme) for scheme in bench.urls}
    everyone = sum(found.values(), [])
    for contender in everyone:
        contender.run(1)
        contender.figures["request"] = last_request(bench.folder)[0]
    measure(everyone, bench.rounds)
    per_call(everyone, CALLGRIND, lambda contender, calls: callgrind(contender, calls, bench.folder))
    floor, _, locjob, *_ = found["http"]
    per_call([floor, locjob], STEPS, lambda contender, calls: steps(contender, calls, bench.programs.path("steps")), STEPPED)
    table = report.table(everyone, [RATE, PROCESSOR_TIME, noted(CALLGRIND), noted(STEPS), REQUEST])
    return f"{table}\n\n{report.targets(targets(found))}"

"""Reading a response alone."""

from __future__ import annotations

from . import report
from .bench import Bench
from .contender import Contender
from .one_step import COUNTED, TIME, available, compare
from .programs import BENCHMARKS, PYTHON
from .report import STEPS, Target, noted, ratio
from .server import job

TITLE = "Reading a response alone"


def contenders(bench: Bench) -> list[Contender]:
    body = bench.folder / "job.json"
    body.write_text(job())

    def program(name: str, of: str) -> Contender:
        path = bench.programs.path(f"reading-{of}")
        return bench.contender(name, lambda calls: [path, body, calls], calls=10 * bench.calls, counted=COUNTED, group="")

    def script() -> Contender:
        command = lambda calls: [PYTHON, BENCHMARKS / "reading_json.py", body, calls]  # noqa: E731
        return bench.contender("Python's json", command, calls=bench.calls, group="")

    return available(bench, [
        lambda: program("yyjson", "yyjson"),
        lambda: program("cJSON", "cjson"),
        lambda: program("locjob, with struct and result", "locjob"),
        script,
    ])  # fmt: skip


def run(bench: Bench) -> str:
    found = contenders(bench)
    table = compare(bench, found)
    by_name = {contender.name.split(",")[0]: contender for contender in found}
    if "yyjson" not in by_name:
        return table
    locjob, yyjson = by_name["locjob"], by_name["yyjson"]
    targets = [
        Target("instructions on this processor, times yyjson's", ratio(locjob, yyjson, noted(STEPS)), 1),
        Target("processor time, times yyjson's", ratio(locjob, yyjson, TIME), 1),
    ]
    return f"{table}\n\n{report.targets(targets)}"

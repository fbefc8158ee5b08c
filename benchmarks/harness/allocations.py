"""Blocks of memory that a call asks for, and who asks."""

from __future__ import annotations

import json
import re
from collections import Counter

from . import report
from .bench import FEW, MANY, Bench
from .commands import run as execute
from .contender import Contender
from .programs import RELEASE
from .report import Target

TITLE = "Allocations of a call"
LIBRARY = RELEASE / "liblocjob.so"
#: Functions that stand between whoever wants memory and malloc.
BETWEEN = re.compile(r"^(swift_|lj_allocate|__wrap_realloc|posix_memalign|swift::|_swift)")


def counted(contender: Contender, calls: int, bench: Bench) -> tuple[Counter, Counter]:
    """By object, and by way (offsets into liblocjob)."""
    output = bench.folder / "allocations.json"
    contender.run(calls, LD_PRELOAD=str(bench.programs.path("allocations.so")), ALLOCATIONS_REPORT=str(output))
    found = json.loads(output.read_text())
    return Counter(found["objects"]), Counter({tuple(way["offsets"]): way["count"] for way in found["ways"]})


def per_call(contender: Contender, bench: Bench) -> tuple[Counter, Counter]:
    few, many = (counted(contender, calls, bench) for calls in (FEW, MANY))
    differences = []
    for less, more in zip(few, many):
        difference = {key: (more[key] - less[key]) / (MANY - FEW) for key in more}
        differences.append(Counter({key: value for key, value in difference.items() if value > 0.01}))
    return tuple(differences)


def callers(way: tuple[int, ...], most: int = 3) -> str:
    """The functions of a way, innermost first, without those that only pass the wish on."""
    # A return address is behind the call.
    addresses = [hex(offset - 1) for offset in way]
    text = execute(["addr2line", "-f", "-i", "-e", LIBRARY, *addresses])
    names = execute(["swift", "demangle", "--simplified", "--compact"], input="\n".join(text.splitlines()[::2])).splitlines()
    places = [place.rpartition("/")[2] for place in text.splitlines()[1::2]]
    found = [
        f"`{re.sub(r'[(<].*', '', name.replace('LocJob.', ''))}` {re.sub(r' .discriminator.*', '', place)}"
        for name, place in zip(names, places)
        if place.partition(":")[0].endswith(".swift") and not BETWEEN.match(name)
    ]
    return ", from ".join(dict.fromkeys(found[:most])) or "?"


def run(bench: Bench) -> str:
    sections, targets = [], []
    for scheme in bench.urls:
        objects, ways = per_call(bench.locjob(scheme), bench)
        own = objects.pop("liblocjob.so.0", objects.pop("liblocjob.so", 0.0))
        base, _ = per_call(bench.floor(scheme), bench)
        others = ", ".join(f"{name.split('.so')[0]} {count:.1f} (in libcurl alone {base[name]:.1f})" for name, count in objects.items())
        sections.append(f"{scheme}: {own:.2f} of liblocjob's own; {others}\n")
        sections.append("| a call | by |\n|--:|---|")
        sections += [f"| {count:.2f} | {callers(way)} |" for way, count in ways.most_common()]
        sections.append("")
        targets.append(Target(f"{scheme}: allocations of our own in a call", own, 3))
    return "\n".join([*sections, report.targets(targets)])

"""Calls that are ended at random moments of every stage, in every way: each ends in time, and nothing is left behind.

Runs cancel_anywhere.c for each stage (stages.py) and way, several at once, on the release library, for a few calls
under valgrind too; scripts/sanitize thread runs it under the thread sanitizer. By hand, and for more calls:
LOCJOB_CALLS=1000 .venv/bin/python -m pytest Tests/abi/cancel -s, and LOCJOB_AT_ONCE=2 on two processors
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Dict, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from stages import ACCESS_KEY, SECRET_KEY, SLEEP, STAGES, STUBBORN_SLEEP, TOP, places  # noqa: E402

LIBRARY = Path(os.environ.get("LOCJOB_LIBRARY", TOP / ".build/release/liblocjob.so")).absolute()
SANITIZED = Path(os.environ.get("LOCJOB_SANITIZED", TOP / ".build-thread/debug/liblocjob.so")).absolute()
SWIFT = Path(shutil.which("swiftc") or "/usr/bin/swiftc").resolve()
SWIFT_LIBRARIES = SWIFT.parents[1] / "lib/swift/linux"
STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-gdwarf-4", "-O1", f"-I{TOP}/include"]

#: A call is ended at most so many microseconds after its beginning, or more where it is to be answered before, and has
#: to end so many milliseconds after that. What slows programs down moves the stages apart and tells nothing of the
#: library's speed.
NATIVE = {"window": 4_000, "limit": 50}
SLOWED = {"window": 40_000, "limit": 5_000}
CALLS = {"native": 300, "valgrind": 20, "thread": 100}
#: Each has a client of its own.
CALLS_OF_FREE = {"native": 60, "valgrind": 8, "thread": 20}
AT_ONCE = {"native": 8, "valgrind": int(os.environ.get("LOCJOB_AT_ONCE", 6)), "thread": 6}

#: Seconds for a run. A thousand calls under valgrind take minutes of processor time.
LIMIT = 3600 if "LOCJOB_CALLS" in os.environ else 900

VALGRIND = [
    "valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", "--errors-for-leak-kinds=definite,indirect",
    "--show-leak-kinds=definite,indirect", "--fair-sched=yes",
]  # fmt: skip

UNDER = ["thread"] if os.environ.get("LOCJOB_SANITIZER") == "thread" else ["native", "valgrind"]


class Run(NamedTuple):
    under: str
    stage: str
    way: str

    def __str__(self) -> str:
        return f"{self.under}-{self.stage}-{self.way}"


#: Under valgrind, which takes seconds to start: two ways are enough, but for whoever wants them all.
RUNS = [
    Run(under, stage, way)
    for under in UNDER
    for stage in STAGES
    for way in STAGES[stage].ways
    if under != "valgrind" or "LOCJOB_CALLS" in os.environ or way in ("thread", "free")
]


@pytest.fixture(scope="session")
def programs(tmp_path_factory) -> Dict[str, Path]:
    folder = tmp_path_factory.mktemp("programs")
    source = Path(__file__).with_name("cancel_anywhere.c")
    built = {}
    if "native" in UNDER:
        (folder / "liblocjob.so.0").symlink_to(LIBRARY)
        built["native"] = built["valgrind"] = folder / "cancel_anywhere"
        link = [LIBRARY, f"-Wl,-rpath,{folder}", "-pthread", "-ldl", "-rdynamic"]
        subprocess.run(["gcc", *STRICT, source, "-o", built["native"], *link], check=True)
    if "thread" in UNDER:
        built["thread"] = folder / "cancel_anywhere-thread"
        link = [f"-L{SANITIZED.parent}", "-llocjob", "-pthread", "-ldl", "-rdynamic"]
        link += ["-fuse-ld=lld", f"-L{SWIFT_LIBRARIES}", "-ldispatch", "-lBlocksRuntime"]
        command = [SWIFT.with_name("clang"), *STRICT, "-fsanitize=thread", source, "-o", built["thread"], *link]
        subprocess.run(command, check=True)
    return built


@pytest.fixture(scope="session")
def where():
    with places() as running:
        for name, stage in STAGES.items():
            running.service.create_job(JobId=job_of(name), plan={"pending": 0, "running": "forever"})
            if stage.fault:
                running.service.faults({**stage.fault, "times": "endless"}, job_id=job_of(name))
        running.service.create_job(JobId="whole")
        yield running


def job_of(stage: str) -> str:
    return "stage-" + "".join(letter if letter.isalnum() else "-" for letter in stage)


def start(run: Run, program: Path, where, home: Path) -> subprocess.CompletedProcess:
    stage = STAGES[run.stage]
    speed = NATIVE if run.under == "native" else SLOWED
    calls = int(os.environ.get("LOCJOB_CALLS", CALLS[run.under]))
    if run.way == "free":
        calls = min(calls, int(os.environ.get("LOCJOB_CALLS_OF_FREE", CALLS_OF_FREE[run.under])))
    (home / ".aws").mkdir(parents=True)
    (home / ".aws/config").write_text(f"[default]\n{stage.profile}")
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL_LOCATION": where.service.https_url if stage.secure else where.service.url,
        "AWS_CA_BUNDLE": where.service.ca,
        "AWS_EC2_METADATA_DISABLED": "true",
        # What a debug build needs; a release needs nothing.
        **({"LD_LIBRARY_PATH": f"{SANITIZED.parent}:{SWIFT_LIBRARIES}"} if run.under == "thread" else {}),
        # What malloc keeps at hand for a thread would count as used.
        "GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.mxfast=0",
        "SWIFT_BACKTRACE": "enable=no",
        "TSAN_OPTIONS": "halt_on_error=1:exitcode=66",
        **stage.variables(where),
    }
    limit = max(speed["limit"], stage.limit)
    what = f"queue-{stage.what}" if run.way == "queue" else stage.what
    seed = os.environ.get("LOCJOB_SEED", "1")
    arguments = [what, run.way, *map(str, (calls, speed["window"], limit)), seed, job_of(run.stage), *stage.options]
    arguments += ["answered"] if stage.reach else []
    under = VALGRIND if run.under == "valgrind" else []
    return subprocess.run(
        [*under, program, *arguments], env=environment, timeout=LIMIT, capture_output=True, text=True, errors="replace"
    )


@pytest.fixture(scope="session")
def ended(request, programs, where, tmp_path_factory):
    """What became of a run. The first that is asked for starts all of its kind that were selected, several at once."""
    started: Dict[Run, concurrent.futures.Future] = {}
    pools = {under: concurrent.futures.ThreadPoolExecutor(AT_ONCE[under]) for under in UNDER}

    def of(run: Run) -> subprocess.CompletedProcess:
        if run not in started:
            for other in (other for other in selected if other.under == run.under):
                home = tmp_path_factory.mktemp("home")
                started[other] = pools[run.under].submit(start, other, programs[run.under], where, home)
        return started[run].result()

    selected = [item.callspec.params["run"] for item in request.session.items if hasattr(item, "callspec")]
    yield of
    for pool in pools.values():
        pool.shutdown(cancel_futures=True)


def living(seconds: str) -> list:
    """Processes of the stages' programs."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if seconds.encode() in (process / "cmdline").read_bytes().split(b"\0"):
                found.append(process.name)
    return found


@pytest.mark.timeout(LIMIT + 100)
@pytest.mark.parametrize("run", RUNS, ids=str)
def test_cancel(ended, run):
    done = ended(run)
    if done.returncode != 0:
        pytest.fail(f"status {done.returncode}\n{done.stdout}{done.stderr}"[:6000], pytrace=False)
    figures = json.loads(done.stdout)
    print(f"{run} {done.stdout}", end="")
    stage = STAGES[run.stage]
    assert figures["ended"] + figures["others"] == figures["calls"]
    if "ends" not in stage.options:
        assert figures["ended"] == figures["calls"]
    if run.under == "native":
        assert figures["ended"] > 0
        assert figures["p99_own_us"] < NATIVE["limit"] * 1000
        # What a queue gives up has no trace.
        if stage.reach and run.way != "queue":
            assert figures[stage.reach] >= figures["calls"] / 20
    assert figures["hung"] > 0 or run.stage != "resolving"
    # A kept connection and what goes with it.
    assert figures["more_descriptors"] <= 8
    assert figures["more_bytes"] < 32_768


def test_programs_end():
    """After all runs: no program, and none that a program has started, goes on."""
    latest = time.monotonic() + 5
    while (left := living(SLEEP) + living(STUBBORN_SLEEP)) and time.monotonic() < latest:
        time.sleep(0.1)
    assert left == []

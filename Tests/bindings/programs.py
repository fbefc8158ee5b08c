"""The programs of examples/README.md: built as it says, run as it says, and what they print."""

from __future__ import annotations

import os
import re
import subprocess
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
LIBRARY = Path(os.environ.get("LOCJOB_LIBRARY") or TOP / ".build/release/liblocjob.so").absolute()
ROW = re.compile(r"^\| \[(?P<language>.+?)\]\(.*?\) \| (`(?P<build>.+?)` )?\| `(?P<run>.+?) JOB_ID` \|$", re.M)
README = {row["language"]: (row["build"], row["run"]) for row in ROW.finditer((TOP / "examples/README.md").read_text())}

STRICT = "-Wall -Wextra -pedantic -Werror -gdwarf-4"


def variants() -> dict[str, tuple[str | None, str]]:
    """By name, how a program is built and run. C and C++ by each compiler and standard, warnings being errors."""
    found = {}
    for language, (build, run) in README.items():
        if language == "C":
            for compiler in ("gcc", "clang"):
                found[f"C {compiler}"] = (build.replace("cc ", f"{compiler} {STRICT} ", 1), run)
        elif language == "C++":
            for compiler in ("g++", "clang++"):
                for standard in (17, 20):
                    strict = f"{compiler} -std=c++{standard} {STRICT} "
                    found[f"C++{standard} {compiler}"] = (build.replace("c++ -std=c++17 ", strict, 1), run)
        else:
            found[language] = (build, run)
    return found


VARIANTS = variants()


def lay_out(folder: Path) -> Path:
    """A folder where the commands of the README work and what they build harms nobody."""
    for name in ("examples", "include"):
        (folder / name).symlink_to(TOP / name)
    release = folder / ".build/release"
    release.mkdir(parents=True)
    for name in ("liblocjob.so", "liblocjob.so.0"):
        (release / name).symlink_to(LIBRARY)
    return folder


def build(folder: Path, command: str | None) -> None:
    if command:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=folder,
            env={**os.environ, "GOCACHE": str(folder / "go-cache")},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        assert not done.stderr, f"{command}\n{done.stderr}"  # a warning


@dataclass
class Failure:
    message: str
    code: str = ""
    error_code: str = ""


@dataclass
class Outcome:
    """What a program printed. A job is its lines: by label, the values in their order."""

    status: int
    jobs: list[dict[str, list[str]]] = field(default_factory=list)
    failures: dict[str, Failure] = field(default_factory=dict)

    @property
    def job(self) -> dict[str, list[str]]:
        assert len(self.jobs) == 1 and not self.failures, self
        return self.jobs[0]


def read(status: int, stdout: str, stderr: str) -> Outcome:
    outcome = Outcome(status)
    for line in stdout.split("\n")[:-1]:
        label, value = line[:22].rstrip(), line[22:]
        if label == "Job id":
            outcome.jobs.append(defaultdict(list))
        outcome.jobs[-1][label].append(value)
    for line in stderr.split("\n")[:-1]:
        if line.startswith("  "):
            label, value = line[2:14].rstrip(), line[14:]
            if label == "code":
                failure.code = value.partition(":")[0]
            elif label == "error code":
                failure.error_code = value
        else:
            what, _, message = line.partition(": ")
            failure = outcome.failures[what] = Failure(message)
    return outcome


def run(folder: Path, command: str, *arguments: str, environment: dict[str, str]) -> Outcome:
    done = subprocess.run(
        ["bash", "-c", f'{command} "$@"', "bash", *arguments],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "LOCJOB_LIBRARY": str(folder / ".build/release/liblocjob.so.0"), **environment},
        capture_output=True,
        timeout=60,
    )
    stdout, stderr = done.stdout.decode(), done.stderr.decode()
    assert done.returncode in (0, 1, 2), f"status {done.returncode}\n{stdout}{stderr}"
    return read(done.returncode, stdout, stderr)

"""Builds the C programs of this folder together with the platform's sources, and runs their cases.

What must hold is written in the programs. By hand: .venv/bin/python -m pytest Tests/platform/c
"""

from __future__ import annotations

import functools
import os
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent
PLATFORM = HERE.parents[2] / "Sources/CPlatform"
CORE = HERE.parents[2] / "Sources/CCore"
SOURCES = [PLATFORM / name for name in ("lj_process.c", "lj_program.c", "lj_signal.c", "lj_write_file.c")]
SOURCES.append(CORE / "lj_fork.c")
WITH_CURL = [PLATFORM / "lj_multi.c", PLATFORM / "lj_transfer.c", "-lcurl", "-lcrypto"]
STRICT = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-g", "-O1", f"-I{PLATFORM}/include", f"-I{CORE}/include", "-pthread"]
WRAPPED = {"write_file": ["write", "fsync", "close", "rename"], "wipe": ["malloc"]}
MORE = {"multi": WITH_CURL, "math": [CORE / "lj_math.c", "-lm"], "wipe": [PLATFORM / "lj_wipe_on_free.c"]}
COMPILERS = {
    "gcc": ["gcc"],
    "clang": ["clang"],
    "sanitized": ["clang", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
}


def cases(program: str) -> list[str]:
    """The names in the list that a program has of its cases."""
    return re.findall(r"TEST\((\w+)\)[,}]", (HERE / f"{program}.c").read_text())


@pytest.fixture(scope="session")
def builder():
    # In a folder that every user may enter, for the program that runs as another one.
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)

        @functools.lru_cache(maxsize=None)
        def build(program: str, compiler: str) -> Path:
            built = Path(folder) / f"{program}-{compiler}"
            wrap = [f"-Wl,--wrap={name}" for name in WRAPPED.get(program, [])]
            sources = [HERE / f"{program}.c", *SOURCES, *MORE.get(program, [])]
            subprocess.run([*COMPILERS[compiler], *STRICT, *sources, "-o", built, *wrap], check=True)
            return built

        yield build


@pytest.fixture(params=COMPILERS)
def run(request, builder, tmp_path):
    def run_case(program: str, case: str, wrapper: tuple = ()) -> None:
        command = [*wrapper, builder(program, request.param), case]
        ended = subprocess.run(command, cwd=tmp_path, timeout=60, capture_output=True, text=True)
        if ended.returncode != 0:
            pytest.fail(f"status {ended.returncode}\n{ended.stdout}{ended.stderr}", pytrace=False)

    return run_case


@pytest.mark.parametrize("case", cases("program"))
def test_program(run, case):
    run("program", case)


@pytest.mark.parametrize("case", cases("write_file"))
def test_write_file(run, case):
    run("write_file", case)


@pytest.mark.skipif(os.geteuid() != 0, reason="only the superuser can make a set-uid program of another user")
def test_program_with_more_rights(builder, tmp_path):
    program = builder("program", "gcc")
    copy = program.with_name("set-uid")
    copy.write_bytes(program.read_bytes())
    os.chown(copy, 65534, 65534)
    os.chmod(copy, 0o4755)
    ended = subprocess.run([copy, "with_more_rights"], cwd=tmp_path, timeout=60, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


VALGRIND = ("valgrind", "--quiet", "--error-exitcode=9", "--leak-check=full", "--track-fds=no")


@pytest.mark.parametrize("case", ["both_streams", "no_words", "hangs", "floods_output", "many_errors"])
def test_memory(builder, tmp_path, case):
    command = [*VALGRIND, builder("program", "gcc"), case]
    ended = subprocess.run(command, cwd=tmp_path, timeout=120, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize("case", cases("fork"))
def test_fork(run, case):
    run("fork", case)


@pytest.mark.parametrize("case", cases("multi"))
def test_multi(run, case):
    run("multi", case)


@pytest.mark.parametrize("case", cases("math"))
def test_math(run, case):
    run("math", case)


@pytest.mark.parametrize("case", cases("wipe"))
def test_wipe(run, case):
    run("wipe", case)

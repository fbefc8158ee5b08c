"""The commands of docs/building-and-linking.md, as they stand there."""

from __future__ import annotations

import re
import sys

import pytest
from conftest import TOP, make, run

BLOCKS = re.findall(r"```(\w+)\n(.*?)```", (TOP / "docs/building-and-linking.md").read_text(), re.DOTALL)
PROGRAM = re.search(r"```c\n(.*?)```", (TOP / "README.md").read_text(), re.DOTALL)[1]
COMPILING = [block for language, block in BLOCKS if language == "sh" and block.startswith("cc ")]


@pytest.fixture
def paths(staged) -> dict:
    return {"PKG_CONFIG_PATH": f"{staged}/lib/pkgconfig", "LD_LIBRARY_PATH": f"{staged}/lib"}


@pytest.mark.parametrize("command", COMPILING)
def test_compiling(paths, environment, tmp_path, command):
    (tmp_path / "job.c").write_text(PROGRAM)
    run("sh", "-c", command, cwd=tmp_path, env={**environment, **paths})
    assert run(tmp_path / "job", env={**environment, **paths}) == "Pending\n"


def test_cmake(staged, environment, tmp_path):
    (lines,) = [block for language, block in BLOCKS if language == "cmake"]
    find, link = lines.splitlines()
    (tmp_path / "job.c").write_text(PROGRAM)
    (tmp_path / "CMakeLists.txt").write_text(
        f"cmake_minimum_required(VERSION 3.16)\nproject(job C)\n{find}\nadd_executable(job job.c)\n{link}\n"
    )
    run("cmake", "-S", tmp_path, "-B", tmp_path / "build", f"-DCMAKE_PREFIX_PATH={staged}")
    run("cmake", "--build", tmp_path / "build")
    assert run(tmp_path / "build/job", env=environment) == "Pending\n"


def test_pip(environment, tmp_path):
    make("wheel")
    (command,) = [block for language, block in BLOCKS if language == "sh" and " pip " in block]
    run(sys.executable, "-m", "venv", tmp_path)
    run("sh", "-c", command, cwd=TOP, env={**environment, "PATH": f"{tmp_path}/bin:/usr/bin:/bin"})
    asked = "import locjob; print(locjob.Client().get_job(JobId='my-job-id')['Status'])"
    assert run(tmp_path / "bin/python", "-I", "-c", asked, env=environment) == "Pending\n"


def test_all_commands_are_tried():
    assert len(COMPILING) == 2 and len(BLOCKS) == 4

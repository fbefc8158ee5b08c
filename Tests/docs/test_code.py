"""The programs in the pages compile without a warning and do their work on the local service."""

from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from pages import TOP, blocks

STRICT = ["-std=gnu99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{TOP}/include"]


def run(command, environment) -> str:
    """What it prints. It must succeed, complain of nothing, and name no code but LOCJOB_OK."""
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stderr) == (0, ""), ended
    assert set(re.findall(r"LOCJOB_\w+", ended.stdout)) <= {"LOCJOB_OK"}, ended
    return ended.stdout


def test_there_are_programs():
    assert len(blocks("c")) >= 5 and len(blocks("python")) >= 2


@pytest.mark.parametrize("block", blocks("c"), ids=str)
def test_c(block, library, environment, tmp_path):
    source, program = tmp_path / "program.c", tmp_path / "program"
    source.write_text(block.text)
    (tmp_path / "liblocjob.so.0").symlink_to(library)
    link = [str(library), f"-Wl,-rpath,{tmp_path}", "-pthread"]
    subprocess.run(["gcc", *STRICT, str(source), "-o", str(program), *link], check=True)
    shown = run([str(program)], environment)
    assert shown or "puts(" not in block.text


@pytest.mark.parametrize("block", blocks("python"), ids=str)
def test_python(block, environment):
    assert run([sys.executable, "-c", block.text], environment)


@pytest.mark.parametrize("block", blocks("json"), ids=str)
def test_json(block):
    assert json.loads(block.text)

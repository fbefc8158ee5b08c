"""The Python wheel, alone in a virtual environment of its own."""

from __future__ import annotations

import base64
import csv
import hashlib
import re
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import TOP, make, run

#: Programs see neither the folder they are started in nor what this test was started with.
ALONE = ("-I", "-c")


@pytest.fixture(scope="session")
def wheel() -> Path:
    return TOP / make("wheel").strip()


@pytest.fixture(scope="session")
def python(wheel, tmp_path_factory) -> Path:
    """Python with the wheel and nothing else."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin/python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--no-index", wheel)
    assert "No broken requirements" in run(*pip, "check")
    return python


def test_contents(wheel, version):
    assert wheel.name == f"locjob-{version}-py3-none-linux_x86_64.whl"
    with zipfile.ZipFile(wheel) as archive:
        assert archive.testzip() is None
        content = {name: archive.read(name) for name in archive.namelist()}
    info = f"locjob-{version}.dist-info"
    assert set(content) == {
        "locjob/__init__.py",
        "locjob/liblocjob.so",
        "locjob/py.typed",
        f"{info}/METADATA",
        f"{info}/RECORD",
        f"{info}/WHEEL",
    }
    assert content["locjob/__init__.py"] == (TOP / "examples/python/locjob.py").read_bytes()
    assert f"Version: {version}\n" in content[f"{info}/METADATA"].decode()
    lines = csv.reader(content[f"{info}/RECORD"].decode().splitlines())
    recorded = {name: (digest, size) for name, digest, size in lines}
    assert recorded.pop(f"{info}/RECORD") == ("", "")
    assert recorded == {
        name: ("sha256=" + base64.urlsafe_b64encode(hashlib.sha256(data).digest()).decode().rstrip("="), str(len(data)))
        for name, data in content.items()
        if name != f"{info}/RECORD"
    }


def test_library(wheel, tmp_path):
    """Stripped, and in need of the glibc that the wheel speaks of."""
    with zipfile.ZipFile(wheel) as archive:
        library = archive.extract("locjob/liblocjob.so", tmp_path)
        metadata = next(archive.read(name).decode() for name in archive.namelist() if name.endswith("METADATA"))
    assert "no symbols" in run("nm", library)
    (said,) = re.findall(r"glibc ([\d.]+) or newer", metadata)
    needed = re.findall(r"GLIBC_([\d.]+)", run("readelf", "--version-info", "--wide", library))
    assert max(needed, key=lambda version: [int(part) for part in version.split(".")]) == said


def test_same_input_same_wheel(wheel):
    before = wheel.read_bytes()
    make("wheel")
    assert wheel.read_bytes() == before


def test_get_job(python, environment, version):
    program = "import locjob; print(locjob.__file__, locjob.library._name, locjob.version());"
    program += "print(locjob.Client().get_job(JobId='my-job-id')['Status'])"
    first, second = run(python, *ALONE, program, env=environment).splitlines()
    module, library, loaded = first.split()
    assert Path(module).is_relative_to(python.parents[1]) and Path(library) == Path(module).with_name("liblocjob.so")
    assert (loaded, second) == (version, "Pending")


def test_exception(python, environment):
    program = """
import locjob
with locjob.Client() as client:
    try:
        client.get_job(JobId="no-such-job")
    except client.exceptions.ResourceNotFoundException as error:
        print(error.code_name)
"""
    assert run(python, *ALONE, program, env=environment) == "LOCJOB_NOT_FOUND\n"


def test_uninstall(wheel, tmp_path):
    run(sys.executable, "-m", "venv", "--without-pip", tmp_path)
    before = sorted(tmp_path.rglob("*"))
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", tmp_path / "bin/python")
    run(*pip, "install", "--no-index", "--no-compile", wheel)
    assert sorted(tmp_path.rglob("*")) != before
    run(*pip, "uninstall", "--yes", "locjob")
    assert sorted(tmp_path.rglob("*")) == before

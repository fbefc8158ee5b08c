"""What is built, installed and packaged here must work for somebody who has none of this repository.

By hand: .venv/bin/python -m pytest Tests/packaging
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(TOP / "Tests/emulator"))
from client import ACCESS_KEY, SECRET_KEY, Service  # noqa: E402


@pytest.fixture(scope="session")
def version() -> str:
    return run(TOP / "scripts/version").strip()


@pytest.fixture(scope="session")
def service():
    with Service(tls=False) as running:
        running.create_job(JobId="my-job-id", plan={"pending": "forever"})
        yield running


@pytest.fixture(scope="session")
def environment(service, tmp_path_factory) -> dict:
    """Variables by which a program without any of this machine's finds the local service."""
    return {
        "PATH": "/usr/bin:/bin",
        "HOME": str(tmp_path_factory.mktemp("home")),
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_ENDPOINT_URL_LOCATION": service.url,
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
    }


@pytest.fixture(scope="session")
def staged(tmp_path_factory) -> Path:
    """What `make install` installs below /usr/local, in a folder of its own."""
    root = tmp_path_factory.mktemp("staged")
    make("install", DESTDIR=root)
    return root / "usr/local"


def run(*command, status: int = 0, **options) -> str:
    """What a command printed, errors included; it must end with the status."""
    options = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "errors": "replace", **options}
    done = subprocess.run([str(part) for part in command], **options)
    assert done.returncode == status, f"{' '.join(map(str, command))}\n{done.stdout}"
    return done.stdout


def make(target: str, **variables) -> str:
    settings = [f"{name}={value}" for name, value in variables.items()]
    # What whoever runs the tests may have set, or the make that runs them.
    others = ("MAKEFLAGS", "MAKELEVEL", "PREFIX", "LIBDIR", "DESTDIR", "DEBFULLNAME", "DEBEMAIL")
    environment = {name: value for name, value in os.environ.items() if name not in others}
    return run("make", "--no-print-directory", target, *settings, cwd=TOP, env=environment)


def manual_pages() -> list[str]:
    """One for every function that is exported, and those that introduce them, the codes and the job."""
    functions = re.findall(r"^ +(locjob_\w+);$", (TOP / "Sources/LocJob/locjob.map").read_text(), re.MULTILINE)
    return sorted(f"{name}.3" for name in ["locjob", "locjob_code", "locjob_job", *functions])


def files(folder: Path) -> list[str]:
    """Paths of all files and links below a folder."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_symlink() or not path.is_dir())


def tree(folder: Path) -> dict[str, bytes | str | None]:
    """Everything below a folder: the content of files, the aim of links, None for folders."""

    def content(path: Path) -> bytes | str | None:
        if path.is_symlink():
            return os.readlink(path)
        return None if path.is_dir() else path.read_bytes()

    return {str(path.relative_to(folder)): content(path) for path in folder.rglob("*")}

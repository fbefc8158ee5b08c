"""What of others is measured too and Debian does not have: fetched from PyPI into .build-bench, once.

Nothing of it is needed: what cannot be had, as there is no network, is left out of the tables, and said so.
"""

from __future__ import annotations

import functools
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from .commands import run

BENCHMARKS = Path(__file__).resolve().parents[1]
FOLDER = BENCHMARKS.parent / ".build-bench"


class Missing(Exception):
    """A tool that cannot be had."""


def requirement(name: str) -> str:
    """Such as awscrt==0.38.1"""
    text = (BENCHMARKS / "requirements.txt").read_text()
    return re.search(rf"^{name}==[\w.]+", text, re.MULTILINE)[0]


def attempt(name: str, command: list, **options) -> None:
    try:
        run(command, stderr=subprocess.PIPE, **options)
    except (OSError, subprocess.CalledProcessError) as error:
        raise Missing(f"{name}: {getattr(error, 'stderr', '') or error}") from error


@functools.cache
def environment(name: str) -> Path:
    """The programs of a virtual environment with one package."""
    wanted, folder = requirement(name), FOLDER / name
    stamp = folder / "requirement"
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"Installing {wanted}", file=sys.stderr)
        attempt(name, [sys.executable, "-m", "venv", "--clear", folder])
        attempt(name, [folder / "bin/python", "-m", "pip", "install", "--quiet", wanted])
        stamp.write_text(wanted)
    return folder / "bin"


@functools.cache
def sources(name: str) -> Path:
    """The unpacked source distribution of a package."""
    wanted = requirement(name)
    folder = FOLDER / wanted.replace("==", "-")
    if not folder.exists():
        print(f"Fetching the sources of {wanted}", file=sys.stderr)
        download = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name]
        attempt(name, [*download, "--dest", FOLDER, wanted])
        with tarfile.open(FOLDER / f"{folder.name}.tar.gz") as archive:
            archive.extractall(FOLDER)
    return folder


@functools.cache
def yyjson() -> list[str]:
    """What to compile and link a program with."""
    folder = sources("yyjson") / "yyjson"
    library = FOLDER / "yyjson.o"
    attempt("yyjson", ["gcc", "-O2", "-c", folder / "yyjson.c", "-o", library])
    return ["-isystem", str(folder), str(library)]


@functools.cache
def aws_c_auth() -> list[str]:
    """The same of aws-c-auth, on the system's OpenSSL. Building it takes a minute."""
    if not shutil.which("cmake"):
        raise Missing("aws-c-auth: no cmake")
    source, build = sources("awscrt") / "crt", FOLDER / "aws-c"
    if not (build / "aws-c-auth/libaws-c-auth.a").exists():
        print("Building aws-c-auth", file=sys.stderr)
        settings = ["-DUSE_OPENSSL=ON", "-DCMAKE_BUILD_TYPE=RelWithDebInfo"]
        attempt("aws-c-auth", ["cmake", "-S", source, "-B", build, *settings])
        attempt("aws-c-auth", ["cmake", "--build", build, "--parallel", "2", "--target", "aws-c-auth"])
    names = ["auth", "http", "io", "compression", "cal", "sdkutils", "common"]  # as they need each other
    options = []
    for name in names:
        options += ["-isystem", f"{source}/aws-c-{name}/include", "-isystem", f"{build}/aws-c-{name}/generated/include"]
        options.append(f"{build}/aws-c-{name}/libaws-c-{name}.a")
    return [*options, f"{build}/deps/S2N/install/lib/libs2n.a", "-lcrypto", "-lm", "-ldl", "-pthread"]

"""On what the figures were measured."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import subprocess
from pathlib import Path

from .bench import Bench
from .commands import run
from .programs import PYTHON, RELEASE
from .server import PROGRAM
from .tools import requirement


def flags() -> set[str]:
    found = re.search(r"^flags\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    return set(found[1].split()) if found else set()


def version(library: str, function: str) -> str:
    ask = getattr(ctypes.CDLL(library), function)
    ask.restype = ctypes.c_char_p
    return ask().decode()


def describe(bench: Bench) -> str:
    processor = re.search(r"^model name\s*: (.*)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    nginx = subprocess.run([PROGRAM, "-v"], stderr=subprocess.PIPE, text=True, check=True).stderr
    facts = [
        f"{platform.freedesktop_os_release()['PRETTY_NAME']}, Linux {platform.release().split('-')[0]}",
        f"{os.cpu_count()} × {processor[1] if processor else platform.machine()}"
        + (", with SHA instructions" if "sha_ni" in flags() else ""),
        f"liblocjob {version(str(RELEASE / 'liblocjob.so'), 'locjob_version')}",
        version("libcurl.so.4", "curl_version").partition(" zlib")[0],
        run([PYTHON, "-c", "import boto3, platform; print('boto3', boto3.__version__, 'on Python', platform.python_version())"]).strip(),
        "by PyPI's numbers " + ", ".join(requirement(name).replace("==", " ") for name in ("awscli", "awscrt", "yyjson")),
        nginx.split(": ")[1].strip(),
        run(["valgrind", "--version"]).strip(),
        f"load when it began: {bench.load:.2f}",
    ]
    facts += [f"left out: {text.splitlines()[0]}" for text in dict.fromkeys(bench.missing)]
    return "\n".join(f"- {fact}" for fact in facts)

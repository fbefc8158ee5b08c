"""Running programs."""

from __future__ import annotations

import subprocess


def run(command: list, **options) -> str:
    """The output of a program that must go well."""
    return subprocess.run(list(map(str, command)), check=True, text=True, stdout=subprocess.PIPE, **options).stdout

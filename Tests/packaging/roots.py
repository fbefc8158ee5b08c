"""Root file systems of Debian packages alone, made by mmdebstrap from the registry that apt uses."""

from __future__ import annotations

import platform
import subprocess
from pathlib import Path

from conftest import TOP, run

LIBDIR = f"/usr/lib/{subprocess.run(['gcc', '-print-multiarch'], capture_output=True, text=True).stdout.strip()}"


def make_root(folder: Path, variant: str, packages: list) -> Path:
    """A root with the packages, which may be files, and what they depend on."""
    release = platform.freedesktop_os_release()["VERSION_CODENAME"]
    run(
        "mmdebstrap", "--quiet", "--mode=root", f"--variant={variant}", *(f"--include={package}" for package in packages),
        '--aptopt=Acquire::Retries "3"', "--hook-dir=/usr/share/mmdebstrap/hooks/file-mirror-automount", release, folder,
    )  # fmt: skip
    return folder


def inside(root: Path, *command, **options) -> str:
    """What a command printed that sees nothing but the root."""
    return run("/usr/sbin/chroot", root, *command, **options)


def build_example(library_folder: Path, program: Path) -> None:
    """Builds the C example here, with what was installed in a root."""
    environment = {"PATH": "/usr/bin:/bin", "PKG_CONFIG_LIBDIR": str(library_folder / "pkgconfig")}
    flags = run("pkg-config", "--cflags", "--libs", "locjob", env=environment).split()
    run("cc", TOP / "examples/c/get_job.c", *flags, "-o", program)

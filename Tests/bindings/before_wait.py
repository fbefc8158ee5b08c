"""Until the library has locjob_wait: one that only fails, so that what calls it can be built and loaded."""

from __future__ import annotations

import subprocess
from pathlib import Path

DECLARATION = "locjob_result *locjob_wait(locjob_client *client, const char *job_id, locjob_call *call);"


def lay_out(folder: Path, top: Path, library: Path) -> None:
    """A library that adds the function to the real one, which goes by another soname there."""
    release, include = folder / ".build/release", folder / "include"
    include.mkdir()
    header = (top / "include/locjob.h").read_text()
    (include / "locjob.h").write_text(header.replace("#ifdef __cplusplus\n}", f"{DECLARATION}\n#ifdef __cplusplus\n}}", 1))
    (include / "locjob.hpp").symlink_to(top / "include/locjob.hpp")
    (release / "libreal.so").write_bytes(library.read_bytes().replace(b"liblocjob.so.0\0", b"libreal.so\0\0\0\0\0"))
    source = f"#include <locjob.h>\nlocjob_result *locjob_wait(locjob_client *a, const char *b, locjob_call *c) {{ (void)a; (void)b; (void)c; return 0; }}\n"
    options = f"-shared -fPIC -I{include} -xc - -xnone -o {release}/liblocjob.so.0 -Wl,-soname,liblocjob.so.0 -Wl,--no-as-needed"
    link = [f"{release}/libreal.so", "-Wl,-rpath,$ORIGIN"]
    subprocess.run(["gcc", *options.split(), *link], input=source, text=True, check=True)
    (release / "liblocjob.so").write_text(f"INPUT({release}/liblocjob.so.0 {release}/libreal.so)\n")

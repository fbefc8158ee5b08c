"""The programs that are measured, compiled when they are asked for."""

from __future__ import annotations

import functools
from pathlib import Path

from . import tools
from .commands import run

BENCHMARKS = Path(__file__).resolve().parents[1]
TOP = BENCHMARKS.parent
RELEASE = TOP / ".build/release"
#: Has boto3 (scripts/python-environment).
PYTHON = TOP / ".venv/bin/python"

LOCJOB = [f"-L{RELEASE}", "-llocjob", f"-Wl,-rpath,{RELEASE}"]

#: Of each program its sources, and what it is linked with.
SOURCES = {
    "floor": (["floor.c"], ["-lcurl"]),
    "signed": (["signed.c"], ["-lcurl", "-lcjson"]),
    "locjob": (["locjob.c"], LOCJOB),
    "floor_multi": (["floor_multi.c"], ["-lcurl"]),
    "queue": (["queue.c"], LOCJOB),
    "floor_threads": (["floor_threads.c"], ["-lcurl", "-pthread"]),
    "threads": (["threads.c"], [*LOCJOB, "-pthread"]),
    "launch": (["launch.c"], []),
    "steps": (["steps.c"], []),
    "signature-hashes": (["signature.c", "signature_hashes.c"], ["-lcrypto"]),
    "reading-cjson": (["reading.c", "reading_cjson.c"], ["-lcjson"]),
    "allocations.so": (["allocations.c"], ["-shared", "-fPIC", "-fno-omit-frame-pointer"]),
    "contention.so": (["contention.c"], ["-shared", "-fPIC", "-ldl"]),
}

#: How Package.swift compiles and links the release library, but for debug information.
SWIFT = ["-parse-as-library", "-module-name", "LocJob", "-wmo", "-enforce-exclusivity=unchecked", "-Osize"]
SWIFT += ["-Xfrontend", "-function-sections", "-Xfrontend", "-disable-incremental-llvm-codegen"]
SWIFT += ["-Xllvm", "-sil-inline-overall-caller-block-limit=8", "-Xllvm", "-sil-disable-pass=closure-specialize"]
SWIFT += ["-Xllvm", "-force-remove-attribute=minsize"]
EMBEDDED = ["-enable-experimental-feature", "Embedded"]
LINKED = ["-use-ld=lld", "-lcurl", "-lcrypto"]
LINKER = ["--gc-sections", "--icf=all", "--wrap=free", "--wrap=realloc"]


class Programs:
    """In a folder."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.path = functools.cache(self._path)
        self.library_with_steps = functools.cache(self._library_with_steps)

    def _path(self, name: str) -> Path:
        if name in ("signature-locjob", "reading-locjob"):
            return self._from_library(name)
        if name == "signature-awscauth":
            return self._compile(name, ["signature.c", "signature_awscauth.c"], tools.aws_c_auth())
        if name == "reading-yyjson":
            return self._compile(name, ["reading.c", "reading_yyjson.c"], tools.yyjson())
        return self._compile(name, *SOURCES[name])

    def _compile(self, name: str, sources: list[str], options: list[str]) -> Path:
        strict = ["-O2", "-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", f"-I{TOP}/include"]
        run(["gcc", *strict, *[BENCHMARKS / source for source in sources], "-o", self.folder / name, *options])
        return self.folder / name

    def _library_with_steps(self) -> Path:
        """All of the library's Swift with Steps.swift, as one object."""
        maps = [f"{RELEASE}/CCore.build/module.modulemap", f"{RELEASE}/CPlatform.build/module.modulemap"]
        modules = [f"-fmodule-map-file={path}" for path in [*maps, f"{TOP}/include/module.modulemap"]]
        options = [*SWIFT, *EMBEDDED, f"-I{TOP}/include", *[word for module in modules for word in ("-Xcc", module)]]
        sources = sorted((TOP / "Sources/LocJob").rglob("*.swift"))
        whole = self.folder / "library.o"
        run(["swiftc", "-c", *options, *sources, BENCHMARKS / "Steps.swift", "-o", whole])
        return whole

    def _from_library(self, name: str) -> Path:
        """A program of the library's own objects, linked as the library is."""
        sources = {"signature-locjob": ["signature", "signature_locjob"], "reading-locjob": ["reading"]}[name]
        objects = []
        for source in sources:
            objects.append(self.folder / f"{source}.o")
            run(["gcc", "-O2", "-std=c99", "-c", BENCHMARKS / f"{source}.c", "-o", objects[-1]])
        objects += [self.library_with_steps(), *RELEASE.glob("CCore.build/*.o"), *RELEASE.glob("CPlatform.build/*.o")]
        linker = [word for option in LINKER for word in ("-Xlinker", option)]
        run(["swiftc", *EMBEDDED, *objects, *LINKED, *linker, "-o", self.folder / name])
        return self.folder / name

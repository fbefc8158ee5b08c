"""Builds C programs and runs them against the release library, with a local service that the jobs of programs.py
are on."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from programs import LIBRARY, STRICT, TOP, running_service  # noqa: E402

from client import ACCESS_KEY, SECRET_KEY  # noqa: E402


@pytest.fixture(scope="session")
def service():
    with running_service() as running:
        yield running


@pytest.fixture(scope="session")
def credential_services():
    sys.path.insert(0, str(TOP / "Tests/abi/python"))
    from credential_services import CredentialServices

    with CredentialServices() as services:
        yield services


@pytest.fixture(scope="session")
def builder(tmp_path_factory):
    """Gives a program's path, building it at its first use."""
    folder = tmp_path_factory.mktemp("programs")
    # A program looks for the library by its soname, which is not the name of the file that was built.
    (folder / "liblocjob.so.0").symlink_to(LIBRARY)

    @functools.lru_cache(maxsize=None)
    def build(source: Path, compiler: str) -> Path:
        program = folder / f"{source.stem}-{compiler}"
        if compiler == "swiftc":
            command = [compiler, "-O", "-import-objc-header", TOP / "include/locjob.h"]
            link = [LIBRARY, "-Xlinker", "-rpath", "-Xlinker", folder]
        else:
            command = [compiler, *STRICT]
            link = [LIBRARY, f"-Wl,-rpath,{folder}", "-pthread", "-ldl", "-lcrypto", "-rdynamic"]
        if LIBRARY.suffix == ".a":  # the static library is asked the same, when LOCJOB_LIBRARY names it
            link += ["-lcurl", "-lcrypto"]
        subprocess.run([*command, source, "-o", program, *link], check=True)
        return program

    return build


SUFFIX = {"gcc": ".c", "clang": ".c", "swiftc": ".swift"}


@pytest.fixture(params=["gcc", "clang"])
def run(request, builder, service, tmp_path):
    """Runs a program in an environment that points it to the local service and holds nothing else."""

    def run_program(
        program: str | Path,
        *arguments,
        secure: bool = False,
        under: tuple = (),
        status: int = 0,
        stdin: str = "",
        **environment,
    ) -> subprocess.CompletedProcess:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            "AWS_ENDPOINT_URL_LOCATION": service.https_url if secure else service.url,
            "AWS_CA_BUNDLE": service.ca,
            "AWS_EC2_METADATA_DISABLED": "true",
            **environment,
        }
        source = program if isinstance(program, Path) else Path(__file__).with_name(program).with_suffix(SUFFIX[request.param])
        command = [*under, builder(source, request.param), *arguments]
        ended = subprocess.run(command, env=environment, input=stdin, timeout=120, capture_output=True, text=True)
        if ended.returncode != status:
            pytest.fail(f"status {ended.returncode}\n{ended.stdout}{ended.stderr}", pytrace=False)
        return ended

    return run_program

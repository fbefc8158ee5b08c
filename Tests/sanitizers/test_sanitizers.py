"""Programs on a debug build of the library, under the address sanitizer (with its search for leaks) or the thread
sanitizer. scripts/sanitize builds that library and names it in LOCJOB_SANITIZED; by hand: scripts/sanitize thread
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(TOP / "Tests/abi/c"), str(TOP / "Tests/emulator")]
from client import ACCESS_KEY, SECRET_KEY  # noqa: E402
from programs import NOBODY_LISTENS, STRICT, running_service  # noqa: E402

SANITIZER = os.environ.get("LOCJOB_SANITIZER", "thread")
LIBRARY = Path(os.environ.get("LOCJOB_SANITIZED", TOP / f".build-{SANITIZER}/debug/liblocjob.so"))
#: Where Swift's own libraries are, which a debug build and the thread sanitizer's runtime need.
SWIFT = Path(subprocess.run(["which", "swiftc"], check=True, capture_output=True, text=True).stdout.strip())
SWIFT_LIBRARIES = SWIFT.resolve().parents[1] / "lib/swift/linux"
CLANG = SWIFT.resolve().with_name("clang")

PROGRAMS = {
    "storm": ["4"],
    "threads": [],
    "queue_threads": [],
    "free_while_calling": [],
    "callbacks": [],
    "get": [],
    "failures": [NOBODY_LISTENS],
    "null": [],
    "explain": [],
    "cancel_from_signal": [],
}


@pytest.fixture(scope="session")
def service():
    with running_service() as running:
        yield running


@pytest.fixture(scope="session")
def build(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sanitized")

    def build(name: str) -> Path:
        source = next(place for place in (TOP / "Tests/sanitizers", TOP / "Tests/abi/c") if (place / f"{name}.c").exists())
        runtime = ["-fuse-ld=lld", f"-L{SWIFT_LIBRARIES}", "-ldispatch", "-lBlocksRuntime", "-pthread", "-ldl"]
        library = [f"-L{LIBRARY.parent}", "-llocjob"]
        command = [CLANG, *STRICT, f"-fsanitize={SANITIZER}", source / f"{name}.c", "-o", folder / name]
        subprocess.run([*command, *library, *runtime], check=True)
        return folder / name

    return build


# failures.c has no certificates of its own.
CASES = [(name, secure) for name in PROGRAMS for secure in (False, True) if (name, secure) != ("failures", True)]


@pytest.mark.parametrize("name, secure", CASES, ids=[f"{name}-{'https' if secure else 'http'}" for name, secure in CASES])
def test_sanitized(build, service, tmp_path, name, secure):
    # Waited for in storm.c: each ends a little later than the one before.
    for number, final in enumerate(("Completed", "Failed", "Cancelled") * 2):
        plan = {"pending": number / 2, "running": 0.5, "cancelling": 0.5, "final": final}
        service.create_job(JobId=f"brief-{number}", plan=plan)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "LD_LIBRARY_PATH": f"{LIBRARY.parent}:{SWIFT_LIBRARIES}",
        "SWIFT_BACKTRACE": "enable=no",
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL_LOCATION": service.https_url if secure else service.url,
        "AWS_CA_BUNDLE": service.ca,
        "AWS_EC2_METADATA_DISABLED": "true",
        # One report is enough, and the programs' own statuses are below this one.
        "TSAN_OPTIONS": "halt_on_error=1:exitcode=66",
        "ASAN_OPTIONS": "detect_leaks=1:exitcode=66",
    }
    command = [build(name), *PROGRAMS[name]]
    ended = subprocess.run(command, env=environment, timeout=120, capture_output=True, text=True, errors="replace")
    if ended.returncode != 0:
        pytest.fail(f"status {ended.returncode}\n{ended.stdout}{ended.stderr}"[:8000], pytrace=False)
    print(ended.stdout)

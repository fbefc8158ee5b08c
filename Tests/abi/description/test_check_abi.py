"""What scripts/check-abi takes for an addition and what for a break, on copies of the header with one change.

By hand: .venv/bin/python -m pytest Tests/abi/description
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
SCRIPTS = ("abi_stand_in.py", "check-abi", "header.py", "make-abi", "make-version-script")

BREAKS = {
    "constant renumbered": ("LOCJOB_INVALID_JOB_ID = 2,", "LOCJOB_INVALID_JOB_ID = 7,"),
    "constant removed": ("LOCJOB_STATUS_RUNNING = 2,", ""),
    "constant of a small enum renumbered": ("LOCJOB_LOG_WARNING = 1", "LOCJOB_LOG_WARNING = 3"),
    "function removed": ("LOCJOB_API void locjob_free(locjob_result *result);", ""),
    "parameter of another type": ("locjob_call *call, int64_t timeout_ms", "locjob_call *call, int32_t timeout_ms"),
    "parameter added": ("locjob_call *call, int64_t timeout_ms", "locjob_call *call, int64_t timeout_ms, int32_t more"),
    "value of another type": ("LOCJOB_API size_t locjob_result_json_length", "LOCJOB_API int32_t locjob_result_json_length"),
    "codes of another type": ("typedef int32_t locjob_code;", "typedef int64_t locjob_code;"),
    "callback of another type": ("(*locjob_logger)(void *user, int32_t level", "(*locjob_logger)(void *user, int64_t level"),
    "small struct grows": ("locjob_string value;\n} locjob_tag", "locjob_string value;\n    int32_t more;\n} locjob_tag"),
    "member of a small struct of another type": ("int32_t present;", "uint32_t present;"),
    "member put into locjob_job": ("size_t tag_count;", "size_t x;\n    size_t tag_count;"),
    "members of locjob_job change places": ("locjob_string job_id;\n    locjob_string job_arn;", "locjob_string job_arn;\n    locjob_string job_id;"),
    "member of locjob_job of another type": ("const locjob_tag *tags;", "const locjob_enum *tags;"),
    "last member of locjob_job removed": ("size_t tag_count;", ""),
}  # fmt: skip
ADDITIONS = {
    "function": ("LOCJOB_API void locjob_free(", "LOCJOB_API void locjob_newer(void);\nLOCJOB_API void locjob_free("),
    "constant": ("LOCJOB_STATUS_CANCELLED = 6", "LOCJOB_STATUS_NEWER = 7, LOCJOB_STATUS_CANCELLED = 6"),
    "member at the end of locjob_job": ("size_t tag_count;", "size_t tag_count;\n    int32_t newer;"),
}


@pytest.fixture
def check(tmp_path):
    """Runs scripts/check-abi on this tree with something in the header replaced."""
    for name in ("include", "abi"):
        shutil.copytree(TOP / name, tmp_path / name)
    for name in ("scripts", "Sources/LocJob"):
        (tmp_path / name).mkdir(parents=True)
    for name in SCRIPTS:
        shutil.copy(TOP / "scripts" / name, tmp_path / "scripts")
    shutil.copy(TOP / "Sources/LocJob/locjob.map", tmp_path / "Sources/LocJob")
    header = tmp_path / "include/locjob.h"

    def run(old: str = "", new: str = "", library: Path | None = None) -> subprocess.CompletedProcess:
        text = header.read_text()
        assert old in text
        header.write_text(text.replace(old, new, 1))
        subprocess.run([tmp_path / "scripts/make-version-script"], check=True)
        environment = {"PATH": "/usr/bin:/bin", "LOCJOB_LIBRARY": str(library or TOP / ".build/release/liblocjob.so")}
        return subprocess.run([tmp_path / "scripts/check-abi"], env=environment, capture_output=True, text=True)

    return run


def test_nothing_is_new_in_what_was_just_described(check, tmp_path):
    subprocess.run([tmp_path / "scripts/make-abi"], check=True)
    ended = check()
    assert ended.returncode == 0 and "is new" not in ended.stdout, ended


@pytest.mark.parametrize("name", BREAKS)
def test_a_break_is_refused(check, name):
    ended = check(*BREAKS[name])
    assert ended.returncode == 1 and "the interface has changed" in ended.stderr, ended


@pytest.mark.parametrize("name", ADDITIONS)
def test_an_addition_is_shown(check, name):
    ended = check(*ADDITIONS[name])
    assert ended.returncode == 0 and "newer" in ended.stdout.lower() and "is new" in ended.stdout, ended


def test_a_library_without_a_function_is_refused(check, tmp_path):
    source, library = tmp_path / "other.c", tmp_path / "other.so"
    source.write_text("int locjob_other;\n")
    subprocess.run(["gcc", "-shared", source, "-o", library], check=True)
    ended = check(library=library)
    assert ended.returncode == 1 and "lacks locjob_" in ended.stderr, ended

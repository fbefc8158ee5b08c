"""What the tests of C programs share: where things are, how programs are built, and the jobs that they ask for."""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

import pytest

TOP = Path(__file__).resolve().parents[3]
LIBRARY = Path(os.environ.get("LOCJOB_LIBRARY", TOP / ".build/release/liblocjob.so"))
sys.path.insert(0, str(TOP / "Tests/emulator"))

STRICT = ["-std=c99", "-Wall", "-Wextra", "-pedantic", "-Werror", "-gdwarf-4", f"-I{TOP}/include"]
NOBODY_LISTENS = "http://127.0.0.1:1"  # a port that only the superuser could have taken

REQUIRED = {
    "Action": "ValidateAddress",
    "CreatedAt": "2026-11-20T08:30:00Z",
    "ExecutionRoleArn": "arn:aws:iam::123456789012:role/LocationJobs",
    "InputOptions": {"Location": "s3://example/input/", "Format": "Parquet"},
    "OutputOptions": {"Location": "s3://example/output/", "Format": "Parquet"},
    "Status": "Running",
    "UpdatedAt": "2026-11-20T08:30:00Z",
}


def job(job_id: str, **members) -> dict:
    return {**REQUIRED, "JobArn": f"arn:aws:geo:us-east-1:123456789012:job/{job_id}", "JobId": job_id, **members}


JOBS = [
    job(
        "whole",
        ActionOptions={"ValidateAddress": {"AdditionalFeatures": ["Position", "CountrySpecificAttributes"]}},
        AddedLater={"by": ["a newer service"]},
        CreatedAt="2026-11-20T08:30:00.123456789Z",
        EndedAt="1970-01-01T00:00:00Z",
        Error={"Code": "ValidationError", "Messages": ["Column 'Country' is missing.", "東京 🗼"]},
        Name="name with\0NUL",
        Status="Failed",
        Tags={"stadt": "Zürich", "empty": ""},
        UpdatedAt="1969-12-31T23:59:59.5Z",
    ),
    job(
        "bare",
        Action="GeocodeAddress",
        InputOptions={"Location": "s3://example/input/", "Format": "CSV"},
        Status="Paused",
    ),
    job("numbers", CreatedAt=1795163400.25, UpdatedAt=1795163400),
    job("my-job-id"),
    job("truncated"),
    job("reset-after"),
]

# What the service does instead of answering properly, for jobs named after it.
FAULTS = {
    "denied": {"error": "AccessDeniedException"},
    "throttled": {"error": "ThrottlingException"},
    "broken": {"error": "InternalServerException"},
    "not-json": {"status": 200, "body": "<html>"},
    "reset": {"reset_at": 0},
    "truncated": {"truncate": 20},
    "stalled": {"stall_at": 0},
    "reset-after": {"reset_at": "body+1000000"},  # when the whole response was sent
}


@contextlib.contextmanager
def running_service():
    """The local service with those jobs."""
    from client import Service

    with Service(bad_tls=True) as running:
        for document in JOBS:
            running.create_job(JobId=document["JobId"], document=document)
        for job_id, answer in FAULTS.items():
            running.faults({**answer, "times": "endless"}, job_id=job_id)
        running.add_key("AKIDFAILURES", "secret-that-must-not-show")  # the one of failures.c
        yield running


both = pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])

VALGRIND = (
    "valgrind",
    "--quiet",
    "--error-exitcode=9",
    "--leak-check=full",
    "--errors-for-leak-kinds=definite,indirect",
    "--show-leak-kinds=definite,indirect",
)

"""The example that waits for many jobs in asyncio's event loop."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from client import ACCESS_KEY, SECRET_KEY
from support import SMALL_JOB

EXAMPLE = Path(__file__).resolve().parents[3] / "examples/python/wait_jobs.py"


@pytest.fixture
def wait_jobs(service):
    def run(*arguments: str, lines: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, str(EXAMPLE), "--delay", "50", *arguments],
            env={
                "PATH": os.environ["PATH"],
                "HOME": os.environ["HOME"],
                "LOCJOB_LIBRARY": os.environ["LOCJOB_LIBRARY"],
                "AWS_ENDPOINT_URL_LOCATION": service.url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": ACCESS_KEY,
                "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
            },
            input=lines,
            capture_output=True,
            text=True,
            timeout=30,
        )

    for job_id, final, looks in (("well", "Completed", 5), ("badly", "Failed", 1)):
        service.create_job(JobId=job_id, document={**SMALL_JOB, "JobId": job_id, "Status": final})
        service.faults({"status": 200, "body": {**SMALL_JOB, "JobId": job_id}, "times": looks}, job_id=job_id)
    return run


@pytest.mark.parametrize("given", ["arguments", "input"])
def test_each_job_is_printed_as_it_ends(wait_jobs, given):
    job_ids = ["well", "badly", "no-such-job"]
    done = wait_jobs(*job_ids) if given == "arguments" else wait_jobs(lines="\n".join(job_ids))
    assert [line.split()[:2] for line in done.stdout.splitlines()] == [["badly", "Failed"], ["well", "Completed"]]
    assert "no-such-job: " in done.stderr and "ResourceNotFoundException" in done.stderr
    assert done.returncode == 2


def test_the_exit_status_is_that_of_the_worst_job(wait_jobs):
    assert wait_jobs("well", "badly").returncode == 1
    assert wait_jobs("well").returncode == 0
    assert wait_jobs().returncode == 0
    assert wait_jobs("..").returncode == 2


def test_something_else_goes_on_in_the_same_loop(wait_jobs, service):
    service.create_job(JobId="longer", plan={"pending": 0, "running": 1.5})
    done = wait_jobs("--tick", "0.5", "longer")
    assert done.stderr.splitlines().count("waiting for 1") >= 2 and done.returncode == 0

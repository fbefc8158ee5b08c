"""The local service with the jobs of documents.py, and the environment that points a program to it."""

from __future__ import annotations

import sys

import pytest
from documents import JOBS, document
from programs import TOP

sys.path.insert(0, str(TOP / "Tests/emulator"))
from client import ACCESS_KEY, SECRET_KEY, Service  # noqa: E402


@pytest.fixture(scope="session")
def service():
    with Service(tls=False) as running:
        for job_id in JOBS:
            running.create_job(JobId=job_id, document=document(job_id))
        running.create_job(JobId="stalled")
        running.faults({"stall_at": 0, "times": "endless"}, job_id="stalled")
        running.create_job(JobId="slow")
        running.faults({"delay": 0.6, "times": "endless"}, job_id="slow")
        yield running


@pytest.fixture(scope="session")
def environment(service, tmp_path_factory):
    """Points a program to the local service and holds nothing else, no locale either."""
    return {
        "HOME": str(tmp_path_factory.mktemp("home")),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL_LOCATION": service.url,
        "AWS_EC2_METADATA_DISABLED": "true",
    }

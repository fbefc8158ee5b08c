"""The release library on the local service, for the programs in the pages."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from pages import TOP  # noqa: E402

LIBRARY = Path(os.environ.get("LOCJOB_LIBRARY") or TOP / ".build/release/liblocjob.so").absolute()


@pytest.fixture(scope="session")
def library():
    return LIBRARY


@pytest.fixture(scope="session")
def service():
    from client import Service

    with Service() as running:
        for job_id in ("my-job-id", "my-other-job-id"):
            running.create_job(JobId=job_id, age=3600)  # it has ended
        yield running


@pytest.fixture
def environment(service, tmp_path):
    """Variables that point to the local service, and to nothing of this machine. Those of boto3 too."""
    from client import ACCESS_KEY, SECRET_KEY

    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PYTHONPATH": str(TOP / "examples/python"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "LOCJOB_LIBRARY": str(LIBRARY),
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": SECRET_KEY,
        "AWS_ENDPOINT_URL_LOCATION": service.url,
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }

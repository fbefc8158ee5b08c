"""What is asked for again: as many requests, numbered in the same way."""

from __future__ import annotations

from unittest import mock

import pytest
from generate import name_of, retries, scripted
from oracle import boto3_client, both, compare
from support import usual_settings


@pytest.mark.parametrize("case", retries(), ids=name_of)
def test_retry(service, client, logged, case):
    service.faults(scripted(case, times=4))
    settings = {"max_attempts": 2, "retry_mode": case.get("retry_mode", "standard")}
    theirs = boto3_client(**usual_settings(service), disable_host_prefix_injection=True, **settings)
    ours = client(**settings)

    def ask_theirs():
        service.faults(scripted(case, times=4))
        with mock.patch("botocore.endpoint.time.sleep"):  # this library has waited for both
            return theirs.get_job(JobId="a-job")

    compare(case, *both(lambda: ours.get_job(JobId="a-job"), ask_theirs, logged))

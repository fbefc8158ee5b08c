"""The same bytes from the service: the same dictionary, or the same exception with the same response."""

from __future__ import annotations

import pytest
from generate import errors, name_of, responses, scripted
from oracle import boto3_client, both, compare
from support import usual_settings


def ask_both(service, client, logged, case) -> None:
    service.faults(scripted(case, times=2))
    theirs = boto3_client(**usual_settings(service), disable_host_prefix_injection=True, max_attempts=1)
    ours = client(max_attempts=1)
    compare(case, *both(lambda: ours.get_job(JobId="a-job"), lambda: theirs.get_job(JobId="a-job"), logged))


@pytest.mark.parametrize("case", responses(), ids=name_of)
def test_response(service, client, logged, case):
    ask_both(service, client, logged, case)


@pytest.mark.parametrize("case", errors(), ids=name_of)
def test_error(service, client, logged, case):
    ask_both(service, client, logged, case)

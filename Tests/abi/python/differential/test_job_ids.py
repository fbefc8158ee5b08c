"""Any text as a job id: the same request, byte for byte, or the same refusal."""

from __future__ import annotations

import pytest
from generate import JOB, job_ids, name_of, scripted
from oracle import boto3_client, both, compare
from support import usual_settings


@pytest.mark.parametrize("case", job_ids(), ids=name_of)
def test_job_id(service, client, logged, case):
    service.faults(scripted({"status": 200, "body": JOB}, times=2))
    theirs = boto3_client(**usual_settings(service), disable_host_prefix_injection=True)
    ours = client()
    seen = both(lambda: ours.get_job(JobId=case["job_id"]), lambda: theirs.get_job(JobId=case["job_id"]), logged)
    assert all(request["signature"] == "ok" for request in seen[0].requests)
    compare(case, *seen)

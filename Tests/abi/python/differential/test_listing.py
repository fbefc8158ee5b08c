"""list_jobs beside boto3's: the same requests, and the same dictionaries or exceptions."""

from __future__ import annotations

import json

import pytest
from oracle import boto3_client, both, same, shown
from support import FULL_JOB, SMALL_JOB, usual_settings

ENTRY = {name: value for name, value in FULL_JOB.items() if name != "Tags"}


def ask_both(service, client, logged, **arguments) -> "tuple":
    ours = client(max_attempts=1)
    theirs = boto3_client(**usual_settings(service), disable_host_prefix_injection=True, max_attempts=1)

    def requests() -> list:
        """boto3 writes blanks in its JSON, and signs them."""
        made = logged()
        for request in made:
            assert request["signature"] == "ok"
            request["body"] = json.loads(request["body"])
            for name in ("authorization", "content-length"):
                request["headers"].pop(name)
        return made

    mine, other = both(lambda: ours.list_jobs(**arguments), lambda: theirs.list_jobs(**arguments), requests)
    for each in (mine, other):
        metadata = (each.answer or each.response)["ResponseMetadata"]
        del metadata["RequestId"], metadata["HTTPHeaders"]["date"], metadata["HTTPHeaders"]["x-amzn-requestid"]
    assert same(mine, other), shown(mine, other)
    return mine, other


@pytest.mark.parametrize(
    "arguments",
    [
        {},
        {"Filter": {"JobStatus": "Running"}},
        {"Filter": {"JobStatus": "Completed"}, "MaxResults": 100},
        {"MaxResults": 1},
        {"MaxResults": 3, "NextToken": "YmVmb3JlIDY="},
        {"NextToken": "no token"},
        {"Filter": {"JobStatus": "Sleeping \u201cdeep\u201d/\\\n"}},
    ],
    ids=str,
)
def test_requests_and_pages(service, client, logged, arguments):
    for number in range(8):
        final = {"running": 0, "final": ("Completed", "Failed")[number % 2]} if number < 4 else {"running": "forever"}
        service.create_job(JobId=f"job-{number}", plan={"pending": 0, **final})
    mine, _ = ask_both(service, client, logged, **arguments)
    assert mine.requests[0]["body"] == arguments


@pytest.mark.parametrize(
    "page",
    [
        {"Entries": []},
        {"Entries": [SMALL_JOB, ENTRY], "NextToken": "more"},
        {"Entries": [{**ENTRY, "Later": {}, "Name": None}], "Later": [1], "NextToken": None},
        {"Entries": [{**SMALL_JOB, "CreatedAt": 1672531200.25, "UpdatedAt": "2023-01-01T00:00:00+02:00"}]},
        {"Entries": [], "NextToken": ""},
    ],
    ids=str,
)
def test_answers(service, client, logged, page):
    service.faults({"status": 200, "body": page, "times": 2})
    ask_both(service, client, logged)


@pytest.mark.parametrize("error", ["AccessDeniedException", "ThrottlingException", "InternalServerException", "Other"])
def test_errors(service, client, logged, error):
    service.faults({"error": error, "status": 400, "message": "No.", "times": 2})
    mine, _ = ask_both(service, client, logged)
    assert mine.response

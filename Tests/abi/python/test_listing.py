"""Client.list_jobs: pages, filters, and what is no page. The same beside boto3 is in differential/test_listing.py."""

from __future__ import annotations

import pytest
from support import SMALL_JOB, failure

import locjob

ENTRY = {**SMALL_JOB, "EndedAt": "2023-01-01T01:00:00Z"}


def script(service, page) -> None:
    service.faults({"status": 200, "body": page})


def test_pages_hold_every_job_once(client, service):
    for number in range(25):
        service.create_job(JobId=f"job-{number}")
    c, token, found, pages = client(), None, [], 0
    while True:
        page = c.list_jobs(MaxResults=10, NextToken=token)
        assert page["ResponseMetadata"]["HTTPStatusCode"] == 200
        found += [entry["JobId"] for entry in page["Entries"]]
        pages += 1
        token = page.get("NextToken")
        if token is None:
            break
    assert found == [f"job-{number}" for number in reversed(range(25))]  # the newest first
    assert pages == 3


def test_a_filter_leaves_out_the_others(client, service):
    service.create_job(JobId="running", plan={"pending": 0, "running": "forever"})
    service.create_job(JobId="failed", plan={"pending": 0, "running": 0, "final": "Failed"})
    c = client()
    for status, ids in {"Running": ["running"], "Failed": ["failed"], "Completed": []}.items():
        assert [entry["JobId"] for entry in c.list_jobs(Filter={"JobStatus": status})["Entries"]] == ids
    for everything in (None, {}):
        assert len(c.list_jobs(Filter=everything)["Entries"]) == 2


def test_entries_are_jobs_without_tags(client, service):
    service.create_job(JobId="a-job", plan={"pending": 0, "running": 0, "final": "Failed"})
    c = client()
    (entry,), job = c.list_jobs()["Entries"], c.get_job(JobId="a-job")
    assert job.pop("Tags") and job.pop("ResponseMetadata")
    assert entry == job
    script(service, {"Entries": [{**ENTRY, "Tags": {"a": "b"}, "Later": 1}], "Later": 2, "NextToken": None})
    page = c.list_jobs()
    assert set(page) == {"ResponseMetadata", "Entries"}
    assert set(page["Entries"][0]) == set(ENTRY)


@pytest.mark.parametrize("member", ["Action", "CreatedAt", "ExecutionRoleArn", "InputOptions", "JobArn", "JobId",
                                    "OutputOptions", "Status", "UpdatedAt"])  # fmt: skip
@pytest.mark.parametrize("replaced", [None, 7.5, [1]], ids=str)
def test_an_entry_must_be_the_description_of_a_job(client, service, member, replaced):
    if member in ("CreatedAt", "UpdatedAt") and replaced == 7.5:
        pytest.skip("seconds since 1970")
    whole, broken = dict(ENTRY), {**ENTRY, member: replaced}
    script(service, {"Entries": [whole, broken]})
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).list_jobs)
    assert member in str(error)


@pytest.mark.parametrize(
    ("page", "word"),
    [
        ({}, "Entries"),
        ({"Entries": None}, "Entries"),
        ({"Entries": {}}, "Entries"),
        ({"Entries": [None]}, "entry"),
        ({"Entries": ["a-job"]}, "entry"),
        ({"Entries": [], "NextToken": 7}, "NextToken"),
        ([], ""),
        ("<html>", ""),
    ],
    ids=str,
)
def test_what_is_no_page_is_an_invalid_response(client, service, page, word):
    script(service, page)
    assert word in str(failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).list_jobs))


@pytest.mark.parametrize(
    "arguments",
    [{"MaxResults": wrong} for wrong in (0, 101, -1, 2**32 + 1, 1.0, "1")]
    + [{"Filter": wrong} for wrong in ("Running", ["JobStatus"], {"Status": "Running"}, {"JobStatus": 1})]
    + [{"Filter": {"JobStatus": "Run\0ning"}}, {"Filter": {"JobStatus": "\ud800"}}]
    + [{"NextToken": wrong} for wrong in (1, b"token", "", "to\0ken", "t" * 60001)],
    ids=lambda arguments: repr(arguments)[:40],
)
def test_what_no_service_could_take_is_refused(client, service, arguments):
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", client().list_jobs, **arguments)
    assert service.requests() == []


def test_what_the_service_refuses_is_its_error_with_the_operation(client, service):
    c = client()
    error = failure(locjob.ValidationException, "VALIDATION_ERROR", c.list_jobs, Filter={"JobStatus": "Sleeping"})
    assert error.operation_name == "ListJobs" and "ListJobs" in str(error)
    assert error.response["Reason"] == "FieldValidationFailed"
    failure(locjob.ValidationException, "VALIDATION_ERROR", c.list_jobs, NextToken="no token")


def test_throttling_is_retried(client, service):
    service.faults({"error": "ThrottlingException"})
    page = client().list_jobs()
    assert page["Entries"] == [] and page["ResponseMetadata"]["RetryAttempts"] == 1


def test_a_cancelled_call_lists_nothing(client, service):
    call = locjob.Call()
    call.cancel()
    failure(locjob.Cancelled, "CANCELLED", client().list_jobs, call=call)
    assert service.requests() == []

"""Waiting for jobs: Client.wait_for_job and the budget that all waits of a client share."""

from __future__ import annotations

import os
import pickle
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from support import SMALL_JOB, failure, stopwatch
from test_threads import cancelled_after, wait_for_requests

import locjob

QUICK = {"wait_min_delay_ms": 20, "wait_max_delay_ms": 40, "max_requests_per_second": 0}


def ends(service, final: str, looks: int = 3, **members) -> None:
    """a-job is Running for so many looks."""
    service.create_job(JobId="a-job", document={**SMALL_JOB, **members, "Status": final})
    service.faults({"status": 200, "body": {**SMALL_JOB, "Status": "Running"}, "times": looks}, job_id="a-job")


def without_metadata(job: dict) -> dict:
    return {name: value for name, value in job.items() if name != "ResponseMetadata"}


def test_a_completed_job_is_what_get_job_returns(client, service):
    ends(service, "Completed", EndedAt="2023-01-01T01:00:00Z")
    c = client(**QUICK)
    job = c.wait_for_job(JobId="a-job")
    assert len(service.requests()) == 4
    assert job["Status"] == "Completed" and job["EndedAt"].hour == 1
    assert job["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert without_metadata(job) == without_metadata(c.get_job(JobId="a-job"))


@pytest.mark.parametrize(
    ("status", "kind", "code"),
    [("Failed", locjob.JobFailed, "JOB_FAILED"), ("Cancelled", locjob.JobCancelled, "JOB_CANCELLED")],
)
def test_a_job_that_ended_otherwise_is_an_exception_with_the_job(client, service, status, kind, code):
    ends(service, status, Error={"Code": "ValidationError", "Messages": ["Line 1 is empty."]})
    c = client(**QUICK)
    error = failure(kind, code, c.wait_for_job, JobId="a-job")
    assert isinstance(error, locjob.WaiterError) and isinstance(error, locjob.BotoCoreError)
    assert "Line 1 is empty." in str(error)
    assert without_metadata(error.job) == without_metadata(c.get_job(JobId="a-job"))
    assert pickle.loads(pickle.dumps(error)).job == error.job
    assert locjob.WaiterError.job == {}


def test_an_ended_job_is_remembered_unless_that_is_not_wanted(client, service):
    ends(service, "Completed", looks=0)
    for remembered, requests in ((1000, 1), (0, 3)):
        service.requests(clear=True)
        c = client(**QUICK, remembered_jobs=remembered)
        for _ in range(3):
            c.wait_for_job(JobId="a-job")
        assert len(service.requests()) == requests


def test_a_wait_ends_with_its_time_and_tells_what_it_saw(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    c = client(**QUICK)
    with stopwatch() as watch:
        error = failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", c.wait_for_job, JobId="a-job", timeout=0.3)
    assert 0.29 <= watch.seconds < 0.5
    assert "Running" in str(error)


def test_wait_timeout_ms_is_the_client_s_limit(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    c = client(**QUICK, wait_timeout_ms=200)
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", c.wait_for_job, JobId="a-job")
    assert 0.19 <= watch.seconds < 0.4


def test_a_wait_shorter_than_a_look_ends_in_time(client, service):
    service.faults({"delay": 1})
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", client().wait_for_job, JobId="a-job", timeout=0.1)
    assert 0.09 <= watch.seconds < 0.3


def test_what_may_pass_does_not_end_a_wait(client, service):
    ends(service, "Completed", looks=0)
    service.faults(
        *[{"error": error} for error in ("ThrottlingException", "InternalServerException", "TooManyRequestsException")],
        {"close_before_response": True},
        {"truncate": 20},
        {"status": 200, "body": "<html>"},
        job_id="a-job",
    )
    assert client(**QUICK, max_attempts=1).wait_for_job(JobId="a-job")["Status"] == "Completed"
    assert len(service.requests()) == 7


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (None, locjob.ResourceNotFoundException, "NOT_FOUND"),
        ({"error": "AccessDeniedException"}, locjob.AccessDeniedException, "ACCESS_DENIED"),
        ({"error": "ValidationException"}, locjob.ValidationException, "VALIDATION_ERROR"),
    ],
)
def test_what_will_not_pass_ends_a_wait(client, service, answer, kind, code):
    if answer:
        service.faults(answer)
    failure(kind, code, client(**QUICK).wait_for_job, JobId="a-job")
    assert len(service.requests()) == 1


def test_a_job_id_and_a_timeout_are_checked_as_by_get_job(client, service):
    c = client()
    failure(locjob.ParamValidationError, "INVALID_JOB_ID", c.wait_for_job, JobId=None)
    failure(locjob.ParamValidationError, "INVALID_JOB_ID", c.wait_for_job, JobId="..")
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.wait_for_job, JobId="a", timeout=-1)
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", c.wait_for_job, JobId="a", timeout=1, call=locjob.Call())
    assert service.requests() == []


# Ending a wait from elsewhere


def test_cancel_ends_the_pause_between_two_looks(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    call, c = locjob.Call(), client()  # looks once a minute

    def ready() -> None:
        wait_for_requests(service)
        time.sleep(0.1)

    assert cancelled_after(call, ready, lambda: c.wait_for_job(JobId="a-job", call=call)) < 0.05
    assert len(service.requests()) == 1


def test_closing_the_client_ends_its_waits(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    c = client()
    with ThreadPoolExecutor(2) as pool:
        waits = [pool.submit(c.wait_for_job, JobId="a-job") for _ in range(2)]
        wait_for_requests(service, 2)
        c.close()
        for wait in waits:
            failure(locjob.Cancelled, "CANCELLED", wait.result, timeout=5)


def test_ctrl_c_ends_a_wait_of_the_main_thread(client, service, ctrl_c):
    assert threading.current_thread() is threading.main_thread()
    service.create_job(JobId="a-job", document=SMALL_JOB)
    call, c = locjob.Call(), client()
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with stopwatch() as watch, pytest.raises(KeyboardInterrupt):
        c.wait_for_job(JobId="a-job", call=call)
    assert 0.2 < watch.seconds < 1
    failure(locjob.Cancelled, "CANCELLED", c.get_job, JobId="a-job", call=call)
    assert c.get_job(JobId="a-job")


def test_a_signal_handler_may_cancel_a_wait(client, service, request):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    call, c = locjob.Call(), client()
    before = signal.signal(signal.SIGUSR1, lambda *_: call.cancel())
    request.addfinalizer(lambda: signal.signal(signal.SIGUSR1, before))
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGUSR1)).start()
    with stopwatch() as watch:
        failure(locjob.Cancelled, "CANCELLED", c.wait_for_job, JobId="a-job", call=call)
    assert watch.seconds < 1


# The budget


def most_within_a_second(times: "list[float]") -> int:
    times = sorted(times)
    return max(sum(start <= time < start + 1 for time in times) for start in times)


@pytest.mark.parametrize(("setting", "rate"), [({"max_requests_per_second": 20}, 20), ({}, 4)], ids=["20", "default"])
def test_all_waits_of_a_client_share_its_requests(client, service, setting, rate):
    for number in range(8):
        service.create_job(JobId=f"job-{number}", document={**SMALL_JOB, "JobId": f"job-{number}"})
    c = client(wait_min_delay_ms=1, wait_max_delay_ms=2, wait_timeout_ms=3000, **setting)
    with ThreadPoolExecutor(8) as pool:
        for wait in [pool.submit(c.wait_for_job, JobId=f"job-{number}") for number in range(8)]:
            failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", wait.result)
    requests = service.requests()
    # At an even pace, with four at once in the beginning; what there is, is used.
    assert most_within_a_second([request["time"] for request in requests]) <= rate + 4
    assert 2.5 * rate <= len(requests) <= 3 * rate + 4
    assert {request["job_id"] for request in requests} == {f"job-{number}" for number in range(8)}


def test_gets_are_not_held_up_by_the_budget_of_waits(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)
    c = client()
    with stopwatch() as watch:
        for _ in range(20):
            c.get_job(JobId="a-job")
    assert watch.seconds < 2

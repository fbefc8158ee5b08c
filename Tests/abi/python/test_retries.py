"""What is asked for again, when, and how often.

Delays are real, so most tests allow two attempts only and look at the trace rather than at a clock.
"""

from __future__ import annotations

import re
import uuid
from datetime import datetime, timedelta, timezone

import pytest
from support import failure, raw_get, stopwatch

import locjob


def attempts_at(client, service, answer, **settings) -> int:
    """How many requests a call makes that always gets this answer."""
    service.requests(clear=True)
    service.faults({**answer, "times": "endless"})
    result = raw_get(client(**{"max_attempts": 2, **settings}), b"a-job")
    assert result.code != 0
    assert len(service.requests()) == result.attempts == len(result.trace)
    return result.attempts


# Which


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429])
def test_a_status_that_passes_is_asked_for_again(client, service, status):
    assert attempts_at(client, service, {"status": status}) == 2


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 408, 418, 501, 505, 509, 529])
def test_a_status_that_stays_is_not_asked_for_again(client, service, status):
    assert attempts_at(client, service, {"status": status}) == 1


TRANSIENT = ["RequestTimeout", "RequestTimeoutException", "PriorRequestNotComplete"]
THROTTLING = [
    "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "TooManyRequestsException",
    "ProvisionedThroughputExceededException", "TransactionInProgressException", "RequestLimitExceeded",
    "BandwidthLimitExceeded", "LimitExceededException", "RequestThrottled", "SlowDown", "PriorRequestNotComplete",
    "EC2ThrottledException",
]  # fmt: skip


@pytest.mark.parametrize("name", sorted({*TRANSIENT, *THROTTLING}))
def test_a_code_that_passes_is_asked_for_again_at_any_status(client, service, name):
    assert attempts_at(client, service, {"status": 400, "error": name}) == 2


@pytest.mark.parametrize(
    "status, name",
    [
        (400, "ValidationException"),
        (404, "ResourceNotFoundException"),
        (403, "AccessDeniedException"),
        (429, "AccessDeniedException"),  # the model says what it is, whatever the status
        (429, "ResourceNotFoundException"),
        (403, "ExpiredTokenException"),  # static credentials do not get better
        (403, "InvalidSignatureException"),
        (403, "UnrecognizedClientException"),
        (400, "UnknownException"),
    ],
)
def test_a_code_that_stays_is_not_asked_for_again(client, service, status, name):
    assert attempts_at(client, service, {"status": status, "error": name}) == 1


def test_a_modelled_code_does_not_take_the_retry_from_a_5xx(client, service):
    assert attempts_at(client, service, {"status": 500, "error": "InternalServerException"}) == 2
    assert attempts_at(client, service, {"status": 503, "error": "ValidationException"}) == 2


@pytest.mark.parametrize(
    "answer, code_name",
    [
        ({"close_before_response": True}, "CONNECTION_LOST"),
        ({"reset_at": 0}, "CONNECTION_LOST"),
        ({"reset_at": 20}, "CONNECTION_LOST"),
        ({"close_at": "body+5", "status": 200, "body": "{}       "}, "CONNECTION_LOST"),
        ({"status": 200, "body": "{}", "chunked": 1, "bad_chunk": True}, "CONNECTION_LOST"),
        ({"status": 200, "body": "{}", "chunked": 1, "truncate": 1}, "CONNECTION_LOST"),
        ({"garbage": 500}, "INVALID_RESPONSE"),
        ({"status": 200, "body": "{}"}, "INVALID_RESPONSE"),
    ],
    ids=lambda value: str(value),
)
def test_a_connection_that_breaks_is_asked_for_again(client, service, answer, code_name):
    service.faults({**answer, "times": "endless"})
    result = raw_get(client(max_attempts=2), b"a-job")
    assert result.attempts == 2 and result.retryable
    assert locjob.library.locjob_code_name(result.code).decode() == f"LOCJOB_{code_name}"


def test_a_read_timeout_is_asked_for_again(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 5}, {})
    job = client(read_timeout_ms=150).get_job(JobId="a-job")
    assert job["ResponseMetadata"]["RetryAttempts"] == 1


# How often


def test_standard_mode_makes_three_attempts(client, service):
    assert attempts_at(client, service, {"status": 503}, max_attempts=None) == 3


@pytest.mark.parametrize("attempts", [1, 2, 4])
def test_max_attempts_counts_the_first(client, service, attempts):
    assert attempts_at(client, service, {"status": 503}, max_attempts=attempts) == attempts


def test_legacy_mode_makes_five_attempts(client, service):
    """Its pauses are up to 1, 2, 4 and 8 seconds, so the fifth is read from the header that promises it."""
    service.create_job(JobId="a-job")
    service.faults({"status": 503}, {})
    client(retry_mode="legacy").get_job(JobId="a-job")
    assert header(service.requests()[-1], "amz-sdk-request").endswith("max=5")


@pytest.mark.parametrize("status, attempts", [(429, 2), (500, 2), (509, 2), (408, 1), (501, 1), (403, 1)])
def test_statuses_of_legacy_mode(client, service, status, attempts):
    assert attempts_at(client, service, {"status": status}, retry_mode="legacy") == attempts


def test_retry_attempts_are_those_after_the_first(client, service):
    service.create_job(JobId="a-job")
    service.faults({"status": 500, "times": 2}, {})
    assert client().get_job(JobId="a-job")["ResponseMetadata"]["RetryAttempts"] == 2


def test_the_last_response_counts(client, service):
    service.faults({"status": 500, "error": "InternalServerException"}, {"error": "ResourceNotFoundException"})
    error = failure(locjob.ResourceNotFoundException, "NOT_FOUND", client().get_job, JobId="a-job")
    assert error.attempts == 2 and error.response["ResponseMetadata"]["RetryAttempts"] == 1


# When


def delays(client, service, count: int, answer, **settings):
    service.faults({**answer, "times": "endless"})
    result = raw_get(client(max_attempts=count, **settings), b"a-job")
    assert result.trace[0]["delay_us"] == 0
    return [attempt["delay_us"] for attempt in result.trace[1:]]


def test_pauses_of_a_transient_error_double_below_their_ceiling(client, service):
    seen = [delays(client, service, 5, {"status": 503}) for _ in range(4)]
    for run in seen:
        assert all(0 <= delay <= 50_000 * 2**index + 2_000 for index, delay in enumerate(run))
    assert len({tuple(run) for run in seen}) == len(seen)  # they are drawn, not fixed


def test_pauses_of_a_throttling_error_are_drawn_from_a_whole_second(client, service):
    drawn = [delays(client, service, 2, {"status": 400, "error": "ThrottlingException"})[0] for _ in range(8)]
    assert all(delay <= 1_002_000 for delay in drawn)
    assert max(drawn) > 50_000  # all eight below it once in 10^10 runs


def test_the_pause_is_kept_and_in_the_trace(client, service):
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "300"]], "times": "endless"})
    with stopwatch() as watch:
        result = raw_get(client(max_attempts=2), b"a-job")
    assert 300_000 <= result.trace[1]["delay_us"] <= 302_000
    assert watch.seconds >= 0.3


@pytest.mark.parametrize("hint", ["-300", "soon", "", "0.3", "300ms", "1e3", "99999999999999999999x"])
def test_a_hint_that_is_no_number_of_milliseconds_is_ignored(client, service, hint):
    assert delays(client, service, 2, {"status": 503, "headers": [["x-amz-retry-after", hint]]})[0] <= 52_000


def test_a_hint_is_taken_up_to_five_seconds_above_the_own_pause(client, service):
    call = locjob.Call(timeout=5.5)
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "60000"]]})
    service.create_job(JobId="a-job")
    with stopwatch() as watch:
        client(max_attempts=2).get_job(JobId="a-job", call=call)
    assert 5 <= watch.seconds < 5.4


def test_retry_after_in_seconds_is_ignored(client, service):
    assert delays(client, service, 2, {"status": 503, "headers": [["Retry-After", "3"]]})[0] <= 52_000


# The retry quota: 500, a retry costs 14, after a throttle 5


def drain(c, service) -> None:
    """35 retries, which leave 10 of the 500."""
    service.faults({"status": 503, "times": 70})
    for _ in range(35):
        assert raw_get(c, b"a-job").attempts == 2


def test_the_quota_of_a_client_ends_its_retries(client, service):
    c = client(max_attempts=2)
    drain(c, service)
    service.faults({"status": 503, "times": "endless"})
    result = raw_get(c, b"a-job")
    assert result.attempts == 1 and result.code == 54 and result.retryable
    assert raw_get(client(max_attempts=2), b"a-job").attempts == 2  # another client has its own


def test_a_success_gives_back_one(client, service):
    c = client(max_attempts=2)
    service.create_job(JobId="a-job")
    drain(c, service)
    for _ in range(3):
        assert raw_get(c, b"a-job").code == 0
    service.faults({"status": 503})
    assert raw_get(c, b"a-job").attempts == 1
    assert raw_get(c, b"a-job").code == 0  # the fourth: 10 + 4 are enough
    service.faults({"status": 503, "times": 2})
    assert raw_get(c, b"a-job").attempts == 2


def test_a_success_after_a_retry_gives_back_what_it_cost(client, service):
    c = client(max_attempts=2)
    service.create_job(JobId="a-job")
    drain(c, service)
    for _ in range(4):
        raw_get(c, b"a-job")
    for _ in range(3):  # it would last for one
        service.faults({"status": 503})
        result = raw_get(c, b"a-job")
        assert (result.code, result.attempts) == (0, 2)


def test_a_retry_after_a_throttle_costs_five(client, service):
    c = client(max_attempts=2)
    drain(c, service)
    service.faults({"status": 400, "error": "ThrottlingException", "times": "endless"})
    assert [raw_get(c, b"a-job").attempts for _ in range(3)] == [2, 2, 1]


def test_legacy_mode_has_no_quota(client, service):
    """A pause of legacy mode is half a second on average: the calls run side by side."""
    from concurrent.futures import ThreadPoolExecutor

    service.faults({"status": 503, "times": "endless"})
    c = client(max_attempts=2, retry_mode="legacy")
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: raw_get(c, b"a-job"), range(40)))
    assert {result.attempts for result in results} == {2}


# The deadline


def test_the_deadline_ends_the_retries(client, service):
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "100"]], "times": "endless"})
    with stopwatch() as watch:
        error = failure(
            locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", client(max_attempts=30).get_job, JobId="a-job", timeout=0.5
        )
    assert watch.seconds < 0.6
    assert 3 <= error.attempts <= 5 and error.retryable
    assert "503" in str(error) or error.trace[-1]["status"] == 503


def test_no_pause_goes_past_the_deadline(client, service):
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "4000"]], "times": "endless"})
    with stopwatch() as watch:
        result = None
        with pytest.raises(locjob.LocjobError) as caught:
            client().get_job(JobId="a-job", timeout=0.5)
        result = caught.value
    assert watch.seconds < 0.6 and result.attempts == 1


def test_the_clients_limit_holds_without_a_call(client, service):
    service.faults({"delay": 5})
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", client(call_timeout_ms=300).get_job, JobId="a-job")
    assert 0.29 < watch.seconds < 0.5


# Headers of attempts


def header(request, name: str) -> str:
    """A header that was sent once."""
    (value,) = [value for key, value in request["headers"] if key.lower() == name]
    return value


def test_attempts_of_a_call_share_their_invocation_id_and_calls_do_not(client, service):
    service.create_job(JobId="a-job")
    c = client()
    for _ in range(2):
        service.faults({"status": 503, "times": 2}, {})
        c.get_job(JobId="a-job")
    ids = [header(request, "amz-sdk-invocation-id") for request in service.requests()]
    assert len(ids) == 6
    assert len(set(ids[:3])) == len(set(ids[3:])) == 1 and ids[0] != ids[3]
    assert uuid.UUID(ids[0]).version == 4 and str(uuid.UUID(ids[0])) == ids[0]


def test_attempts_are_numbered_and_from_the_second_have_a_time_to_live(client, service):
    service.create_job(JobId="a-job")
    service.faults({"status": 503, "times": 2}, {})
    client(read_timeout_ms=30_000).get_job(JobId="a-job")
    first, second, third = (header(request, "amz-sdk-request") for request in service.requests())
    assert first == "attempt=1; max=3"
    for number, value in ((2, second), (3, third)):
        ttl, rest = re.fullmatch(r"ttl=(\d{8}T\d{6}Z); (.*)", value).groups()
        assert rest == f"attempt={number}; max=3"
        ahead = datetime.strptime(ttl, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)
        assert timedelta(seconds=27) < ahead <= timedelta(seconds=31)


def test_the_time_to_live_follows_the_clock_of_the_service(client, service):
    service.create_job(JobId="a-job")
    service.faults({"status": 503, "date_offset": 3600}, {})
    client(read_timeout_ms=30_000).get_job(JobId="a-job")
    ttl = header(service.requests()[1], "amz-sdk-request")[len("ttl=") :].partition(";")[0]
    ahead = datetime.strptime(ttl, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)
    assert timedelta(seconds=3620) < ahead < timedelta(seconds=3640)


def test_sdk_headers_are_not_signed(client, service):
    service.create_job(JobId="a-job")
    client().get_job(JobId="a-job")
    assert "SignedHeaders=host;x-amz-date," in header(service.requests()[0], "authorization")


def test_each_attempt_is_signed_for_its_own_time(client, service):
    service.create_job(JobId="a-job")
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "1100"]]}, {})
    client().get_job(JobId="a-job")
    first, second = service.requests()
    assert header(first, "x-amz-date") != header(second, "x-amz-date")
    assert first["signature"] == second["signature"] == "ok"


# A clock that is wrong


@pytest.mark.parametrize("offset", [3600, -3600, 86400 * 400])
def test_a_wrong_clock_is_noticed_once_and_remembered(client, service, offset):
    """boto3 fails for as long as the clock is wrong (boto3#1252)."""
    service.create_job(JobId="a-job", age=10)
    service.set_clock(offset=offset)
    c = client()
    assert raw_get(c, b"a-job").attempts == 2
    assert raw_get(c, b"a-job").attempts == 1
    assert [request["signature"] for request in service.requests()] == ["InvalidSignatureException", "ok", "ok"]


def test_a_signature_that_is_wrong_at_the_right_time_is_not_asked_for_again(client, service):
    error = failure(
        locjob.ClientError, "AUTHENTICATION_FAILED", client(aws_secret_access_key="wrong").get_job, JobId="a-job"
    )
    assert error.attempts == 1 and error.response["Error"]["Code"] == "InvalidSignatureException"


# The trace


def test_the_trace_has_one_entry_for_every_attempt(client, service):
    service.create_job(JobId="a-job")
    service.faults({"close_before_response": True}, {"status": 503}, {})
    result = raw_get(client(), b"a-job")
    assert result.code == 0
    names = {
        "status",
        "code",
        "request_id",
        "delay_us",
        "lookup_us",
        "connect_us",
        "tls_us",
        "first_byte_us",
        "total_us",
    }
    assert all(names <= attempt.keys() for attempt in result.trace)
    assert [attempt["status"] for attempt in result.trace] == [0, 503, 200]
    assert result.trace[0]["code"] and result.trace[1]["code"] and result.trace[2]["code"] == ""
    assert result.trace[2]["request_id"] == result.request_id
    for attempt in result.trace:
        assert all(isinstance(attempt[name], int) and attempt[name] >= 0 for name in names if name.endswith("_us"))
        assert attempt["total_us"] >= attempt["first_byte_us"]
    assert result.trace[0]["connect_us"] > 0


def test_the_trace_tells_where_the_time_went(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 0.2})
    trace = raw_get(client(endpoint_url=service.https_url, ca_bundle=service.ca), b"a-job").trace
    assert 0 < trace[0]["connect_us"] <= trace[0]["tls_us"] < trace[0]["first_byte_us"] <= trace[0]["total_us"]
    assert 200_000 <= trace[0]["first_byte_us"] < 400_000


def test_the_services_own_quota_is_waited_for(client, service):
    """Five a second, burst four: eight calls at once need retries, and get through."""
    service.create_job(JobId="a-job")
    service.set_quota(enabled=True)
    c = client(max_attempts=10)
    results = [raw_get(c, b"a-job") for _ in range(8)]
    assert {result.code for result in results} == {0}
    assert sum(result.attempts for result in results) > 8

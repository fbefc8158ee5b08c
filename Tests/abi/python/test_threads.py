"""One client and many threads; ending calls from elsewhere."""

from __future__ import annotations

import ctypes
import threading
import time
from concurrent.futures import ThreadPoolExecutor

from support import failure, raw_get, read, stopwatch, unanswering_port, usual_settings

import locjob


def wait_for_requests(service, count: int = 1) -> None:
    deadline = time.monotonic() + 5
    while len(service.requests()) < count:
        assert time.monotonic() < deadline, "the requests did not arrive"
        time.sleep(0.005)


def test_64_threads_share_a_client(client, service):
    for number in range(64):
        service.create_job(JobId=f"job-{number}", Name=f"name {number}")
    c, start = client(), threading.Barrier(64)

    def ask(number: int) -> None:
        start.wait()
        for _ in range(20):
            assert c.get_job(JobId=f"job-{number}")["Name"] == f"name {number}"

    with ThreadPoolExecutor(64) as pool:
        list(pool.map(ask, range(64)))
    assert service.stats()["operations"] == {"GetJob": 64 * 20}
    assert {request["signature"] for request in service.requests()} == {"ok"}


def test_threads_get_their_own_errors(client, service):
    c, start = client(max_attempts=1), threading.Barrier(16)
    statuses = [400, 403, 404, 409, 418, 500, 502, 503] * 2
    for number, status in enumerate(statuses):
        service.faults(
            {"status": status, "message": f"m{number}", "error": f"E{number}", "times": "endless"},
            job_id=f"job-{number}",
        )

    def ask(number: int) -> None:
        start.wait()
        for _ in range(10):
            result = raw_get(c, b"job-%d" % number)
            assert (result.http_status, result.error_code) == (statuses[number], f"E{number}")
            assert result.json["Error"]["Message"] == f"m{number}"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16)))


def test_a_result_can_be_read_by_many_threads(client, service):
    service.create_job(JobId="a-job")
    library = locjob.library
    result = library.locjob_get(client()._handle, b"a-job", None)
    with ThreadPoolExecutor(8) as pool:
        texts = set(
            pool.map(lambda _: library.locjob_result_json(result) + library.locjob_result_trace(result), range(200))
        )
    library.locjob_free(result)
    assert len(texts) == 1


def cancelled_after(call: locjob.Call, ready, function) -> float:
    """Starts the function in a thread, cancels when it is ready, and returns how long the end took."""
    ended = []

    def run() -> None:
        error = failure(locjob.Cancelled, "CANCELLED", function)
        ended.append((time.monotonic(), error))

    thread = threading.Thread(target=run)
    thread.start()
    ready()
    begin = time.monotonic()
    call.cancel()
    thread.join()
    return ended[0][0] - begin


def test_cancel_ends_a_call_that_waits_for_the_response(client, service):
    service.faults({"delay": 30})
    call, c = locjob.Call(), client()
    took = cancelled_after(call, lambda: wait_for_requests(service), lambda: c.get_job(JobId="a-job", call=call))
    assert took < 0.05


def test_cancel_ends_a_call_whose_response_stalls(client, service):
    service.create_job(JobId="a-job")
    service.faults({"stall_at": "body+10"})
    call, c = locjob.Call(), client()

    def ready() -> None:
        wait_for_requests(service)
        time.sleep(0.05)

    assert cancelled_after(call, ready, lambda: c.get_job(JobId="a-job", call=call)) < 0.05


def test_cancel_ends_the_pause_before_a_retry(client, service):
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "4000"]], "times": "endless"})
    call, c = locjob.Call(), client()

    def ready() -> None:
        wait_for_requests(service)
        time.sleep(0.1)

    assert cancelled_after(call, ready, lambda: c.get_job(JobId="a-job", call=call)) < 0.05
    assert len(service.requests()) == 1


def test_cancel_ends_connecting(client):
    with unanswering_port() as port:
        call, c = locjob.Call(), client(endpoint_url=f"http://127.0.0.1:{port}")
        assert cancelled_after(call, lambda: time.sleep(0.2), lambda: c.get_job(JobId="a-job", call=call)) < 0.05


def test_cancel_ends_a_tls_handshake(client, service):
    call, c = locjob.Call(), client(endpoint_url=service.bad_url("silent"), ca_bundle=service.ca)
    assert cancelled_after(call, lambda: time.sleep(0.2), lambda: c.get_job(JobId="a-job", call=call)) < 0.05


def test_cancel_ends_every_call_of_its_handle_and_no_other(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 1, "times": 5})
    call, c = locjob.Call(), client()
    outcomes = []

    def ask(**arguments) -> None:
        try:
            outcomes.append(c.get_job(JobId="a-job", **arguments)["JobId"])
        except locjob.Cancelled:
            outcomes.append("cancelled")

    threads = [threading.Thread(target=ask, kwargs={"call": call}) for _ in range(4)] + [threading.Thread(target=ask)]
    for thread in threads:
        thread.start()
    wait_for_requests(service, 5)
    call.cancel()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["a-job", "cancelled", "cancelled", "cancelled", "cancelled"]


def test_a_cancelled_call_does_not_spoil_the_client(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 30})
    call, c = locjob.Call(), client()
    cancelled_after(call, lambda: wait_for_requests(service), lambda: c.get_job(JobId="a-job", call=call))
    for _ in range(3):
        assert c.get_job(JobId="a-job")["JobId"] == "a-job"


def test_cancel_may_come_any_number_of_times_from_anywhere(client, service):
    service.faults({"delay": 30})
    call, c = locjob.Call(), client()

    def ready() -> None:
        wait_for_requests(service)
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: call.cancel(), range(100)))

    assert cancelled_after(call, ready, lambda: c.get_job(JobId="a-job", call=call)) < 0.05


# locjob_client_free is used as it is, without the binding that would wait for its calls.


def raw_client(service) -> int:
    settings = usual_settings(service)
    settings["region"] = settings.pop("region_name")
    library = locjob.library
    config, handle = library.locjob_config_new(), ctypes.c_void_p()
    for name, value in settings.items():
        assert library.locjob_config_set(config, name.encode(), value.encode()) == 0
    assert library.locjob_client_new(config, ctypes.byref(handle)) is None
    library.locjob_config_free(config)
    return handle.value


def test_client_free_ends_calls_that_are_running(service):
    service.faults({"delay": 30, "times": 32})
    handle = raw_client(service)
    with ThreadPoolExecutor(32) as pool:
        waiting = [pool.submit(locjob.library.locjob_get, handle, b"a-job", None) for _ in range(32)]
        wait_for_requests(service, 32)
        with stopwatch() as watch:
            locjob.library.locjob_client_free(handle)
            results = [read(future.result()) for future in waiting]
    assert {result.code for result in results} == {41}
    assert watch.seconds < 0.5


def test_client_free_ends_a_call_that_pauses_before_a_retry(service):
    service.faults({"status": 503, "headers": [["x-amz-retry-after", "4000"]], "times": "endless"})
    handle = raw_client(service)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(locjob.library.locjob_get, handle, b"a-job", None)
        wait_for_requests(service)
        time.sleep(0.1)
        with stopwatch() as watch:
            locjob.library.locjob_client_free(handle)
            result = read(waiting.result())
    assert result.code == 41 and result.attempts == 1
    assert watch.seconds < 0.1


def test_results_and_calls_outlive_their_client(service):
    service.create_job(JobId="a-job")
    library, handle = locjob.library, raw_client(service)
    call = library.locjob_call_new()
    result = library.locjob_get(handle, b"a-job", call)
    library.locjob_client_free(handle)
    assert read(result).job["job_id"] == "a-job"
    library.locjob_call_free(call)


def test_closing_the_client_of_the_binding_in_the_middle_of_a_storm(client, service):
    """Every call ends in an answer, in Cancelled or in a refusal; nothing crashes."""
    service.create_job(JobId="a-job")
    for _ in range(10):
        c, start = client(), threading.Barrier(17)

        def storm() -> set:
            seen = set()
            start.wait()
            for _ in range(50):
                try:
                    seen.add(c.get_job(JobId="a-job")["JobId"])
                except (locjob.Cancelled, locjob.InvalidArgument) as error:
                    seen.add(type(error))
            return seen

        with ThreadPoolExecutor(16) as pool:
            storms = [pool.submit(storm) for _ in range(16)]
            start.wait()
            time.sleep(0.01)
            c.close()
            outcomes = set().union(*(future.result() for future in storms))
        assert locjob.InvalidArgument in outcomes
        assert outcomes <= {"a-job", locjob.Cancelled, locjob.InvalidArgument}


def test_the_client_of_the_process_is_shared(service, environment):
    for name, value in {
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": service.url,
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY",
    }.items():
        environment.setenv(name, value)
    service.create_job(JobId="a-job")
    with ThreadPoolExecutor(16) as pool:
        results = list(pool.map(lambda _: raw_get(None, b"a-job"), range(64)))
    assert {result.code for result in results} == {0}, results[0].message

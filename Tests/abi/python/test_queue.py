"""locjob.Queue: many gets and waits on one thread, and in an event loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import os
import select
import signal
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from client import ACCESS_KEY, SECRET_KEY
from support import SMALL_JOB, failure, stopwatch
from test_waiting import QUICK, ends, without_metadata

import locjob


@pytest.fixture
def queue(client, service):
    """Makes queues of a client with such settings, which are closed at the end."""
    made = []

    def make(**settings) -> locjob.Queue:
        made.append(locjob.Queue(client(**{**QUICK, **settings})))
        return made[-1]

    service.create_job(JobId="a-job", document=SMALL_JOB)
    yield make
    for each in made:
        each.close()


def test_results_are_what_get_job_gives_and_raises(queue, client, service):
    q, c = queue(), client()
    q.get("a-job", 1)
    q.get("no-such-job", 2)
    results = {result.tag: result for result in q}
    assert q.pending == 0
    job, missing = results[1], results[2]
    assert (job.job_id, job.error, job.is_final) == ("a-job", None, True)
    assert without_metadata(job.job) == without_metadata(c.get_job(JobId="a-job"))
    assert type(missing.error) is locjob.ResourceNotFoundException and missing.job is None
    assert missing.error.code_name == "LOCJOB_NOT_FOUND" and missing.error.attempts == 1


def test_a_wait_that_ended_badly_has_the_job_and_the_error(queue, service):
    ends(service, "Failed")
    q = queue()
    q.wait("a-job", 2**64 - 1)
    (result,) = q
    assert type(result.error) is locjob.JobFailed and result.tag == 2**64 - 1
    assert result.job == result.error.job and result.job["Status"] == "Failed"


def test_watch_tells_each_status_once(queue, service):
    service.create_job(JobId="a-job", document={**SMALL_JOB, "Status": "Completed"})
    service.faults(
        *[{"status": 200, "body": {**SMALL_JOB, "Status": status}, "times": 3} for status in ("Pending", "Running")],
        job_id="a-job",
    )
    q = queue()
    q.watch("a-job")
    told = [(result.job["Status"], result.is_final, result.error) for result in q]
    assert told == [("Pending", False, None), ("Running", False, None), ("Completed", True, None)]


def test_results_come_as_they_end(queue, service):
    service.create_job(JobId="slow", document=SMALL_JOB)
    service.faults({"delay": 0.3}, job_id="slow")
    q = queue()
    for tag, job_id in enumerate(["slow", "a-job"]):
        q.get(job_id, tag)
    assert [result.tag for result in q] == [1, 0]


def test_next_keeps_to_its_time(queue, service):
    service.faults({"delay": 30})
    q = queue()
    assert q.next() is None and q.next(5) is None  # nothing to wait for
    q.get("a-job")
    for timeout in (0, 0.2):
        with stopwatch() as watch:
            assert q.next(timeout) is None
        assert timeout <= watch.seconds < timeout + 0.15
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", q.next, -1)
    assert q.pending == 1


def test_cancel_ends_what_has_the_tag(queue, service):
    service.faults({"delay": 30}, job_id="a-job")
    q = queue()
    q.get("a-job", 1)
    q.wait("other", 2)
    assert q.next(0.1) is not None  # there is no such job
    q.cancel(1)
    result = q.next()
    assert type(result.error) is locjob.Cancelled and result.tag == 1
    error = failure(locjob.UnknownTag, "UNKNOWN_TAG", q.cancel, 1)
    assert isinstance(error, LookupError)


@pytest.mark.parametrize("tag", [-1, 2**64, 1.0, "1", None])
def test_a_tag_that_c_would_cut_is_refused(queue, tag):
    q = queue()
    for add in (q.get, q.wait, q.watch):
        failure(locjob.InvalidArgument, "INVALID_ARGUMENT", add, "a-job", tag)
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", q.cancel, tag)
    assert q.pending == 0


@pytest.mark.parametrize("job_id", [None, 1, "", "..", "a\0b", "\ud800", "j" * 201])
def test_a_job_id_that_cannot_be_one_is_refused(queue, job_id):
    failure(locjob.ParamValidationError, "INVALID_JOB_ID", queue().get, job_id)


def test_a_closed_queue_refuses_everything_and_closes_again(queue):
    q = queue()
    q.get("a-job")
    q.close()
    q.close()
    for use in (lambda: q.get("a-job"), q.next, q.fileno, lambda: q.cancel(0), lambda: q.pending):
        failure(locjob.InvalidArgument, "INVALID_ARGUMENT", use)
    with pytest.raises(locjob.InvalidArgument), locjob.Queue(q._client) as again:
        again.close()
        again.next()


def test_a_closed_client_ends_what_is_in_its_queues(client, service):
    service.faults({"delay": 30, "times": 2})
    c = client(**QUICK)
    with locjob.Queue(c) as q:
        q.get("a-job", 1)
        q.wait("other", 2)
        q.next(0.1)
        c.close()
        assert {type(result.error) for result in q} == {locjob.Cancelled}
        failure(locjob.Cancelled, "CANCELLED", q.get, "a-job")
    failure(locjob.InvalidArgument, "INVALID_ARGUMENT", locjob.Queue, c)


def test_a_queue_keeps_its_client_and_a_forgotten_one_closes_its_connections(client, service):
    service.create_job(JobId="a-job", document=SMALL_JOB)

    def make() -> locjob.Queue:
        return locjob.Queue(locjob.Client(
            region_name="us-east-1", endpoint_url=service.url,
            credentials_provider=lambda: {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY},
        ))  # fmt: skip

    q = make()
    gc.collect()
    q.get("a-job")
    assert q.next().job["JobId"] == "a-job"
    assert service.stats()["connections_open"] >= 1
    del q
    gc.collect()
    deadline = time.monotonic() + 5
    while service.stats()["connections_open"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_another_thread_is_told_that_the_queue_is_in_use(queue, service):
    service.faults({"delay": 30})
    q = queue()
    q.get("a-job")
    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(q.next, 0.5)
        time.sleep(0.2)
        for use in (lambda: q.get("a-job"), q.next, q.fileno, lambda: q.cancel(0), lambda: q.pending, q.close):
            failure(locjob.QueueBusy, "BUSY", use)
        assert other.result() is None
    assert q.pending == 1


# Providers, which are called from inside `next`


def test_a_provider_cannot_use_the_queue_that_calls_it(queue):
    said = []

    def provide() -> dict:
        try:
            q.get("a-job")
        except locjob.QueueBusy as busy:
            said.append(busy.code_name)
        return {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}

    q = queue(credentials_provider=provide, aws_access_key_id=None, aws_secret_access_key=None)
    q.get("a-job")
    (result,) = q
    assert result.error is None and said == ["LOCJOB_BUSY"]


def test_what_goes_wrong_in_a_provider_is_the_cause(queue):
    broken = ValueError("no keys today")

    def provide() -> dict:
        raise broken

    q = queue(credentials_provider=provide, aws_access_key_id=None, aws_secret_access_key=None)
    q.get("a-job")
    (result,) = q
    assert type(result.error) is locjob.CredentialRetrievalError and result.error.__cause__ is broken


def test_an_interrupt_in_a_provider_is_an_interrupt_and_loses_no_result(queue):
    def provide() -> dict:
        raise KeyboardInterrupt

    q = queue(credentials_provider=provide, aws_access_key_id=None, aws_secret_access_key=None)
    q.get("a-job", 7)
    with pytest.raises(KeyboardInterrupt):
        q.next()
    assert q.pending == 1
    result = q.next()
    assert type(result.error) is locjob.CredentialRetrievalError and result.tag == 7
    assert q.pending == 0


def test_a_queue_that_nobody_drives_keeps_no_credentials_from_others(chain_client, service, shared_files):
    keys = json.dumps({"Version": 1, "AccessKeyId": ACCESS_KEY, "SecretAccessKey": SECRET_KEY})
    folder = shared_files("")
    (folder / "keys").write_text(keys)
    # It must not have ended before the queue is left, however busy the machine is.
    shared_files(f"[default]\ncredential_process = sh -c 'sleep 1; cat {folder}/keys'\n")
    c = chain_client()
    with locjob.Queue(c) as q:
        q.get("a-job", 1)
        assert q.next(0) is None  # begins the program, and nobody comes back to see its end
        with stopwatch() as watch:
            assert c.get_job(JobId="a-job", timeout=20)["JobId"] == "a-job"
        assert 3 < watch.seconds < 10
        (result,) = q
        assert result.error is None and result.job["JobId"] == "a-job"


def test_a_get_that_joins_another_has_time_of_its_own(queue, service):
    service.faults({"stall_at": 0}, job_id="a-job")
    q = queue(call_timeout_ms=1000)
    q.get("a-job", 1)
    assert q.next(0.7) is None
    q.get("a-job", 2)
    first, second = q
    assert (first.tag, first.error.code_name) == (1, "LOCJOB_DEADLINE_EXCEEDED")
    assert (second.tag, second.error) == (2, None)


def test_ctrl_c_is_noticed_by_next(queue, service, ctrl_c):
    service.faults({"delay": 30})
    q = queue()
    q.get("a-job")
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGINT)).start()
    with stopwatch() as watch, pytest.raises(KeyboardInterrupt):
        q.next()
    assert watch.seconds < 1
    assert q.pending == 1


def test_a_connection_that_takes_long_to_make_is_not_silent(queue):
    """On a handle that has carried a request before, too."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:

        def answer_once() -> None:
            with listener.accept()[0] as peer:
                peer.recv(65536)
                body = json.dumps(SMALL_JOB).encode()
                peer.sendall(b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: %d\r\n\r\n" % len(body) + body)

        server = threading.Thread(target=answer_once)
        server.start()
        address = "http://127.0.0.1:%d" % listener.getsockname()[1]
        q = queue(endpoint_url=address, read_timeout_ms=200, connect_timeout_ms=700, max_attempts=1)
        q.get("a-job", 1)
        assert q.next().error is None
        server.join()
        with contextlib.ExitStack() as held:
            for _ in range(3):  # nobody accepts them: the next one finds no place
                peer = held.enter_context(socket.socket())
                peer.setblocking(False)
                peer.connect_ex(listener.getsockname())
            time.sleep(0.3)
            q.get("a-job", 2)
            with stopwatch() as watch:
                result = q.next()
        assert type(result.error) is locjob.ConnectTimeoutError
        assert 0.65 < watch.seconds < 2


# Event loops


def test_the_descriptor_is_quiet_while_nothing_is_to_be_done(queue, service):
    service.faults({"delay": 1.5})
    q = queue()
    poll = select.poll()
    poll.register(q.fileno(), select.POLLIN)
    assert poll.poll(50) == []
    q.get("a-job")
    wakes, end = 0, time.monotonic() + 1
    while time.monotonic() < end:
        if poll.poll(100):
            wakes += 1
            assert q.next(0) is None
    assert 0 < wakes < 10
    assert poll.poll(2000), "the response calls for the queue"


def test_asyncio_waits_for_many_jobs_beside_other_work(queue, service):
    for number in range(50):
        service.create_job(JobId=f"job-{number}", document={**SMALL_JOB, "JobId": f"job-{number}", "Status": "Completed"})
        running = {"status": 200, "body": {**SMALL_JOB, "JobId": f"job-{number}"}, "times": 5}
        service.faults(running, job_id=f"job-{number}")
    q, ticks = queue(poll_with_list_jobs=False), []

    async def main() -> "list[str]":
        loop = asyncio.get_running_loop()
        waits = [loop.create_future() for _ in range(50)]

        def take() -> None:
            while (result := q.next(0)) is not None:
                waits[result.tag].set_result(result.job["JobId"])

        async def tick() -> None:
            while True:
                ticks.append(loop.time())
                await asyncio.sleep(0.01)

        loop.add_reader(q.fileno(), take)
        ticker = loop.create_task(tick())
        for number in range(50):
            q.wait(f"job-{number}", number)
        try:
            return await asyncio.wait_for(asyncio.gather(*waits), 20)
        finally:
            ticker.cancel()
            loop.remove_reader(q.fileno())

    assert asyncio.run(main()) == [f"job-{number}" for number in range(50)]
    assert len(ticks) > 3


def test_a_forked_child_goes_on_with_the_queue(queue, service, tmp_path):
    service.create_job(JobId="slow", document=SMALL_JOB)
    service.faults({"delay": 0.4, "times": 2}, job_id="slow")
    q, said = queue(), tmp_path / "said"
    q.get("slow", 1)
    assert q.next(0.1) is None
    child = os.fork()
    if child == 0:
        try:
            result = q.next(5)
            Path(said).write_text(f"{result.tag} {result.job and result.job['JobId']} {q.pending}")
        finally:
            os._exit(0)
    assert q.next(5).error is None
    os.waitpid(child, 0)
    assert said.read_text() == "1 a-job 0"

"""The queue, locjob_wait and locjob_list for C programs. As test_c.py: what must hold is written in the program. By hand:
.venv/bin/python -m pytest Tests/abi/c/test_queue.py
"""

from __future__ import annotations

import pytest
from programs import NOBODY_LISTENS, TOP, VALGRIND, both, job

#: Each compiler and each scheme once.
each = pytest.mark.parametrize(
    ("run", "secure"), [("gcc", False), ("clang", True)], indirect=["run"], ids=["gcc-http", "clang-https"]
)


@pytest.fixture
def jobs(service):
    """Jobs that end after so many looks, whenever they begin; returns how often one was asked for since then."""

    def ending(job_id: str, *statuses: "tuple[str, int]", final: str) -> None:
        error = {"Error": {"Code": "ValidationError", "Messages": ["No."]}} if final == "Failed" else {}
        service.create_job(JobId=job_id, document=job(job_id, Status=final, **error))
        answers = [{"body": job(job_id, Status=status), "status": 200, "times": times} for status, times in statuses]
        service.faults(*answers, job_id=job_id)

    ending("ends-badly", ("Running", 2), final="Failed")
    ending("ends-well", ("Pending", 3), ("Running", 5), final="Completed")
    ending("ends-cancelled", ("Running", 10), ("Cancelling", 10), final="Cancelled")
    ending("watched", ("Pending", 2), ("Running", 2), ("Cancelling", 2), final="Cancelled")
    ending("for-ever", final="Running")
    ending("equal", final="Running")
    for job_id, answer in {
        "slow": {"delay": 0.4},
        "dripping": {"drip": {"bytes": 60, "pause": 0.1}},
        "stalled-too": {"stall_at": 0},
    }.items():
        ending(job_id, final="Running")
        service.faults({**answer, "times": "endless"}, job_id=job_id)
    ending("ends-after-blips", final="Completed")
    service.faults(
        {"error": "ThrottlingException"},
        {"error": "InternalServerException"},
        {"close_before_response": True},
        {"status": 200, "body": "<html>"},
        {"body": job("ends-after-blips"), "status": 200},
        {"truncate": 20},
        job_id="ends-after-blips",
    )
    ending("expires-once", final="Running")
    service.faults({"error": "ExpiredTokenException"}, job_id="expires-once")
    service.requests(clear=True)

    def requests(job_id: str) -> int:
        return sum(request["job_id"] == job_id for request in service.requests())

    return requests


@both
def test_queue(run, jobs, secure):
    run("queue", secure=secure)
    assert jobs("equal") == 1  # five gets at once
    assert jobs("ends-badly") == 3  # two looks, the last one, and none for what is remembered


@each
def test_limits(run, jobs, secure):
    run("queue_limits", NOBODY_LISTENS, secure=secure)


@each
def test_few_watches(run, secure):
    run("few_watches", secure=secure)


@each
def test_threads(run, jobs, secure):
    run("queue_threads", secure=secure)


@each
def test_release(run, jobs, secure):
    run("queue_release", secure=secure)


@each
@pytest.mark.parametrize("way", ["leave", "free", "go on"])
def test_fork(run, jobs, way, secure):
    run("queue_fork", way, secure=secure)
    # Once for the parent; the child asks for it again.
    assert jobs("slow") == (2 if way == "go on" else 1)


@pytest.mark.parametrize("run", ["clang"], indirect=True)
def test_credentials_of_a_slow_program(run, jobs, tmp_path):
    from client import ACCESS_KEY, SECRET_KEY

    program = tmp_path / "program"
    keys = f'{{"Version": 1, "AccessKeyId": "{ACCESS_KEY}", "SecretAccessKey": "{SECRET_KEY}"}}'
    program.write_text(f"#!/bin/sh\nsleep 2\necho '{keys}'\n")
    program.chmod(0o755)
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws/config").write_text(f"[default]\ncredential_process = {program}\n")
    run("queue_program", AWS_ACCESS_KEY_ID="", AWS_SECRET_ACCESS_KEY="")


@each
def test_wait(run, jobs, secure):
    run("wait", secure=secure)


@pytest.fixture(scope="module")
def listing():
    """A service with twenty jobs and no other."""
    from client import Service

    with Service() as service:
        for number in range(20):
            ended = {"running": 0, "final": "Failed"} if number % 4 == 0 else {"running": "forever"}
            service.create_job(JobId=f"listed-{number:02}", plan={"pending": 0, **ended})
        yield service


@each
def test_list(run, listing, secure):
    url = listing.https_url if secure else listing.url
    run("list", AWS_ENDPOINT_URL_LOCATION=url, AWS_CA_BUNDLE=listing.ca)


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
@pytest.mark.parametrize(
    ("name", "secure"),
    [
        ("queue", False),
        ("queue", True),
        ("queue_threads", False),
        ("queue_threads", True),
        ("queue_release", False),
        ("queue_release", True),
        ("few_watches", True),
        ("wait", False),
        ("wait", True),
    ],
)
def test_memory(run, jobs, name, secure):
    run(name, secure=secure, under=VALGRIND)


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
@both
def test_memory_of_pages(run, listing, secure):
    url = listing.https_url if secure else listing.url
    run("list", under=VALGRIND, AWS_ENDPOINT_URL_LOCATION=url, AWS_CA_BUNDLE=listing.ca)


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
@pytest.mark.parametrize("way", ["leave", "free", "go on"])
def test_memory_of_a_fork(run, jobs, way):
    # A child leaves behind what it must not touch, which is no leak.
    run("queue_fork", way, under=(*VALGRIND[:3], "--leak-check=no"))


EXAMPLE = TOP / "examples/c/wait_jobs.c"
QUICKLY = ("--delay", "50")


@pytest.mark.parametrize(("run", "given"), [("gcc", "arguments"), ("clang", "input")], indirect=["run"])
def test_example(run, jobs, given):
    job_ids = ("ends-well", "ends-badly", "no-such-job", "..")
    arguments, lines = (job_ids, "") if given == "arguments" else ((), "\n".join(job_ids))
    ended = run(EXAMPLE, *QUICKLY, *arguments, stdin=lines, status=2)
    assert ended.stdout.splitlines() == [
        "ends-badly  Failed  job failed: ValidationError: No.",
        "ends-well  Completed",
    ]
    assert "no-such-job: " in ended.stderr and "..: " in ended.stderr


def test_example_whose_jobs_are_all_completed(run, jobs):
    assert run(EXAMPLE, *QUICKLY, "ends-well").stdout == "ends-well  Completed\n"
    assert run(EXAMPLE).stdout == ""  # no job, and nothing to wait for


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
def test_example_does_other_things_meanwhile(run, service):
    """The ticker is in the same loop."""
    service.create_job(JobId="takes-a-while", plan={"pending": 0, "running": 2.5})
    ended = run(EXAMPLE, *QUICKLY, "--tick", "1", "takes-a-while")
    assert ended.stderr.splitlines().count("waiting for 1") in (2, 3)


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
@pytest.mark.parametrize("arguments", [("--tick",), ("--tick", "0", "a"), ("--sooner", "a"), ("--delay",)])
def test_example_used_wrongly(run, arguments):
    assert "usage" in run(EXAMPLE, *arguments, status=2).stderr


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
def test_example_with_a_wrong_setting(run):
    assert "wait_min_delay_ms" in run(EXAMPLE, "--delay", "soon", "a", status=2).stderr

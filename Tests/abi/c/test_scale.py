"""Ten thousand waits and a thousand gets at once, in queue_scale.c."""

from __future__ import annotations

import http.client
import json

import pytest
from client import Service

FINALS = ("Completed", "Failed", "Cancelled")
SPEED = 60  # of the jobs' clock: a minute takes a second


@pytest.fixture(scope="module")
def crowd():
    """The service with all those jobs, which end 4 to 14 seconds after the clock begins to run."""
    with Service(speed=1e-9) as service:
        connection = http.client.HTTPConnection("127.0.0.1", service.ports["http"], timeout=30)

        def create(job_id: str, **plan) -> None:
            connection.request("POST", "/_emulator/jobs", json.dumps({"JobId": job_id, "plan": plan}))
            assert connection.getresponse().read()

        for number in range(10000):
            seconds = 4 + number * 7919 % 10000 / 1000
            final = FINALS[number % 3]
            create(f"waited-for-{number:05}", pending=0, running=seconds * SPEED, cancelling=SPEED, final=final)
        for number in range(1000):
            create(f"got-{number:05}", pending=0, running="forever")
        connection.close()
        service.set_quota(enabled=True, rate=1200, burst=1000)
        yield service


@pytest.mark.parametrize("run", ["gcc"], indirect=True)
def test_many_waits_and_gets(run, crowd, capsys):
    crowd.set_clock(speed=SPEED)
    output = run("queue_scale", AWS_ENDPOINT_URL_LOCATION=crowd.url).stdout
    figures = {words[0]: [int(word) for word in words[1:]] for words in map(str.split, output.splitlines())}
    operations = crowd.stats()["operations"]
    with capsys.disabled():
        print(
            "\n10,000 waits and 1,000 gets in {0[0]} ms; bytes for each wait, allocated and resident: {1} added, "
            "{2} waiting; requests: {3}".format(
                figures["milliseconds"], figures["added"], figures["waiting"], operations
            )
        )
    assert max(figures["added"] + figures["waiting"]) <= 1024
    # One look at each end, one for each get, and listings of a hundred jobs instead of looks between them.
    assert 10000 + 1000 <= operations["GetJob"] <= 12500
    assert 100 <= operations["ListJobs"] <= 1000

"""The services of examples/service: one thread, many clients, the library's queue in an event loop of their own."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from programs import TOP, build, lay_out

ROW = re.compile(r"^\| \[(?P<name>\w+)\]\(service/.*?\) \| `(?P<build>.+?)` \| `(?P<run>.+?) PORT` \|$", re.M)
README = {row["name"]: (row["build"], row["run"]) for row in ROW.finditer((TOP / "examples/README.md").read_text())}
VALGRIND = "valgrind --quiet --error-exitcode=9 --leak-check=full --errors-for-leak-kinds=definite,indirect"


@pytest.fixture(params=["epoll", "libuv"])
def running(request, environment, tmp_path):
    """Starts a service under valgrind; gives a function that asks it, and its port. Ends it in good order."""
    command, start = README[request.param]
    lay_out(tmp_path)
    build(tmp_path, command.replace("cc ", "cc -Wall -Wextra -Werror -gdwarf-4 ", 1))
    settings = {"PATH": os.environ["PATH"], **environment}
    process = subprocess.Popen(
        f"{VALGRIND} {start} 0".split(), cwd=tmp_path, env=settings, stdout=subprocess.PIPE, text=True
    )
    try:
        port = int(process.stdout.readline().rsplit(":", 1)[1])

        def ask(target: str) -> tuple[int, dict]:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", f"/{target}")
            response = connection.getresponse()
            body = response.read()
            connection.close()
            return response.status, json.loads(body) if body else {}

        yield ask, port
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def until(holds) -> None:
    deadline = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < deadline, "it does not come to hold"
        time.sleep(0.02)


def test_answers(running):
    ask, _ = running
    status, job = ask("failed")
    assert status == 200 and job["Name"] == "name with\0NUL" and job["Error"]["Messages"][2] == "東京 🗼"
    status, failure = ask("no-such-job")
    assert status == 404 and failure["Error"]["Code"] == "ResourceNotFoundException"
    assert ask("..")[0] == 400
    assert ask("completed?wait")[1]["Status"] == "Completed"


def test_many_clients_at_once(running):
    ask, _ = running
    begin = time.monotonic()
    with ThreadPoolExecutor(24) as pool:
        slow = [pool.submit(ask, "slow") for _ in range(8)]
        quick = [pool.submit(ask, "failed") for _ in range(16)]
        assert {answer.result()[0] for answer in quick} == {200}
        assert {answer.result()[0] for answer in slow} == {200}
    assert time.monotonic() - begin < 8 * 0.6  # one after another they would take longer


def test_a_client_that_leaves(running, service):
    """What it asked for is given up, and the service goes on."""
    ask, port = running
    before = service.stats()["connections_open"]
    with socket.create_connection(("127.0.0.1", port)) as leaving:
        leaving.sendall(b"GET /stalled HTTP/1.0\r\n\r\n")
        until(lambda: service.stats()["connections_open"] == before + 1)
    until(lambda: service.stats()["connections_open"] == before)
    assert ask("failed")[0] == 200


def test_an_end_while_a_client_asks(running, service):
    """Left to the fixture: the service ends in good order with a call in flight."""
    _, port = running
    before = service.stats()["connections_open"]
    with socket.create_connection(("127.0.0.1", port)) as asking:
        asking.sendall(b"GET /stalled HTTP/1.0\r\n\r\n")
        until(lambda: service.stats()["connections_open"] == before + 1)

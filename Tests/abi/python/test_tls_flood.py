"""A server that goes on sending what TLS keeps to itself holds nobody up."""

from __future__ import annotations

import subprocess
import threading
from pathlib import Path

import pytest
from certificates import Authority
from support import Result, read

import locjob

SOURCE = Path(__file__).with_name("ticket_flood.c")
#: Some 25 MB, for which OpenSSL takes about half a second.
TICKETS = "100000"


@pytest.fixture
def flood(tmp_path):
    """The server's process and its certificate authority."""
    authority = Authority(tmp_path)
    program = tmp_path / "ticket_flood"
    subprocess.run(["gcc", "-O1", "-Wall", "-Werror", SOURCE, "-o", program, "-lssl", "-lcrypto"], check=True)
    arguments = [program, tmp_path / "good.pem", tmp_path / "server.key", TICKETS]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as server:
        yield server, authority
        server.kill()


def test_session_tickets_without_end(client, flood):
    server, authority = flood
    url = f"https://127.0.0.1:{int(server.stdout.readline())}"
    c = client(endpoint_url=url, ca_bundle=str(authority.ca), max_attempts=1, read_timeout_ms=50_000)
    call = locjob.Call()
    results: list[Result] = []
    get = lambda: results.append(read(locjob.library.locjob_get(c._handle, b"a-job", call._handle)))  # noqa: E731
    caller = threading.Thread(target=get)
    caller.start()
    assert server.stdout.readline() == "flooding\n"
    call.cancel()
    caller.join()
    assert locjob.library.locjob_code_name(results[0].code) == b"LOCJOB_CANCELLED"
    # It did not have to read them all before it came to that.
    assert server.stdout.readline() == "not all\n"

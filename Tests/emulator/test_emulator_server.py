"""Connections, TLS, and the life of the process."""

import json
import os
import signal
import socket
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from client import Service
from raw_client import connect, converse, exchange, get_job, request_bytes, signed_headers

# HTTP


def test_keep_alive_and_pipelining(service):
    service.create_job(JobId="a-job")
    request = get_job(service)
    with connect(service) as connection:
        reply = converse(connection, request * 5, patience=0.1)
        assert reply.data.count(b"HTTP/1.1 200 OK\r\n") == 5 and reply.end == "open"
        for byte in request:  # one byte at a time
            connection.sendall(bytes([byte]))
        assert converse(connection, b"", patience=0.1).status == 200
    assert service.stats()["connections_opened"] == 1


def test_connection_close(service):
    service.create_job(JobId="a-job")
    reply = exchange(service, request_bytes({**signed_headers(service), "Connection": "close"}))
    assert (reply.status, reply.end) == (200, "close")


def test_absolute_form_as_a_proxy_gets_it(service):
    service.create_job(JobId="a-job")
    request = get_job(service).replace(b"GET /", b"GET http://metadata.geo.example/", 1)
    assert exchange(service, request, patience=0.05).status == 200


@pytest.mark.parametrize(
    "request_text, status",
    [
        (b"GET /\r\n\r\n", 400),
        (b"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\n folded\r\n\r\n", 400),
        (b"GET / HTTP/1.1\nHost: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: x\r\nBad\x00: x\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost : x\r\n\r\n", 400),
        (b"GET /\xc3\xa4 HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n", 413),
        (b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n", 501),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"x" * 70000 + b"\r\n\r\n", 431),
    ],
)
def test_malformed_requests(service, request_text, status):
    reply = exchange(service, request_text)
    assert (reply.status, reply.end) == (status, "close")
    assert service.stats()["malformed_requests"] == 1


def test_many_connections(service):
    service.create_job(JobId="a-job")
    request = get_job(service)
    connections = [connect(service) for _ in range(400)]
    try:
        for connection in connections:
            connection.sendall(request)
        for connection in connections:
            assert connection.recv(1 << 16).startswith(b"HTTP/1.1 200 OK\r\n")
        assert service.stats()["connections_open"] == 400
    finally:
        for connection in connections:
            connection.close()


@pytest.mark.parametrize("how, error", [("close", b""), ("reset", ConnectionResetError)])
def test_disconnect(service, how, error):
    service.create_job(JobId="a-job")
    with connect(service) as connection:
        converse(connection, get_job(service), patience=0.05)
        assert service.disconnect(how) == 1
        if error == b"":
            assert connection.recv(1) == error
        else:
            with pytest.raises(error):
                connection.recv(1)


# TLS


def handshake(service, port: int, host: str = "localhost", **versions) -> str:
    context = ssl.create_default_context(cafile=service.ca)
    for name, value in versions.items():
        setattr(context, name, value)
    with socket.create_connection(("127.0.0.1", port), timeout=2) as plain:
        with context.wrap_socket(plain, server_hostname=host) as secure:
            return secure.version()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "metadata.localhost"])
def test_names_of_the_good_certificate(service, host):
    assert handshake(service, service.ports["https"], host) == "TLSv1.3"


@pytest.mark.parametrize(
    "kind, words",
    [("expired", "expired"), ("wrong_host", "Hostname mismatch"), ("self_signed", "self.signed")],
)
def test_bad_certificates(service, kind, words):
    with pytest.raises(ssl.SSLCertVerificationError, match=words):
        handshake(service, service.ports[f"https_{kind}"])


def test_old_tls_is_all_that_is_offered(service):
    with pytest.raises(ssl.SSLError):
        handshake(service, service.ports["https_old_tls"], minimum_version=ssl.TLSVersion.TLSv1_2)
    old = ["-tls1_1", "-cipher", "DEFAULT:@SECLEVEL=0", "-CAfile", service.ca, "-verify_return_error"]
    address = f"127.0.0.1:{service.ports['https_old_tls']}"
    command = ["openssl", "s_client", "-connect", address, *old]
    done = subprocess.run(command, input="", capture_output=True, text=True, timeout=10)
    assert done.returncode == 0 and "TLSv1.1" in done.stdout


def test_silent_and_not_tls(service):
    with pytest.raises(socket.timeout):
        handshake(service, service.ports["https_silent"])
    with pytest.raises(ssl.SSLError):
        handshake(service, service.ports["https_not_tls"])


# The process


def start(*arguments, **options) -> subprocess.Popen:
    program = Path(__file__).with_name("service.py")
    command = [sys.executable, str(program), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_ends_cleanly_on_a_signal(tmp_path, number):
    state, ready_file = tmp_path / "state", tmp_path / "ready.json"
    process = start("--state-dir", str(state), "--ready-file", str(ready_file), stdin=subprocess.DEVNULL)
    try:
        ready = json.loads(process.stdout.readline())
        assert ready == json.loads(ready_file.read_text()) and ready["pid"] == process.pid
        assert stat.S_IMODE(state.stat().st_mode) == 0o700 and Path(ready["ca"]).parent == state
        with socket.create_connection(("127.0.0.1", ready["http"])):
            process.send_signal(number)
            assert process.wait(5) == 0
        assert process.communicate() == (b"", b"")
    finally:
        process.kill()
        process.wait()


def test_ends_with_stdin():
    process = start("--no-tls", "--exit-with-stdin", stdin=subprocess.PIPE)
    try:
        assert "https" not in json.loads(process.stdout.readline())
        process.stdin.close()
        assert process.wait(5) == 0
        assert process.stderr.read() == b""
    finally:
        process.kill()
        process.wait()


def test_client_stops_it_and_leaves_nothing():
    with pytest.raises(ZeroDivisionError):
        with Service() as service:
            pid, directory = service.pid, Path(service.ca).parent
            assert directory.is_dir()
            raise ZeroDivisionError
    assert not directory.exists()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)

"""Connections, TLS, proxies, and what a network or a server can do to a response on its way."""

from __future__ import annotations

import base64
import json
import os
import threading
import time

import pytest
from proxies import ForwardProxy
from support import SMALL_JOB, failure, raw_get, stopwatch, unanswering_port, unused_port

import locjob

# The path


@pytest.mark.parametrize("base", ["", "/", "/base", "/base/", "/a/b/"])
def test_a_base_path_is_kept(client, service, base):
    service.create_job(JobId="a-job")
    service.settings(base_path=base)
    client(endpoint_url=service.url + base).get_job(JobId="a-job")
    assert service.requests()[0]["target"] == f"{base.rstrip('/')}/metadata/v0/jobs/a-job"


@pytest.mark.parametrize(
    "job_id, encoded",
    [
        ("a/b", "a%2Fb"),
        ("a b", "a%20b"),
        ("a%20b", "a%2520b"),
        ("a+b", "a%2Bb"),
        ("a?b=c#d", "a%3Fb%3Dc%23d"),
        ("\u00e9\U0001f5fc", "%C3%A9%F0%9F%97%BC"),
        ("-._~", "-._~"),
        ("...", "..."),
        (".a", ".a"),
        ("../x", "..%2Fx"),
        ("%2e%2e", "%252e%252e"),
        ("\x01\x7f\r\n", "%01%7F%0D%0A"),
    ],
)
def test_a_job_id_goes_out_encoded_once_and_its_signature_is_accepted(client, service, job_id, encoded):
    with pytest.raises(locjob.ClientError):
        client().get_job(JobId=job_id)
    (request,) = service.requests()
    assert request["target"] == f"/metadata/v0/jobs/{encoded}"
    assert request["signature"] == "ok" and request["job_id"] == job_id


# Connections


def test_a_connection_is_used_again(client, service):
    service.create_job(JobId="a-job")
    c = client()
    for _ in range(5):
        c.get_job(JobId="a-job")
    assert len({request["connection"] for request in service.requests()}) == 1


def test_a_connection_is_used_again_after_an_error_response_and_by_a_retry(client, service):
    service.faults({"status": 503}, {"error": "AccessDeniedException"}, {"error": "ResourceNotFoundException"})
    c = client()
    for _ in range(2):
        with pytest.raises(locjob.ClientError):
            c.get_job(JobId="a-job")
    assert len(service.requests()) == 3
    assert len({request["connection"] for request in service.requests()}) == 1


def test_tls_connections_are_used_again(client, service):
    service.create_job(JobId="a-job")
    c = client(endpoint_url=service.https_url, ca_bundle=service.ca)
    for _ in range(3):
        c.get_job(JobId="a-job")
    assert service.stats()["connections_opened"] == 1
    assert all(request["secure"] for request in service.requests())


@pytest.mark.parametrize("how", ["close", "reset"])
def test_a_connection_that_the_server_ended_meanwhile_is_replaced(client, service, how):
    service.create_job(JobId="a-job")
    c = client()
    c.get_job(JobId="a-job")
    assert service.disconnect(how) == 1
    assert c.get_job(JobId="a-job")["JobId"] == "a-job"
    assert service.stats()["connections_opened"] == 2


def test_a_request_that_meets_a_connection_just_closed_is_sent_again_and_not_counted(client, service):
    """libcurl does so by itself when nothing came back on a connection that was kept: the server had closed
    it, and the request was never looked at."""
    service.create_job(JobId="a-job")
    service.faults({}, {"close_before_response": True}, {})
    c = client(max_attempts=1)
    c.get_job(JobId="a-job")
    assert c.get_job(JobId="a-job")["ResponseMetadata"]["RetryAttempts"] == 0
    assert len(service.requests()) == 3


def test_clients_do_not_share_connections(client, service):
    service.create_job(JobId="a-job")
    for _ in range(3):
        client().get_job(JobId="a-job")
    assert service.stats()["connections_opened"] == 3


def test_max_connections_is_how_many_are_kept(client, service):
    service.create_job(JobId="a-job")
    service.faults({"delay": 0.3, "times": 6})
    c = client(max_connections=2)
    threads = [threading.Thread(target=c.get_job, kwargs={"JobId": "a-job"}) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert service.stats()["connections_opened"] == 6
    wait_until(lambda: service.stats()["connections_open"] <= 2)


def wait_until(condition, seconds: float = 2) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true"
        time.sleep(0.01)


# TLS


def test_a_certificate_of_an_unknown_authority_is_rejected(client, service):
    rejected(client(endpoint_url=service.https_url), service)


@pytest.mark.parametrize("kind", ["expired", "wrong_host", "self_signed"])
def test_a_bad_certificate_is_rejected_at_the_first_attempt(client, service, kind):
    rejected(client(endpoint_url=service.bad_url(kind), ca_bundle=service.ca), service)


def rejected(c, service) -> None:
    error = failure(locjob.SSLError, "CERTIFICATE_REJECTED", c.get_job, JobId="a-job")
    assert error.attempts == 1 and not error.retryable
    assert "\n" not in str(error)
    assert service.requests() == []


@pytest.mark.parametrize("host", ["localhost", "metadata.localhost"])
def test_a_good_certificate_is_accepted_by_name(client, service, host):
    service.create_job(JobId="a-job")
    url = service.https_url.replace("127.0.0.1", host)
    assert client(endpoint_url=url, ca_bundle=service.ca).get_job(JobId="a-job")["JobId"] == "a-job"


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_the_authority_may_come_from_a_variable(client, service, environment, variable):
    service.create_job(JobId="a-job")
    environment.setenv(variable, service.ca)
    assert client(endpoint_url=service.https_url).get_job(JobId="a-job")["JobId"] == "a-job"


@pytest.mark.parametrize("kind", ["old_tls", "not_tls"])
def test_a_failed_handshake_is_a_tls_failure_and_tried_again(client, service, kind):
    c = client(endpoint_url=service.bad_url(kind), ca_bundle=service.ca, max_attempts=2)
    error = failure(locjob.SSLError, "TLS_FAILED", c.get_job, JobId="a-job")
    assert error.attempts == 2 and error.retryable


def test_a_silent_handshake_is_a_connect_timeout(client, service):
    c = client(endpoint_url=service.bad_url("silent"), ca_bundle=service.ca, connect_timeout_ms=200, max_attempts=1)
    with stopwatch() as watch:
        failure(locjob.ConnectTimeoutError, "CONNECT_TIMEOUT", c.get_job, JobId="a-job")
    assert 0.19 < watch.seconds < 0.5


def test_no_other_protocol_is_spoken_to_a_tls_port(client, service):
    c = client(endpoint_url=service.https_url.replace("https", "http"), max_attempts=1)
    failure(locjob.ConnectionClosedError, "CONNECTION_LOST", c.get_job, JobId="a-job")
    assert service.requests() == []


# Redirects


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_an_error_and_not_followed(client, service, status):
    service.create_job(JobId="a-job")
    service.faults({"status": status, "headers": [["Location", service.url + "/metadata/v0/jobs/a-job"]]})
    error = failure(locjob.ClientError, "SERVICE_ERROR", client().get_job, JobId="a-job")
    assert error.response["Error"]["Code"] == str(status)
    assert len(service.requests()) == 1


# Proxies


@pytest.fixture
def proxy(service):
    with ForwardProxy(("127.0.0.1", service.ports["http"])) as proxy:
        yield proxy


@pytest.fixture
def tls_proxy(service):
    with ForwardProxy(("127.0.0.1", service.ports["https"])) as proxy:
        yield proxy


def test_http_goes_through_its_proxy_in_full(client, service, proxy):
    service.create_job(JobId="a-job")
    client(endpoint_url="http://jobs.example:81", http_proxy=proxy.url).get_job(JobId="a-job")
    (request,) = proxy.take()
    assert (request.method, request.target) == ("GET", "http://metadata.jobs.example:81/metadata/v0/jobs/a-job")
    assert request.fields["host"] == "metadata.jobs.example:81"
    assert service.requests()[0]["signature"] == "ok"


def test_https_goes_through_a_tunnel_which_sees_only_the_host(client, service, tls_proxy):
    service.create_job(JobId="a-job")
    url = service.https_url.replace("127.0.0.1", "localhost")
    client(endpoint_url=url, ca_bundle=service.ca, https_proxy=tls_proxy.url).get_job(JobId="a-job")
    (request,) = tls_proxy.take()
    assert request.method == "CONNECT" and request.target == url[len("https://") :]
    assert "authorization" not in request.fields and "x-amz-date" not in request.fields
    assert service.requests()[0]["signature"] == "ok"


@pytest.mark.parametrize("variable", ["http_proxy", "HTTP_PROXY"])
def test_a_proxy_may_come_from_a_variable_of_either_case(client, service, proxy, environment, variable):
    service.create_job(JobId="a-job")
    environment.setenv(variable, proxy.url)
    client().get_job(JobId="a-job")
    assert len(proxy.take()) == 1


def test_the_lower_case_variable_wins(client, service, proxy, environment):
    service.create_job(JobId="a-job")
    environment.setenv("http_proxy", proxy.url)
    environment.setenv("HTTP_PROXY", f"http://127.0.0.1:{unused_port()}")
    client().get_job(JobId="a-job")
    assert len(proxy.take()) == 1


def test_all_proxy_is_not_used_as_in_boto3(client, service, proxy, environment):
    service.create_job(JobId="a-job")
    environment.setenv("ALL_PROXY", proxy.url)
    environment.setenv("all_proxy", proxy.url)
    client().get_job(JobId="a-job")
    assert proxy.take() == []


@pytest.mark.parametrize("hosts", ["127.0.0.1", "*", "example.com, 127.0.0.1", "127.0.0.0/8"])
def test_no_proxy_takes_a_host_out(client, service, proxy, environment, hosts):
    service.create_job(JobId="a-job")
    environment.setenv("http_proxy", proxy.url)
    environment.setenv("no_proxy", hosts)
    client().get_job(JobId="a-job")
    assert proxy.take() == []


def test_no_proxy_of_another_host_changes_nothing(client, service, proxy, environment):
    service.create_job(JobId="a-job")
    environment.setenv("http_proxy", proxy.url)
    environment.setenv("no_proxy", "example.com,27.0.0.1")
    client().get_job(JobId="a-job")
    assert len(proxy.take()) == 1


def test_an_empty_proxy_setting_is_none_whatever_the_variable_says(client, service, proxy, environment):
    service.create_job(JobId="a-job")
    environment.setenv("http_proxy", proxy.url)
    client(http_proxy="").get_job(JobId="a-job")
    assert proxy.take() == []


def test_variables_are_read_when_the_client_is_made_and_never_again(client, service, proxy, environment):
    service.create_job(JobId="a-job")
    c = client()
    environment.setenv("http_proxy", proxy.url)
    c.get_job(JobId="a-job")
    assert proxy.take() == []


def test_a_proxy_gets_its_user_and_password(client, service):
    service.create_job(JobId="a-job")
    with ForwardProxy(("127.0.0.1", service.ports["http"]), credentials="user:p@ss") as proxy:
        client(http_proxy=proxy.url.replace("//", "//user:p%40ss@")).get_job(JobId="a-job")
    (request,) = service.requests()
    assert not any(name.lower() == "proxy-authorization" for name, _ in request["headers"])


@pytest.mark.parametrize("status", [403, 407, 502])
def test_a_tunnel_that_is_refused_is_a_proxy_failure(client, service, status):
    with ForwardProxy(("127.0.0.1", service.ports["https"]), refuse=status) as proxy:
        c = client(
            endpoint_url=service.https_url,
            ca_bundle=service.ca,
            https_proxy=proxy.url.replace("//", "//user:secret@"),
            max_attempts=1,
        )
        error = failure(locjob.ProxyConnectionError, "PROXY_FAILED", c.get_job, JobId="a-job")
    assert "secret" not in str(error) and service.requests() == []


def test_a_proxy_that_is_not_there_is_a_proxy_failure(client, service):
    proxy = f"http://user:secret@127.0.0.1:{unused_port()}"
    c = client(endpoint_url=service.https_url, https_proxy=proxy, max_attempts=2)
    error = failure(locjob.ProxyConnectionError, "PROXY_FAILED", c.get_job, JobId="a-job")
    assert error.attempts == 2 and error.retryable and "secret" not in str(error)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://user:secret@proxy",
        "http://user:secret@",
        "http://user:secret@a b",
        "http://user:secret@proxy:99999",
        "//",
        "http://",
    ],
)
def test_a_proxy_that_is_no_usable_url_is_refused_and_not_passed_by(client, service, url):
    with pytest.raises(locjob.LocjobError) as refused:
        client(http_proxy=url, max_attempts=1).get_job(JobId="a-job")
    assert refused.value.code_name in ("LOCJOB_INVALID_SETTING", "LOCJOB_PROXY_FAILED")
    assert "secret" not in str(refused.value) and "secret" not in repr(refused.value.trace)
    assert service.requests() == []


def test_a_certificate_is_verified_through_a_tunnel_too(client, service):
    with ForwardProxy(("127.0.0.1", service.ports["https_self_signed"])) as proxy:
        rejected(client(endpoint_url=service.https_url, ca_bundle=service.ca, https_proxy=proxy.url), service)


# No connection


def test_a_refused_connection(client):
    c = client(endpoint_url=f"http://127.0.0.1:{unused_port()}", max_attempts=2)
    error = failure(locjob.EndpointConnectionError, "CONNECT_FAILED", c.get_job, JobId="a-job")
    assert error.attempts == 2 and error.retryable
    assert error.trace[0]["status"] == 0


def test_a_host_without_an_address(client):
    c = client(endpoint_url="http://no-such-host.invalid", max_attempts=2)
    error = failure(locjob.EndpointConnectionError, "RESOLVE_FAILED", c.get_job, JobId="a-job")
    assert error.attempts == 2 and "no-such-host.invalid" in str(error)


def test_a_connection_that_is_not_answered_is_a_connect_timeout(client):
    with unanswering_port() as port:
        c = client(endpoint_url=f"http://127.0.0.1:{port}", connect_timeout_ms=200, max_attempts=1)
        with stopwatch() as watch:
            failure(locjob.ConnectTimeoutError, "CONNECT_TIMEOUT", c.get_job, JobId="a-job")
    assert 0.19 < watch.seconds < 0.5


def test_the_deadline_of_a_call_ends_connecting(client):
    with unanswering_port() as port:
        c = client(endpoint_url=f"http://127.0.0.1:{port}")
        with stopwatch() as watch:
            failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", c.get_job, JobId="a-job", timeout=0.2)
    assert 0.19 < watch.seconds < 0.4


# Responses on their way


def test_single_bytes_make_a_whole_response(client, service):
    service.create_job(JobId="a-job", Tags={"k": "v" * 50})
    service.faults({"drip": {"bytes": 1, "pause": 0}})
    assert client().get_job(JobId="a-job")["Tags"] == {"k": "v" * 50}


@pytest.mark.parametrize("size", [1, 7, 100_000])
def test_chunks_of_any_size_make_a_whole_response(client, service, size):
    service.create_job(JobId="a-job")
    service.faults({"chunked": size})
    assert client().get_job(JobId="a-job")["JobId"] == "a-job"


def test_a_response_without_a_length_ends_with_its_connection(client, service):
    service.create_job(JobId="a-job")
    service.faults({"content_length": None})
    c = client()
    assert c.get_job(JobId="a-job")["JobId"] == "a-job"
    assert c.get_job(JobId="a-job")["JobId"] == "a-job"
    assert service.stats()["connections_opened"] == 2


def test_informational_responses_are_passed_over(client, service):
    service.create_job(JobId="a-job")
    service.faults({"informational": 5})
    assert client().get_job(JobId="a-job")["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize(
    "flood", [{"informational": "endless"}, {"header_flood": "endless"}], ids=lambda flood: next(iter(flood))
)
def test_a_head_without_an_end_does_not_take_the_memory(client, service, flood):
    service.faults({**flood, "times": "endless"})
    with stopwatch() as watch:
        error = failure(locjob.ResponseTooLarge, "RESPONSE_TOO_LARGE", client().get_job, JobId="a-job")
    assert watch.seconds < 2 and error.attempts == 1


@pytest.mark.parametrize("size, fits", [(1_048_576, True), (1_048_577, False)])
def test_the_default_cap_is_one_mebibyte(client, service, size, fits):
    service.create_job(JobId="a-job")
    service.faults({"body_size": size})
    result = raw_get(client(), b"a-job")
    assert result.code == (0 if fits else 39)


@pytest.mark.parametrize(
    "how", [{}, {"chunked": 8192}, {"content_length": None}], ids=["length", "chunked", "until closed"]
)
def test_the_cap_can_be_set_and_holds_however_the_body_comes(client, service, how):
    service.create_job(JobId="a-job")
    c = client(max_response_bytes=5000)
    service.faults({"body_size": 5000, **how}, {"body_size": 5001, **how})
    c.get_job(JobId="a-job")
    error = failure(locjob.ResponseTooLarge, "RESPONSE_TOO_LARGE", c.get_job, JobId="a-job")
    assert error.attempts == 1 and "max_response_bytes" in str(error)


def test_an_endless_body_ends_at_the_cap(client, service):
    service.create_job(JobId="a-job")
    service.faults({"body_size": 1 << 30})
    with stopwatch() as watch:
        failure(locjob.ResponseTooLarge, "RESPONSE_TOO_LARGE", client().get_job, JobId="a-job")
    assert watch.seconds < 2


def test_a_body_of_an_error_is_under_the_cap_too(client, service):
    service.faults({"status": 400, "body": "x" * 6000})
    result = raw_get(client(max_response_bytes=5000), b"a-job")
    assert result.code == 39 and result.attempts == 1


@pytest.mark.parametrize("offset", [0, 10, "body+0", "body+20"])
def test_a_stall_is_a_read_timeout(client, service, offset):
    service.create_job(JobId="a-job")
    service.faults({"stall_at": offset})
    c = client(read_timeout_ms=200, max_attempts=1)
    with stopwatch() as watch:
        error = failure(locjob.ReadTimeoutError, "READ_TIMEOUT", c.get_job, JobId="a-job")
    assert 0.19 < watch.seconds < 0.5 and error.retryable


def test_a_stall_below_the_read_timeout_is_waited_for(client, service):
    service.create_job(JobId="a-job")
    service.faults({"stall_at": "body+20", "stall_for": 0.3})
    assert client(read_timeout_ms=1000).get_job(JobId="a-job")["JobId"] == "a-job"


def test_the_read_timeout_is_between_bytes_and_not_for_the_whole(client, service):
    service.create_job(JobId="a-job", document="{" + " " * 12)
    service.faults({"drip": {"bytes": 40, "pause": 0.1}})
    with stopwatch() as watch:
        result = raw_get(client(read_timeout_ms=300, max_attempts=1), b"a-job")
    assert result.code == 38 and watch.seconds > 0.3  # it arrived, late, and is no job


@pytest.mark.parametrize("cut", ["close_at", "reset_at"])
@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_body_that_is_cut_short_is_a_lost_connection(client, service, cut, secure):
    service.create_job(JobId="a-job")
    service.faults({cut: "body+30"})
    settings = {"endpoint_url": service.https_url, "ca_bundle": service.ca} if secure else {}
    error = failure(
        locjob.ConnectionClosedError, "CONNECTION_LOST", client(max_attempts=1, **settings).get_job, JobId="a-job"
    )
    assert error.retryable


def test_a_tls_connection_that_is_torn_down_cannot_make_half_a_body_a_whole_one(client, service):
    """Without a length only the end of the connection ends the body, and an attacker can end that. A job in
    JSON knows its own end."""
    service.create_job(JobId="a-job")
    service.faults({"content_length": None, "no_close_notify": True, "close_at": "body+300"})
    c = client(endpoint_url=service.https_url, ca_bundle=service.ca, max_attempts=1)
    result = raw_get(c, b"a-job")
    assert result.code in (35, 38), result.message


@pytest.mark.parametrize(
    "garbage", [b"\x00" * 200, b"SSH-2.0-OpenSSH_9.2\r\n", b"HTTP/1.1 abc OK\r\n\r\n", b"HTTP/9.9 200 OK\r\n\r\n"]
)
def test_what_is_not_http_is_an_invalid_response(client, service, garbage):
    service.faults({"raw": base64.b64encode(garbage).decode(), "times": 2})
    result = raw_get(client(max_attempts=2), b"a-job")
    assert result.code == 38 and result.attempts == 2, result.message


MALFORMED_HEADS = {
    "no colon": b"nothing",
    "a NUL": b"x-odd: a\x00b",
    "a CR in a name": b"x-o\rdd: a",
    "a length below 0": b"Content-Length: -1",
    "a length that is no number": b"Content-Length: many",
}


@pytest.mark.parametrize("line", MALFORMED_HEADS.values(), ids=MALFORMED_HEADS)
def test_a_malformed_head_is_an_invalid_response(client, service, line):
    raw = b"HTTP/1.1 404 Not Found\r\n" + line + b"\r\nContent-Length: 0\r\n\r\n"
    service.faults({"raw": base64.b64encode(raw).decode()})
    error = failure(locjob.InvalidResponse, "INVALID_RESPONSE", client(max_attempts=1).get_job, JobId="a-job")
    assert error.retryable


def test_http_0_9_is_not_taken_for_an_answer(client, service):
    service.faults({"raw": base64.b64encode(json.dumps(SMALL_JOB).encode()).decode()})
    assert raw_get(client(max_attempts=1), b"a-job").code == 38


def test_bytes_after_a_response_do_not_answer_the_next_request(client, service):
    """A response that nobody asked for must not be taken for that of the next call."""
    body = json.dumps({**SMALL_JOB, "JobId": "first"}).encode()
    other = json.dumps({**SMALL_JOB, "JobId": "smuggled"}).encode()
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"
    raw = response % (len(body), body) + response % (len(other), other)
    service.faults({"raw": base64.b64encode(raw).decode(), "close": False})
    service.create_job(JobId="second")
    c = client()
    assert c.get_job(JobId="first")["JobId"] == "first"
    assert c.get_job(JobId="second")["JobId"] == "second"


def test_cookies_are_not_kept(client, service):
    service.create_job(JobId="a-job")
    service.faults({"headers": [["Set-Cookie", "a=b; Path=/"]]})
    c = client()
    for _ in range(2):
        c.get_job(JobId="a-job")
    assert not any(name.lower() == "cookie" for request in service.requests() for name, _ in request["headers"])


def test_the_request_has_these_headers_and_no_others(client, service):
    service.create_job(JobId="a-job")
    client().get_job(JobId="a-job")
    (request,) = service.requests()
    names = [name.lower() for name, _ in request["headers"]]
    assert len(names) == len(set(names))
    assert set(names) == {
        "host", "authorization", "x-amz-date", "accept-encoding", "user-agent", "amz-sdk-invocation-id", "amz-sdk-request",
    }  # fmt: skip
    assert request["body"] == ""


def test_the_user_agent_is_written_as_the_sdks_do(client, service, environment):
    environment.setenv("AWS_EXECUTION_ENV", "AWS_Lambda_test")
    service.create_job(JobId="a-job")
    client(sdk_ua_app_id="my app/1").get_job(JobId="a-job")
    (value,) = [value for name, value in service.requests()[0]["headers"] if name.lower() == "user-agent"]
    words = value.split(" ")
    assert words[0] == "locjob/" + locjob.version()
    for prefix in (
        "ua/2.1",
        "os/",
        "md/",
        "lang/",
        "exec-env/AWS_Lambda_test",
        "m/",
        "cfg/retry-mode#standard",
        "app/my-app-1",
    ):
        assert any(word.startswith(prefix) for word in words), (prefix, value)


def test_descriptors_do_not_leak(client, service):
    def open_descriptors() -> int:
        return len(os.listdir("/proc/self/fd"))

    service.create_job(JobId="a-job")
    c = client()
    c.get_job(JobId="a-job")
    before = open_descriptors()
    for _ in range(50):
        c.get_job(JobId="a-job")
        service.faults({"close_before_response": True})
        raw_get(c, b"a-job")
    assert open_descriptors() <= before + 1

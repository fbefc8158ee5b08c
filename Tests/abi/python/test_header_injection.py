"""No value that a caller, a variable or a file gives writes a header field, or a request, of its own."""

from __future__ import annotations

import pytest
from support import raw_get, usual_settings

import locjob

ATTACK = "a\r\nX-Injected: 1\r\n\r\nGET /injected HTTP/1.1\r\n"
#: What goes into requests as it is, in some form.
VARIABLES = [
    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL_LOCATION",
    "AWS_EXECUTION_ENV", "AWS_SDK_UA_APP_ID", "_X_AMZN_TRACE_ID", "http_proxy", "no_proxy",
]  # fmt: skip
SETTINGS = [
    "region_name", "aws_access_key_id", "aws_secret_access_key", "aws_session_token", "endpoint_url", "sdk_ua_app_id",
    "http_proxy", "no_proxy",
]  # fmt: skip


def check(service) -> None:
    """Whatever was sent has the usual fields and nothing else."""
    for request in service.requests():
        assert request["target"].startswith("/metadata/v0/jobs/")
        names = {name.lower() for name, _ in request["headers"]}
        assert "x-injected" not in names and request["body"] == ""
        assert names <= {
            "host", "authorization", "x-amz-date", "x-amz-security-token", "x-amzn-trace-id", "accept-encoding", "user-agent",
            "amz-sdk-invocation-id", "amz-sdk-request",
        }  # fmt: skip
        assert not any(set(value) & set("\r\n\0") for _, value in request["headers"])


def attempt(service, **settings) -> None:
    try:
        with locjob.Client(**settings) as client:
            raw_get(client, b"a-job")
    except locjob.LocjobError as refused:
        assert "\n" not in str(refused)
    check(service)
    assert service.stats()["malformed_requests"] == 0


@pytest.mark.parametrize("name", VARIABLES)
@pytest.mark.parametrize("attack", [ATTACK, "a\nX-Injected: 1", "a\rX-Injected: 1", "a\x7fb", "\u00e9\r\n"], ids=ascii)
def test_variables(service, environment, name, attack):
    service.create_job(JobId="a-job")
    usual = usual_settings(service)
    for variable, setting in [
        ("AWS_REGION", "region_name"), ("AWS_ACCESS_KEY_ID", "aws_access_key_id"),
        ("AWS_SECRET_ACCESS_KEY", "aws_secret_access_key"), ("AWS_ENDPOINT_URL_LOCATION", "endpoint_url"),
    ]:  # fmt: skip
        environment.setenv(variable, usual[setting])
    environment.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")  # traces are then sent on
    environment.setenv(name, attack)
    attempt(service)


@pytest.mark.parametrize("name", SETTINGS)
@pytest.mark.parametrize("attack", [ATTACK, "a\nX-Injected: 1", "a\rX-Injected: 1"], ids=ascii)
def test_settings(service, name, attack):
    service.create_job(JobId="a-job")
    attempt(service, **{**usual_settings(service), name: attack})


@pytest.mark.parametrize("name", ["aws_access_key_id", "aws_secret_access_key", "aws_session_token", "region", "endpoint_url"])
def test_files(service, shared_files, name):
    """A file's lines end where its values do; what a carriage return inside may do is tried."""
    service.create_job(JobId="a-job")
    usual = {**usual_settings(service), "aws_session_token": "t"}
    usual["region"] = usual.pop("region_name")
    lines = "".join(f"{key} = {value}\n" for key, value in {**usual, name: "a\rX-Injected: 1\r"}.items())
    shared_files(f"[default]\n{lines}")
    attempt(service)


def test_a_trace_that_is_one_goes_out(service, client, environment):
    """So that the attack above has something to attack."""
    service.create_job(JobId="a-job")
    environment.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")
    environment.setenv("_X_AMZN_TRACE_ID", "Root=1-5759e988")
    raw_get(client(), b"a-job")
    (request,) = service.requests()
    assert ["Root=1-5759e988"] == [value for header, value in request["headers"] if header.lower() == "x-amzn-trace-id"]

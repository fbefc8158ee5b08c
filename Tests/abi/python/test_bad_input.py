"""What callers, files and variables get wrong. Each gets its code and one line that names it, no secret
is ever shown, and nothing reaches the service."""

from __future__ import annotations

import ctypes
import re

import pytest
from support import failure, raw_get, read

import locjob

SECRET = "a+very/secret=key"
TOKEN = "a-very-secret-token"


@pytest.fixture(autouse=True)
def nothing_is_sent(service):
    """True of every test in this file."""
    yield
    assert service.requests() == []
    assert service.stats()["connections_opened"] == 0


def is_one_clean_line(text: str) -> bool:
    return bool(text) and all(character >= " " and character != "\x7f" for character in text) and "very" not in text


def refused(kind, code_name: str, mentions: str, function, *arguments, **named) -> locjob.LocjobError:
    error = failure(kind, code_name, function, *arguments, **named)
    assert is_one_clean_line(str(error)), repr(str(error))
    assert mentions in str(error)
    assert error.attempts == 0 and error.trace == [] and not error.retryable
    return error


# Job ids


@pytest.mark.parametrize(
    "job_id", ["", "x" * 201, ".", "..", "\U0001f5fc" * 201, "x" * 100_000], ids=lambda text: f"{text[:3]} {len(text)}"
)
def test_a_job_id_that_no_job_can_have(client, job_id):
    refused(locjob.ParamValidationError, "INVALID_JOB_ID", "job id", client().get_job, JobId=job_id)


@pytest.mark.parametrize("job_id", ["x" * 200, "\U0001f5fc" * 200], ids=["ascii", "four bytes each"])
def test_200_characters_are_allowed_however_many_bytes_they_take(job_id):
    """With no service to ask: what fails is the next step."""
    c = locjob.Client(region_name="us-east-1", aws_access_key_id="AK", aws_secret_access_key=SECRET,
                      endpoint_url="http://127.0.0.1:1", max_attempts=1)  # fmt: skip
    failure(locjob.EndpointConnectionError, "CONNECT_FAILED", c.get_job, JobId=job_id)


@pytest.mark.parametrize("job_id", ["/", "a/b", "../x", "a?b", " "])
def test_other_characters_are_left_to_the_service_and_cannot_leave_the_path(job_id):
    c = locjob.Client(region_name="us-east-1", aws_access_key_id="AK", aws_secret_access_key=SECRET,
                      endpoint_url="http://127.0.0.1:1", max_attempts=1)  # fmt: skip
    failure(locjob.EndpointConnectionError, "CONNECT_FAILED", c.get_job, JobId=job_id)


INVALID_UTF8 = {
    "lone byte": b"a\xff",
    "cut sequence": b"a\xe2\x82",
    "lone continuation": b"\x80",
    "surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
    "above U+10FFFF": b"\xf4\x90\x80\x80",
    "five bytes": b"\xf8\x88\x80\x80\x80",
}


@pytest.mark.parametrize("job_id", INVALID_UTF8.values(), ids=INVALID_UTF8)
def test_a_job_id_that_is_not_utf8(client, job_id):
    result = raw_get(client(), job_id)
    assert result.code == 2 and result.attempts == 0
    assert result.error_code == "INVALID_JOB_ID"
    assert is_one_clean_line(result.message)
    assert "\ufffd" in result.job_id


def test_a_job_id_that_is_null(client):
    result = raw_get(client(), None)
    assert result.code == 2 and result.job_id == "" and is_one_clean_line(result.message)


def test_a_control_character_in_a_job_id_does_not_reach_the_message(client):
    error = failure(locjob.ParamValidationError, "INVALID_JOB_ID", client().get_job, JobId="\n\x1b[31m" + "x" * 300)
    assert is_one_clean_line(str(error)) and len(str(error)) < 1000


# Handles


def test_null_handles_are_never_a_crash():
    library = locjob.library
    assert library.locjob_config_set(None, b"region", b"x") == 1
    assert library.locjob_call_set_timeout_ms(None, 1) == 1
    library.locjob_call_cancel(None)
    for function in ("config_free", "client_free", "call_free", "free"):
        getattr(library, f"locjob_{function}")(None)
    result = read(None)
    assert result.code == 3 and result.job is None  # a result that is missing is exhausted memory
    assert result.json["Error"]["Code"] == "OUT_OF_MEMORY"
    assert is_one_clean_line(result.message)


def test_a_config_without_a_name_or_value():
    library = locjob.library
    config = library.locjob_config_new()
    assert library.locjob_config_set(config, None, b"x") == 1
    assert library.locjob_config_set(config, b"region", None) == 0
    library.locjob_config_free(config)


def test_client_new_without_a_place_for_the_client():
    result = read(locjob.library.locjob_client_new(None, None))
    assert result.code == 1 and is_one_clean_line(result.message)


@pytest.mark.parametrize("number", [-1, -(1 << 63)])
def test_a_negative_time_limit(number):
    call = locjob.library.locjob_call_new()
    assert locjob.library.locjob_call_set_timeout_ms(call, number) == 1
    locjob.library.locjob_call_free(call)


def test_numbers_that_are_no_code_have_a_name_and_a_text():
    for number in (-1, 7, 99, 1 << 30):
        assert locjob.library.locjob_code_name(number) == b"LOCJOB_UNKNOWN"
        assert is_one_clean_line(locjob.library.locjob_code_text(number).decode())


# Settings


@pytest.mark.parametrize(
    "name",
    ["regoin", "", "REGION", "Region", "region ", "x" * 10_000, "wait\n\x1b[31m", "\u00e9"],
    ids=lambda text: ascii(text[:20]),
)
def test_an_unknown_setting(client, name):
    error = refused(locjob.UnknownSetting, "UNKNOWN_SETTING", "", client, **{name: "x"})
    assert re.sub(r"[^\w].*", "", name)[:10] in str(error)
    assert len(str(error)) < 1000


BAD_VALUES = [
    *[(name, value)
      for name in ("max_attempts", "connect_timeout_ms", "read_timeout_ms", "max_response_bytes", "max_connections")
      for value in ("0", "-1", "", " ", "1.5", "1e3", "0x10", "many", "1 2", "99999999999999999999", "\u0661", "1_000", "+-1")],
    *[("call_timeout_ms", value) for value in ("-1", "", "1.5", "soon", "99999999999999999999")],
    ("max_response_bytes", "1073741825"),
    *[(name, value)
      for name in ("use_fips_endpoint", "use_dualstack_endpoint", "disable_host_prefix_injection", "tcp_keepalive",
                   "ignore_configured_endpoint_urls", "use_environment")
      for value in ("yes", "1", "", "tru", "true ")],
    *[("retry_mode", value) for value in ("", "Standard", "STANDARD", "never")],
    *[("region", value) for value in ("us east 1", "us_east_1", "-us", "us-", "1234", "x" * 64, "us.east", "us/east", "us-east-1\r\nx", "\u00e9")],
]  # fmt: skip


@pytest.mark.parametrize("name, value", BAD_VALUES, ids=lambda text: ascii(text[:25]))
def test_a_value_its_setting_cannot_take(client, name, value):
    settings = {"region_name": value} if name == "region" else {name: value}
    refused(locjob.InvalidConfigError, "INVALID_SETTING", name, client, **settings)


@pytest.mark.parametrize("name", ["aws_secret_access_key", "aws_access_key_id", "aws_session_token"])
@pytest.mark.parametrize("value", ["a\r\nvery: secret", "very\x00"[:4] + "\x7f", "very\u00e9"], ids=ascii)
def test_a_credential_that_no_header_can_carry(client, name, value):
    """A line break in a token would let it write headers of its own."""
    given = {"aws_access_key_id": "AKID", "aws_secret_access_key": "s", name: value}

    def ask() -> None:
        client(**given).get_job(JobId="a-job")

    refused(locjob.InvalidConfigError, "INVALID_SETTING", name, ask)


def test_a_refused_setting_changes_nothing_and_is_remembered():
    library = locjob.library
    config, handle = library.locjob_config_new(), ctypes.c_void_p(1)
    assert library.locjob_config_set(config, b"max_attempts", b"2") == 0
    assert library.locjob_config_message(config) == b""
    assert library.locjob_config_set(config, b"max_attempts", b"none") == 11
    first = library.locjob_config_message(config)
    assert b"max_attempts" in first
    assert library.locjob_config_set(config, b"no_such", b"1") == 10
    assert library.locjob_config_message(config) == first
    result = read(library.locjob_client_new(config, ctypes.byref(handle)))
    assert handle.value is None and result.code == 11 and result.message.encode() == first
    library.locjob_config_free(config)


@pytest.mark.parametrize("value", [b"\xff", b"us-east-1\xc3"])
def test_a_setting_that_is_not_utf8(value):
    library = locjob.library
    config = library.locjob_config_new()
    assert library.locjob_config_set(config, b"region", value) == 11
    assert is_one_clean_line(library.locjob_config_message(config).decode())
    library.locjob_config_free(config)


# The environment


def from_environment(service, environment, **variables: str) -> locjob.Client:
    usual = {
        "AWS_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": SECRET,
        "AWS_ENDPOINT_URL": service.url,
    }
    for name, value in {**usual, **variables}.items():
        environment.setenv(name, value)
    return locjob.Client()


@pytest.mark.parametrize(
    "name, value",
    [
        ("AWS_MAX_ATTEMPTS", "0"),
        ("AWS_MAX_ATTEMPTS", "many"),
        ("AWS_RETRY_MODE", "Standard"),
        ("AWS_USE_FIPS_ENDPOINT", "1"),
        ("AWS_USE_DUALSTACK_ENDPOINT", "yes"),
        ("AWS_DISABLE_HOST_PREFIX_INJECTION", "on"),
        ("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "1"),
        ("AWS_REGION", "us east"),
        ("AWS_REGION", "\udcff"),
    ],
    ids=ascii,
)
def test_a_variable_with_a_value_its_setting_cannot_take(service, environment, name, value):
    refused(locjob.InvalidConfigError, "INVALID_SETTING", name, from_environment, service, environment, **{name: value})


@pytest.mark.parametrize("name", ["AWS_REGION", "AWS_MAX_ATTEMPTS", "AWS_USE_FIPS_ENDPOINT", "AWS_RETRY_MODE", "AWS_PROFILE",
                                  "AWS_ENDPOINT_URL_LOCATION", "AWS_CA_BUNDLE", "AWS_CONFIG_FILE", "http_proxy"])  # fmt: skip
def test_an_empty_variable_counts_as_unset(service, environment, name):
    from_environment(service, environment, AWS_DEFAULT_REGION="us-east-1", **{name: ""}).close()


@pytest.mark.parametrize("variable", ["AWS_PROFILE", "AWS_DEFAULT_PROFILE"])
def test_a_profile_that_no_file_has(service, environment, variable):
    refused(
        locjob.ProfileNotFound,
        "PROFILE_NOT_FOUND",
        "no-such",
        from_environment,
        service,
        environment,
        **{variable: "no-such"},
    )


def test_a_profile_that_was_named_in_code_and_no_file_has(client):
    refused(locjob.ProfileNotFound, "PROFILE_NOT_FOUND", "no-such", client, profile_name="no-such")


def test_no_region(client):
    refused(locjob.NoRegionError, "NO_REGION", "egion", client, region_name=None)


def test_no_region_when_the_environment_is_not_used(client, environment):
    environment.setenv("AWS_REGION", "us-east-1")
    refused(locjob.NoRegionError, "NO_REGION", "egion", client, region_name=None, use_environment=False)


# Files


@pytest.fixture
def files(tmp_path, environment):
    """Writes ~/.aws/config or ~/.aws/credentials."""
    folder = tmp_path / "home/.aws"
    folder.mkdir()

    def write(name: str, content: bytes):
        (folder / name).write_bytes(content)
        return folder / name

    return write


MALFORMED = {
    "text before the first section": b"region = us-east-1\n[default]\n",
    "a line that is nothing": b"[default]\nregion = us-east-1\nvery-odd-line\n",
    "an unclosed section": b"[default\nregion = us-east-1\n",
    "no name": b"[default]\n= very-secret\n",
    "not UTF-8": b"[default]\nregion = \xff\xfe\n",
    "binary": bytes(range(256)) * 4,
}


@pytest.mark.parametrize("content", MALFORMED.values(), ids=MALFORMED)
@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_malformed_file_is_named_with_its_line_and_its_content_is_not_shown(client, files, name, content):
    path = files(name, content)
    error = refused(locjob.ConfigParseError, "INVALID_FILE", str(path), client)
    assert re.search(r"\b[1-9]\d*\b", str(error).replace(str(path), ""))


@pytest.mark.parametrize("name", ["config", "credentials"])
def test_a_file_that_is_a_directory(client, tmp_path, name):
    (tmp_path / "home/.aws" / name).mkdir(parents=True)
    refused(locjob.ConfigParseError, "INVALID_FILE", name, client)


def test_a_file_that_never_ends(client):
    refused(locjob.ConfigParseError, "INVALID_FILE", "/dev/zero", client, config_file="/dev/zero")


@pytest.mark.parametrize(
    "content",
    [b"", b"not a certificate", b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", None],
    ids=["empty", "text", "damaged", "missing"],
)
def test_a_ca_bundle_that_is_none(client, service, tmp_path, content):
    bundle = tmp_path / "bundle.pem"
    if content is not None:
        bundle.write_bytes(content)
    with pytest.raises(locjob.ConfigParseError) as caught:
        client(endpoint_url=service.https_url, ca_bundle=bundle).get_job(JobId="a-job")
    assert caught.value.code_name == "LOCJOB_INVALID_FILE" and not caught.value.retryable
    assert str(bundle) in str(caught.value) and is_one_clean_line(str(caught.value))


@pytest.mark.parametrize(
    "line, name",
    [
        ("max_attempts = many", "max_attempts"),
        ("retry_mode = Standard", "retry_mode"),
        ("use_fips_endpoint = maybe", "use_fips_endpoint"),
        ("region = us east", "region"),
    ],
)
def test_a_key_of_a_profile_with_a_value_its_setting_cannot_take(client, files, line, name):
    path = files("config", f"[default]\n{line}\n".encode())
    region = None if name == "region" else "us-east-1"
    error = refused(locjob.InvalidConfigError, "INVALID_SETTING", name, client, region_name=region)
    assert "default" in str(error) or str(path) in str(error)


def test_a_services_section_that_is_missing(client, files):
    files("config", b"[default]\nservices = none-such\n")
    refused(locjob.InvalidConfigError, "INVALID_SETTING", "none-such", client, endpoint_url=None)


# Credentials


def test_no_credentials(client):
    c = client(aws_access_key_id=None, aws_secret_access_key=None)
    error = refused(locjob.NoCredentialsError, "NO_CREDENTIALS", "", c.get_job, JobId="a-job")
    assert "redentials" in str(error)


@pytest.mark.parametrize("given", ["aws_access_key_id", "aws_secret_access_key"])
def test_half_a_pair_of_keys_in_code(service, given):
    settings = {"region_name": "us-east-1", "endpoint_url": service.url, given: SECRET}

    def ask() -> None:
        locjob.Client(**settings).get_job(JobId="a-job")

    failure_of_half_a_pair(ask)


@pytest.mark.parametrize("given", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_half_a_pair_of_keys_in_the_environment(client, environment, given):
    environment.setenv(given, SECRET)
    c = client(aws_access_key_id=None, aws_secret_access_key=None)
    failure_of_half_a_pair(lambda: c.get_job(JobId="a-job"))


@pytest.mark.parametrize("name", ["config", "credentials"])
@pytest.mark.parametrize("given", ["aws_access_key_id", "aws_secret_access_key"])
def test_half_a_pair_of_keys_in_a_file(client, files, name, given):
    files(name, f"[default]\n{given} = {SECRET}\n".encode())
    c = client(aws_access_key_id=None, aws_secret_access_key=None)
    failure_of_half_a_pair(lambda: c.get_job(JobId="a-job"))


def failure_of_half_a_pair(ask) -> None:
    error = failure(locjob.PartialCredentialsError, "PARTIAL_CREDENTIALS", ask)
    assert is_one_clean_line(str(error)) and SECRET not in str(error)
    assert error.attempts == 0


# Endpoints

BAD_ENDPOINTS = [
    "", "localhost", "localhost:8080", "//localhost", "/path", "http://", "http:///path", "https://?x", "ftp://localhost",
    "file:///etc/passwd", "http:localhost", "http://localhost:port", "http://localhost:0", "http://localhost:65536",
    "http://localhost:-1", "http://user:very@localhost", "http://user@localhost", "http://localhost?x=1",
    "http://localhost#x", "http://local host", "http://localhost/a b", "http://[::1",
    "http://[zz]", "http://localhost\\@example.com", "http://" + "a" * 300,
]  # fmt: skip


@pytest.mark.parametrize("url", BAD_ENDPOINTS, ids=ascii)
def test_an_endpoint_that_is_no_usable_url(client, url):
    refused(locjob.InvalidEndpoint, "INVALID_ENDPOINT", "endpoint", client, endpoint_url=url)


@pytest.mark.parametrize("url", ["http://localhost\r\nx: y", "http://localhost/\x7f", "http://localhost/\t"], ids=ascii)
def test_a_control_character_in_an_endpoint(client, url):
    refused(locjob.InvalidConfigError, "INVALID_SETTING", "endpoint_url", client, endpoint_url=url)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_LOCATION"])
def test_a_variable_with_an_endpoint_that_is_no_usable_url(service, environment, name):
    refused(
        locjob.InvalidEndpoint,
        "INVALID_ENDPOINT",
        name,
        from_environment,
        service,
        environment,
        **{name: "localhost:80"},
    )


@pytest.mark.parametrize("key", ["endpoint_url = ftp://x", "services = mine"])
def test_a_profile_with_an_endpoint_that_is_no_usable_url(client, files, key):
    path = files("config", f"[default]\n{key}\n[services mine]\nlocation =\n  endpoint_url = ftp://x\n".encode())
    error = refused(locjob.InvalidEndpoint, "INVALID_ENDPOINT", "endpoint_url", client, endpoint_url=None)
    assert "default" in str(error) or str(path) in str(error) or "mine" in str(error)


@pytest.mark.parametrize("name", ["use_fips_endpoint", "use_dualstack_endpoint"])
def test_fips_or_dualstack_cannot_be_had_of_a_custom_endpoint(client, name):
    """boto3 leaves both out without a word."""
    refused(locjob.InvalidEndpoint, "INVALID_ENDPOINT", name, client, **{name: True})

"""Builds each C program of this folder with gcc and with clang, and runs it against the release library.

What a program needs of the service is set up here; what must hold is written in the program. By hand:
.venv/bin/python -m pytest Tests/abi/c
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

import pytest

from programs import LIBRARY, NOBODY_LISTENS, STRICT, TOP, VALGRIND, both


def test_layout(run):
    run("layout")


def test_null(run):
    run("null")


def test_mistakes(run):
    run("mistakes")


def test_codes(run):
    run("codes")


@both
def test_get(run, secure):
    run("get", secure=secure)


def test_failures(run):
    run("failures", NOBODY_LISTENS)


@both
def test_cancel_from_signal(run, secure):
    run("cancel_from_signal", secure=secure)


@both
def test_interrupted(run, secure):
    run("interrupted", secure=secure)


def test_callbacks(run):
    run("callbacks")


def test_explain(run):
    run("explain")


@both
def test_own_malloc(run, secure):
    run("own_malloc", secure=secure)


@both
def test_errno_kept(run, secure):
    run("errno_kept", secure=secure)


@both
def test_sigpipe(run, secure):
    run("sigpipe", secure=secure)


@both
def test_signals_as_found(run, secure):
    run("signals_as_found", secure=secure)


@both
def test_descriptors(run, secure):
    run("descriptors", secure=secure)


@both
def test_cloexec(run, secure):
    run("cloexec", secure=secure)


KEY, SECRET, TOKEN = "AKIDSECRETS", "s3cr3t/of+the=programs/0123456789abcdefgh", "t0ken//of+the=programs" * 12


@pytest.fixture
def places(service, credential_services, tmp_path):
    """By name: the variables and files that give the same credentials in other ways."""
    from credential_services import Answer, document

    service.add_key(KEY, SECRET, session_token=TOKEN)
    credential_services.reset()
    # Behind so much that no later answer lies over them in a buffer that is used again.
    body = b'{"LastUpdated": "%b", ' % (b"x" * 4000) + document(KEY, SecretAccessKey=SECRET, Token=TOKEN)[1:]
    credential_services.always("container", Answer(body))
    folder = tmp_path / ".aws"
    folder.mkdir()
    keys = f"aws_access_key_id = {KEY}\naws_secret_access_key = {SECRET}\naws_session_token = {TOKEN}\n"
    program = {"Version": 1, "AccessKeyId": KEY, "SecretAccessKey": SECRET, "SessionToken": TOKEN}
    (tmp_path / "program").write_text(json.dumps(program))

    def put(place: str) -> dict:
        none = {"AWS_ACCESS_KEY_ID": "", "AWS_SECRET_ACCESS_KEY": ""}
        if place == "environment":
            return {"AWS_ACCESS_KEY_ID": KEY, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_SESSION_TOKEN": TOKEN}
        if place == "file":
            (folder / "credentials").write_text(f"[default]\n{keys}")
        elif place == "program":
            (folder / "config").write_text(f"[default]\ncredential_process = cat {tmp_path / 'program'}\n")
        elif place == "container":
            return {**none, "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"{credential_services.url}/container"}
        return none

    return put


def flipped(text: str) -> str:
    return bytes(byte ^ 0xFF for byte in text.encode()).hex()


#: What stands around the copies of others: the text of requests, which libcurl frees as it is, and the text of
#: answers, which it and OpenSSL have read. All are gone when libcurl is given a free() that wipes
#: (curl_global_init_mem) and OpenSSL SSL_OP_CLEANSE_PLAINTEXT, as wiping_curl.c does.
OF_OTHERS = re.compile(r"X-Amz-Security-Token: \||WebIdentityToken=\||<(SecretAccessKey|SessionToken)>\|</")


@pytest.fixture(scope="session")
def wiping_curl(tmp_path_factory):
    library = tmp_path_factory.mktemp("wiping") / "wiping_curl.so"
    source = Path(__file__).with_name("wiping_curl.c")
    subprocess.run(["cc", *STRICT, "-shared", "-fPIC", source, "-o", library, "-lcurl", "-lssl", "-ldl"], check=True)
    return str(library)


@pytest.fixture(params=["alone", "wiping"])
def left_of_secrets(request, run, wiping_curl):
    """Runs secrets.c; returns the copies that it must not find."""

    def run_program(way: str, *secrets: str, **variables) -> list:
        if request.param == "wiping":
            variables["LD_PRELOAD"] = wiping_curl
        live, *left = run("secrets", way, *map(flipped, secrets), **variables).stdout.splitlines()
        assert int(live.removeprefix("live ")) > 0, "the program does not see what is there"
        return [line for line in left if request.param == "wiping" or not OF_OTHERS.search(line)]

    return run_program


@both
@pytest.mark.parametrize("place", ["config", "provider", "environment", "file", "program", "container"])
def test_secrets(left_of_secrets, places, secure, place):
    way = place if place in ("config", "provider") else "chain"
    assert left_of_secrets(way, SECRET, TOKEN, secure=secure, **places(place)) == []


def test_secrets_of_a_role(left_of_secrets, places, tmp_path):
    """Asked for with a token, over TLS: the token of the request, and the keys of the answer."""
    from credential_services import secret_of, sts_xml, token_of
    from proxies import EveryHost

    action, identity = "AssumeRoleWithWebIdentity", "ey.identity+of/programs==" * 20
    answer = sts_xml(action, KEY).decode().replace(secret_of(KEY), SECRET).replace(token_of(KEY), TOKEN)
    answer = f"<!--{'x' * 4000}-->{answer}".encode()
    (tmp_path / "identity").write_text(identity)
    with EveryHost(b"", str(tmp_path / "ca.pem"), lambda request: answer) as sts:
        variables = {
            **places("role"),
            "AWS_ROLE_ARN": "arn:aws:iam::123456789012:role/programs",
            "AWS_WEB_IDENTITY_TOKEN_FILE": str(tmp_path / "identity"),
            "AWS_CA_BUNDLE": sts.ca_file,
            "https_proxy": sts.url,
            "no_proxy": "127.0.0.1",
        }
        assert left_of_secrets("chain", SECRET, TOKEN, identity, quote(identity, safe=""), **variables) == []
        assert [request.url for request in sts.requests] == ["https://sts.us-east-1.amazonaws.com/"]


@pytest.fixture(scope="session")
def locales(tmp_path_factory):
    """A folder with a locale that writes a decimal comma; the machine's own locales stay as they are."""
    folder = tmp_path_factory.mktemp("locales")
    subprocess.run(["localedef", "-i", "de_DE", "-f", "UTF-8", folder / "de_DE.UTF-8"], check=True)
    return folder


def test_decimal_comma(run, locales):
    run("decimal_comma", "de_DE.UTF-8", LOCPATH=str(locales))


@both
def test_dlopen(run, secure):
    run("dlopen", LIBRARY, secure=secure)


@both
def test_threads(run, secure):
    run("threads", secure=secure)


@both
def test_free_while_calling(run, secure):
    run("free_while_calling", secure=secure)


def test_turns(run):
    run("turns")


@both
def test_fork(run, secure):
    run("fork", secure=secure)


def test_readme(run, tmp_path):
    """The program in README.md, as it stands there."""
    source = tmp_path / "readme.c"
    source.write_text(re.search(r"```c\n(.*?)```", (TOP / "README.md").read_text(), re.DOTALL)[1])
    assert run(source).stdout == "Running\n"


EXAMPLE = TOP / "examples/c/get_job.c"
SHOWN = """\
Job id                whole
ARN                   arn:aws:geo:us-east-1:123456789012:job/whole
Name                  name with\0NUL
Status                Failed
Action                ValidateAddress
Created at            2026-11-20T08:30:00.123456789Z
Updated at            1969-12-31T23:59:59.5Z
Ended at              1970-01-01T00:00:00Z
Execution role        arn:aws:iam::123456789012:role/LocationJobs
Input location        s3://example/input/
Input format          Parquet
Output location       s3://example/output/
Output format         Parquet
Additional feature    Position
Additional feature    CountrySpecificAttributes
Error code            ValidationError
Error message         Column 'Country' is missing.
Error message         東京 🗼
Tag                   stadt = Zürich
Tag                   empty =\x20
"""


def test_example(run):
    assert run(EXAMPLE, "whole", status=1).stdout == SHOWN


def test_example_of_a_failure(run):
    reported = run(EXAMPLE, "throttled", status=2, AWS_MAX_ATTEMPTS="2").stderr
    for word in ("LOCJOB_THROTTLED", "ThrottlingException", "request id", "attempts    2"):
        assert word in reported


@pytest.mark.parametrize("arguments", [(), ("--follow", "whole"), ("--follow", "0", "whole"), ("--follow", "1s", "whole")])
def test_example_used_wrongly(run, arguments):
    assert "usage" in run(EXAMPLE, *arguments, status=2).stderr


@both
@pytest.mark.parametrize("name", ["null", "get", "threads"])
def test_memory(run, name, secure):
    run(name, secure=secure, under=VALGRIND)


def test_memory_of_failures(run):
    run("failures", NOBODY_LISTENS, under=VALGRIND)

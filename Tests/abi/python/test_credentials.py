"""Where credentials come from, over real sockets, files and processes: each provider from what configures it
to a request that the service accepts. What the answers may be is in test_credentials_hostile.py."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import logging
import os
import re
import stat
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from credential_services import (
    Answer,
    document,
    form,
    iso,
    parts_of,
    secret_of,
    shell_word,
    signed_with,
    sts_error,
    sts_xml,
    token_of,
)
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from proxies import ForwardProxy, Recorder, read_request
from support import failure, stopwatch, unused_port

import locjob

BASE_KEYS = "aws_access_key_id = AKIDBASE\naws_secret_access_key = base-secret\n"
ROLE = "[default]\nrole_arn = arn:aws:iam::123456789012:role/one\nsource_profile = base\n"
BASE = f"[base]\n{BASE_KEYS}"


def get(client, **named):
    return client.get_job(JobId="a-job", **named)


def used_keys(service):
    """The access keys of the requests that the local service has accepted."""
    logged = service.requests(clear=True)
    assert all(request["signature"] == "ok" for request in logged), [each["signature"] for each in logged]
    return [signed_with(request) for request in logged]


# Roles


def test_a_role_of_a_profile(services, service, chain_client, shared_files):
    shared_files(
        ROLE + "role_session_name = nightly\nexternal_id = a+b/c&d é\nduration_seconds = 900\n",
        BASE,
    )
    client = chain_client()
    assert services.requests == []  # not before they are needed
    get(client), get(client)
    (request,) = services.requests
    assert form(request) == {
        "Action": "AssumeRole",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/one",
        "RoleSessionName": "nightly",
        "ExternalId": "a+b/c&d é",
        "DurationSeconds": "900",
    }
    assert signed_with(request) == "AKIDBASE"
    assert used_keys(service) == ["ASIAROLE"] * 2


def test_a_session_that_nobody_named_is_called_after_the_time(services, chain_client, shared_files):
    shared_files(ROLE, BASE)
    get(chain_client())
    name = form(services.requests[0])["RoleSessionName"]
    assert abs(int(name.removeprefix("locjob-session-")) - time.time()) < 60


THREE_ROLES = """[default]
role_arn = arn:aws:iam::123456789012:role/three
role_session_name = s3
source_profile = two
[profile two]
role_arn = arn:aws:iam::123456789012:role/two
role_session_name = s2
source_profile = one
[profile one]
role_arn = arn:aws:iam::123456789012:role/one
role_session_name = s1
source_profile = base
"""


def test_a_chain_of_three_roles(services, service, chain_client, shared_files):
    shared_files(THREE_ROLES, BASE)
    keys = ["ASIAONE", "ASIATWO", "ASIATHREE"]
    services.script("AssumeRole", *(Answer(sts_xml("AssumeRole", key)) for key in keys))
    service.add_key("ASIATHREE", secret_of("ASIATHREE"), session_token=token_of("ASIATHREE"))
    get(chain_client())
    assert [form(request)["RoleArn"].rpartition("/")[2] for request in services.requests] == ["one", "two", "three"]
    assert [signed_with(request) for request in services.requests] == ["AKIDBASE", "ASIAONE", "ASIATWO"]
    tokens = [request.fields.get("x-amz-security-token") for request in services.requests]
    assert tokens == [None, token_of("ASIAONE"), token_of("ASIATWO")]
    assert used_keys(service) == ["ASIATHREE"]


@pytest.mark.parametrize("source", ["Environment", "EcsContainer", "Ec2InstanceMetadata"])
def test_a_role_by_the_credentials_of_its_surroundings(
    services, service, chain_client, shared_files, environment, source
):
    shared_files(f"[profile p]\nrole_arn = arn:aws:iam::123456789012:role/one\ncredential_source = {source}\n")
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    environment.setenv("AWS_ACCESS_KEY_ID", "AKIDENV")
    environment.setenv("AWS_SECRET_ACCESS_KEY", "env-secret")
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
    get(chain_client(profile_name="p"))
    expected = {"Environment": "AKIDENV", "EcsContainer": "ASIACONTAINER", "Ec2InstanceMetadata": "ASIAINSTANCE"}
    assert signed_with(services.of("AssumeRole")[0]) == expected[source]
    assert used_keys(service) == ["ASIAROLE"]


def test_what_sts_refuses_is_said(services, chain_client, shared_files):
    shared_files(ROLE, BASE)
    services.always("AssumeRole", Answer(sts_error("AccessDenied", "User is not authorized"), 403))
    client = chain_client()
    for _ in range(2):
        error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, client)
        assert str(error) == (
            'assume-role: role "arn:aws:iam::123456789012:role/one": AccessDenied: User is not authorized'
        )
        assert error.attempts == 0 and "base-secret" not in str(error)
    assert len(services.requests) == 2  # not retried within a call, asked again by the next


def test_sts_is_asked_again_when_it_fails(services, service, chain_client, shared_files):
    shared_files(ROLE, BASE)
    services.script("AssumeRole", Answer(b"", 500), Answer(raw=b""))
    get(chain_client(max_attempts=3))
    numbers = [request.fields["amz-sdk-request"].partition(";")[0] for request in services.requests]
    assert numbers == ["attempt=1", "attempt=2", "attempt=3"]
    assert used_keys(service) == ["ASIAROLE"]


@pytest.fixture
def web_identity(environment, tmp_path):
    file = tmp_path / "token"
    file.write_text("ey.first.token\n")
    environment.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(file))
    environment.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
    environment.setenv("AWS_ROLE_SESSION_NAME", "pod")
    return file


def test_a_role_by_web_identity(services, service, chain_client, web_identity):
    services.lifetime = 2
    client = chain_client()
    get(client)
    web_identity.write_text("ey.second.token")
    time.sleep(2.1)
    get(client)
    first, second = map(form, services.requests)
    assert first == {
        "Action": "AssumeRoleWithWebIdentity",
        "Version": "2011-06-15",
        "RoleArn": "arn:aws:iam::123456789012:role/web",
        "RoleSessionName": "pod",
        "WebIdentityToken": "ey.first.token",
    }
    assert second["WebIdentityToken"] == "ey.second.token"  # the file is read at every refresh
    assert all(signed_with(request) is None for request in services.requests)
    assert used_keys(service) == ["ASIAWEB"] * 2


def test_a_token_file_that_is_missing_is_named(services, chain_client, web_identity):
    web_identity.unlink()
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert str(web_identity) in str(error) and services.requests == []


# Roles and instances of moto, which others have written


@pytest.fixture(scope="session")
def running_moto():
    """moto's server as a child on a free port; yields its URL."""
    process = subprocess.Popen(
        [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        lines = []
        while not (found := re.search(r"Running on (http://[\d.:]+)", lines[-1] if lines else "")):
            lines.append(process.stdout.readline())
            assert lines[-1], f"moto ended: {lines}"
        threading.Thread(target=process.stdout.read, daemon=True).start()
        yield found[1]
    finally:
        process.terminate()
        process.wait(10)


class Relay(Recorder):
    """Stands before moto, and teaches the local service the keys that moto gives away: in `given`."""

    def __init__(self, moto: str, service) -> None:
        self._moto = urlsplit(moto).netloc
        self._service = service
        self.given = []
        super().__init__()

    def handle(self, connection) -> None:
        request = read_request(connection)
        if request is None:
            return
        onward = http.client.HTTPConnection(self._moto, timeout=20)
        onward.request(request.method, request.target, request.body or None, dict(request.headers))
        response = onward.getresponse()
        body = response.read()
        onward.close()
        names = ("AccessKeyId", "SecretAccessKey", "(?:Session)?Token")
        parts = [re.search(f'[<"]{name}(?:>|": ")([^<"]+)', body.decode()) for name in names]
        if all(parts):
            key, secret, token = (part[1] for part in parts)
            self.given.append(key)
            self._service.add_key(key, secret, session_token=token)
        self.requests.append(request)
        head = f"HTTP/1.1 {response.status} Moto\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"
        connection.sendall(head.encode() + body)


@pytest.fixture
def moto(running_moto, service, environment):
    with Relay(running_moto, service) as relay:
        for name in ("AWS_ENDPOINT_URL_STS", "AWS_EC2_METADATA_SERVICE_ENDPOINT"):
            environment.setenv(name, relay.url)
        yield relay


def check_moto(moto, service, client, requests: int, keys: int) -> None:
    get(client)
    assert (len(moto.requests), len(moto.given)) == (requests, keys)
    assert used_keys(service) == [moto.given[-1]]


def test_a_role_of_moto(service, moto, chain_client, shared_files):
    shared_files(ROLE, BASE)
    check_moto(moto, service, chain_client(), 1, 1)


def test_three_roles_of_moto(service, moto, chain_client, shared_files):
    shared_files(THREE_ROLES, BASE)
    check_moto(moto, service, chain_client(), 3, 3)


def test_a_web_identity_of_moto(service, moto, chain_client, web_identity):
    check_moto(moto, service, chain_client(), 1, 1)


def test_an_instance_of_moto(service, moto, chain_client, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    check_moto(moto, service, chain_client(), 3, 1)


def test_a_role_by_an_instance_of_moto(service, moto, chain_client, shared_files, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    role = "role_arn = arn:aws:iam::123456789012:role/one\ncredential_source = Ec2InstanceMetadata\n"
    shared_files(f"[profile instance]\n{role}")
    check_moto(moto, service, chain_client(profile_name="instance"), 4, 2)


# MFA


MFA_ROLE = ROLE + "mfa_serial = arn:aws:iam::123456789012:mfa/me\n"


def test_the_code_of_an_mfa_device_is_asked_for(services, service, chain_client, shared_files):
    shared_files(MFA_ROLE, BASE)
    serials = []
    get(chain_client(mfa_provider=lambda serial: serials.append(serial) or "123456"))
    assert serials == ["arn:aws:iam::123456789012:mfa/me"]
    members = form(services.requests[0])
    assert (members["SerialNumber"], members["TokenCode"]) == ("arn:aws:iam::123456789012:mfa/me", "123456")
    assert used_keys(service) == ["ASIAROLE"]


@pytest.mark.parametrize("given", ["", "12345", "1234567", "12345x", "123 456", "x" * 64, "1" * 10000, None])
def test_what_is_no_code_is_not_sent(services, chain_client, shared_files, given):
    shared_files(MFA_ROLE, BASE)
    error = failure(
        locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client(mfa_provider=lambda serial: given)
    )
    assert "mfa/me" in str(error) and services.requests == []


def test_without_a_provider_of_codes_the_device_is_named(services, chain_client, shared_files):
    shared_files(MFA_ROLE, BASE)
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert "mfa/me" in str(error) and services.requests == []


def test_what_a_provider_of_codes_raises_is_the_cause(services, chain_client, shared_files):
    shared_files(MFA_ROLE, BASE)

    def provider(serial):
        raise KeyError("no phone")

    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client(mfa_provider=provider))
    assert isinstance(error.__cause__, KeyError) and services.requests == []


# Programs


def process_profile(tmp_path, body: str, *arguments: str) -> str:
    """A profile whose credential_process is a Python script."""
    script = tmp_path / "the program.py"
    script.write_text(f"import json, os, sys, time\n{body}\n")
    words = " ".join(map(shell_word, [sys.executable, str(script), *arguments]))
    return f"[default]\ncredential_process = {words}\n"


def program_document(key: str, **members) -> str:
    usual = {"Version": 1, "AccessKeyId": key, "SecretAccessKey": secret_of(key), "SessionToken": token_of(key)}
    return json.dumps({**usual, **members})


def children() -> dict:
    """The processes of which this one is the parent, with their states."""
    found = {}
    for status in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = status.read_text().rpartition(")")[2].split()[:2]
        except (FileNotFoundError, ProcessLookupError):
            continue
        if int(parent) == os.getpid():
            found[int(status.parent.name)] = state
    return found


@pytest.fixture
def no_children_left():
    before = children()
    yield
    assert children().keys() <= before.keys()


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_program_gives_credentials(services, service, chain_client, shared_files, tmp_path, no_children_left):
    body = f"""
assert sys.argv[1:] == ["two words", "$HOME", "a'b"], sys.argv
assert sys.stdin.read() == "" and os.environ["FROM_OUTSIDE"] == "x"
print({program_document("ASIAROLE", Expiration=iso(time.time() + 3600))!r})
open({str(tmp_path / "runs")!r}, "a").write("x")"""
    os.environ["FROM_OUTSIDE"] = "x"
    try:
        shared_files(process_profile(tmp_path, body, "two words", "$HOME", "a'b"))
        client = chain_client()
        get(client), get(client)
    finally:
        del os.environ["FROM_OUTSIDE"]
    assert used_keys(service) == ["ASIAROLE"] * 2 and (tmp_path / "runs").read_text() == "x"


def test_a_program_that_fails_says_why(services, chain_client, shared_files, tmp_path, no_children_left):
    shared_files(
        process_profile(
            tmp_path,
            f"print({secret_of('A')!r}); sys.stderr.write('no\\tticket\\nfor you\\x1b[31m'); sys.exit(3)",
            "--pass=hush",
        )
    )
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    message = str(error)
    assert "ended with status 3" in message and "ticket" in message and "for you" in message
    assert sys.executable in message and "line 2" in message
    assert "hush" not in message and secret_of("A") not in message
    assert "\n" not in message and "\x1b" not in message and "\t" not in message


HANG = """
open(PIDS, "w").write(str(os.getpid()))
os.rename(PIDS, PIDS + ".whole")
time.sleep(600)"""


def hanging(tmp_path) -> str:
    return process_profile(tmp_path, HANG.replace("PIDS", repr(str(tmp_path / "pid"))))


def pid_of_hanging(tmp_path) -> int:
    file = tmp_path / "pid.whole"
    end = time.monotonic() + 10
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.01)
    return int(file.read_text())


def test_a_program_that_hangs_is_ended_at_the_deadline(
    services, chain_client, shared_files, tmp_path, no_children_left
):
    shared_files(hanging(tmp_path))
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", get, chain_client(), timeout=1)
    assert 0.9 < watch.seconds < 3
    assert not is_running(pid_of_hanging(tmp_path))


def test_a_program_that_hangs_is_ended_with_its_call(services, chain_client, shared_files, tmp_path, no_children_left):
    shared_files(hanging(tmp_path))
    client, call = chain_client(), locjob.Call()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(failure, locjob.Cancelled, "CANCELLED", get, client, call=call)
        pid = pid_of_hanging(tmp_path)
        assert is_running(pid)
        with stopwatch() as watch:
            call.cancel()
            asked.result(10)
    assert watch.seconds < 1 and not is_running(pid)


def test_a_program_that_hangs_is_ended_with_its_client(
    services, chain_client, shared_files, tmp_path, no_children_left
):
    shared_files(hanging(tmp_path))
    client = chain_client()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(failure, locjob.Cancelled, "CANCELLED", get, client)
        pid = pid_of_hanging(tmp_path)
        with stopwatch() as watch:
            client.close()
            asked.result(10)
    assert watch.seconds < 1 and not is_running(pid)


def test_the_children_of_a_program_are_ended_too(services, chain_client, shared_files, tmp_path, no_children_left):
    file = tmp_path / "child"
    body = f"child = os.fork()\nif child: open({str(file)!r}, 'w').write(str(child))\ntime.sleep(600)"
    shared_files(process_profile(tmp_path, body))
    failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", get, chain_client(), timeout=1)
    end = time.monotonic() + 5
    while is_running(int(file.read_text())) and time.monotonic() < end:
        time.sleep(0.01)
    assert not is_running(int(file.read_text()))


@pytest.mark.parametrize("stream", ["stdout", "stderr"])
def test_a_program_that_floods_is_bounded(services, chain_client, shared_files, tmp_path, no_children_left, stream):
    # To its output it is ended; what it writes as errors is read to the end and mostly thrown away.
    body = f"[sys.{stream}.write('x' * 65536) for _ in range(400)]; sys.exit(1)"
    shared_files(process_profile(tmp_path, body))
    with stopwatch() as watch:
        error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert watch.seconds < 10 and len(str(error)) < 2000
    assert ("wrote more than" if stream == "stdout" else "ended with status 1") in str(error)


def test_a_program_that_is_not_there_is_named(services, chain_client, shared_files):
    shared_files("[default]\ncredential_process = /nonexistent/program\n")
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert '"/nonexistent/program"' in str(error) and "there is no such program" in str(error)


# SSO


SSO_PROFILE = """[default]
sso_session = corp
sso_account_id = 123456789012
sso_role_name = Read Only
[sso-session corp]
sso_start_url = https://corp.example/start
sso_region = us-east-1
"""


def sso_token(home: Path, login: str, **members) -> Path:
    """Writes the token file of a login, as the AWS CLI would."""
    folder = home / ".aws/sso/cache"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / (hashlib.sha1(login.encode()).hexdigest() + ".json")
    usual = {
        "startUrl": "https://corp.example/start",
        "region": "us-east-1",
        "accessToken": "sso-access-token",
        "expiresAt": iso(time.time() + 3600),
        "clientId": "the client",
        "clientSecret": "client\u20acsecret",
        "registrationExpiresAt": iso(time.time() + 86400),
        "refreshToken": "first-refresh-token",
        "ofALaterVersion": {"kept": [1, 2.50, None]},
    }
    file.write_text(json.dumps({**usual, **members}))
    file.chmod(0o644)
    return file


def test_credentials_of_an_sso_session(services, service, chain_client, shared_files, tmp_path):
    shared_files(SSO_PROFILE)
    file = sso_token(tmp_path / "home", "corp")
    before = file.read_bytes()
    get(chain_client())
    (request,) = services.requests
    assert request.target == "/federation/credentials?role_name=Read%20Only&account_id=123456789012"
    assert request.fields["x-amz-sso_bearer_token"] == "sso-access-token"
    assert signed_with(request) is None
    assert file.read_bytes() == before
    assert used_keys(service) == ["ASIASSO"]


def test_a_role_by_sso_credentials(services, service, chain_client, shared_files, tmp_path):
    """Both from one host: nothing of the portal's URL may stay for STS."""
    shared_files(ROLE.replace("base", "sso") + SSO_PROFILE.replace("[default]", "[profile sso]"))
    sso_token(tmp_path / "home", "corp")
    get(chain_client())
    assert [request.target.partition("?")[0] for request in services.requests] == ["/federation/credentials", "/"]
    assert services.requests[1].target == "/"
    assert used_keys(service) == ["ASIAROLE"]


def test_credentials_of_the_older_sso(services, service, chain_client, shared_files, tmp_path):
    lines = "sso_start_url = https://old.example/start\nsso_region = us-east-1\n"
    shared_files(f"[default]\n{lines}sso_account_id = 123456789012\nsso_role_name = r\n")
    sso_token(tmp_path / "home", "https://old.example/start")
    get(chain_client())
    assert services.kinds == ["portal"] and used_keys(service) == ["ASIASSO"]


def test_an_sso_token_is_refreshed_and_its_file_replaced(services, service, chain_client, shared_files, tmp_path):
    shared_files(SSO_PROFILE)
    file = sso_token(tmp_path / "home", "corp", expiresAt=iso(time.time() + 600))
    old, inode, reader = json.loads(file.read_text()), file.stat().st_ino, file.open("rb")
    get(chain_client())
    assert services.kinds == ["oidc", "portal"]
    asked, used = services.requests
    assert json.loads(asked.body) == {
        "grantType": "refresh_token",
        "clientId": "the client",
        "clientSecret": "client\u20acsecret",
        "refreshToken": "first-refresh-token",
    }
    assert used.fields["x-amz-sso_bearer_token"] == "new-sso-token"
    new = json.loads(file.read_text())
    end = new.pop("expiresAt")
    assert abs(time.mktime(time.strptime(end, "%Y-%m-%dT%H:%M:%SZ")) - time.timezone - time.time() - 28800) < 60
    assert new == {
        **{k: v for k, v in old.items() if k != "expiresAt"},
        "accessToken": "new-sso-token",
        "refreshToken": "next",
    }
    # Renamed into place: whoever was reading the old file still has it whole. And nobody else may read it.
    assert json.loads(reader.read()) == old and file.stat().st_ino != inode
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert os.listdir(file.parent) == [file.name]
    assert used_keys(service) == ["ASIASSO"]


def test_a_refresh_that_fails_leaves_the_file_and_the_token_in_use(
    services, service, chain_client, shared_files, tmp_path
):
    shared_files(SSO_PROFILE)
    file = sso_token(tmp_path / "home", "corp", expiresAt=iso(time.time() + 600))
    before = file.read_bytes()
    services.always("oidc", Answer(b'{"error":"invalid_grant"}', 400))
    get(chain_client())
    assert services.kinds == ["oidc", "portal"] and file.read_bytes() == before
    assert services.requests[1].fields["x-amz-sso_bearer_token"] == "sso-access-token"
    assert used_keys(service) == ["ASIASSO"]


def test_an_sso_token_that_nobody_can_refresh_names_the_command(services, chain_client, shared_files, tmp_path):
    shared_files(SSO_PROFILE)
    sso_token(tmp_path / "home", "corp", expiresAt=iso(time.time() - 1))
    services.always("oidc", Answer(b'{"error":"invalid_grant"}', 400))
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert 'log in with "aws sso login"' in str(error) and services.kinds == ["oidc"]
    assert not re.search("token-|secret|client€", str(error))


def test_a_portal_that_knows_no_token_names_the_command(services, chain_client, shared_files, tmp_path):
    shared_files(SSO_PROFILE)
    sso_token(tmp_path / "home", "corp")
    services.always("portal", Answer(b'{"message":"Session token not found"}', 401))
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert 'log in with "aws sso login"' in str(error) and "sso-access-token" not in str(error)


def test_without_an_sso_login_the_file_is_named(services, chain_client, shared_files):
    shared_files(SSO_PROFILE)
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert hashlib.sha1(b"corp").hexdigest() in str(error) and services.requests == []


# aws login


LOGIN = "arn:aws:iam::123456789012:user/me"
LOGIN_PROFILE = f"[default]\nlogin_session = {LOGIN}\n"


def login_file(folder: Path, lifetime: float, key=None, **members) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    key = key or ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption()
    )
    file = folder / (hashlib.sha256(LOGIN.encode()).hexdigest() + ".json")
    access = {**parts_of("ASIAWEB"), "accountId": "123456789012", "expiresAt": iso(time.time() + lifetime)}
    usual = {
        "accessToken": access,
        "tokenType": "urn:aws:params:oauth:token-type:access_token_sigv4",
        "refreshToken": "first/refresh+token",
        "idToken": "ey.id",
        "clientId": "arn:aws:signin:::devtools/same-device",
        "dpopKey": pem.decode(),
    }
    file.write_text(json.dumps({**usual, **members}))
    return file


def unpadded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def check_proof(proof: str, key, url: str) -> dict:
    """What RFC 9449, section 4.3, has a server check; returns the claims."""
    head, claims, signature = proof.split(".")
    header, body = json.loads(unpadded(head)), json.loads(unpadded(claims))
    assert (header["typ"], header["alg"]) == ("dpop+jwt", "ES256")
    jwk, numbers = header["jwk"], key.public_key().public_numbers()
    assert (jwk["kty"], jwk["crv"]) == ("EC", "P-256") and "d" not in jwk
    assert (int.from_bytes(unpadded(jwk["x"]), "big"), int.from_bytes(unpadded(jwk["y"]), "big")) == (
        numbers.x,
        numbers.y,
    )
    raw = unpadded(signature)
    assert len(raw) == 64
    both = int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big")
    key.public_key().verify(encode_dss_signature(*both), f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    assert (body["htm"], body["htu"]) == ("POST", url) and abs(body["iat"] - time.time()) < 60
    return body


def test_a_login_that_lives_is_used_as_it_is(services, service, chain_client, shared_files):
    folder = shared_files(LOGIN_PROFILE)
    login_file(folder / "login/cache", 3600)
    get(chain_client())
    assert services.requests == [] and used_keys(service) == ["ASIAWEB"]


def test_a_login_is_refreshed_with_a_proof_and_its_file_replaced(
    services, service, chain_client, shared_files, environment, tmp_path
):
    shared_files(LOGIN_PROFILE)
    environment.setenv("AWS_LOGIN_CACHE_DIRECTORY", str(tmp_path / "elsewhere"))
    key = ec.generate_private_key(ec.SECP256R1())
    file = login_file(tmp_path / "elsewhere", 60, key, ofALaterVersion=[1])
    old = json.loads(file.read_text())
    services.script("signin", Answer(b"", 500))
    get(chain_client())
    first, second = services.requests
    assert first.target == second.target == "/v1/token"
    proofs = [check_proof(request.fields["dpop"], key, f"{services.url}/v1/token") for request in (first, second)]
    assert proofs[0]["jti"] != proofs[1]["jti"]
    assert json.loads(second.body) == {
        "clientId": old["clientId"],
        "refreshToken": "first/refresh+token",
        "grantType": "refresh_token",
    }
    new = json.loads(file.read_text())
    end = new["accessToken"].pop("expiresAt")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", end)
    assert new["accessToken"] == {**parts_of("ASIALOGIN"), "accountId": "123456789012"}
    assert new["refreshToken"] == "r2"
    for name in ("clientId", "dpopKey", "idToken", "tokenType", "ofALaterVersion"):
        assert new[name] == old[name]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and os.listdir(file.parent) == [file.name]
    assert used_keys(service) == ["ASIALOGIN"]


@pytest.mark.parametrize(
    "answered, said",
    [("TOKEN_EXPIRED", 'log in with "aws login"'), ("USER_CREDENTIALS_CHANGED", 'log in with "aws login"'),
     ("INSUFFICIENT_PERMISSIONS", "signin:CreateOAuth2Token"), ("SOMETHING_NEW", "status 403")],
)  # fmt: skip
def test_a_login_that_is_refused(services, chain_client, shared_files, answered, said):
    folder = shared_files(LOGIN_PROFILE)
    file = login_file(folder / "login/cache", -60)
    before = file.read_bytes()
    services.always("signin", Answer(json.dumps({"error": answered, "message": "m"}).encode(), 403))
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert said in str(error) and "first/refresh" not in str(error) and file.read_bytes() == before


# Containers and instances


def test_credentials_of_a_container(services, service, chain_client, environment, tmp_path):
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container/creds?id=1")
    environment.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this one")
    environment.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    (tmp_path / "token").write_text("Basic first==\n")
    services.lifetime = 2
    client = chain_client()
    get(client)
    (tmp_path / "token").write_text("Basic second==")
    time.sleep(2.1)
    get(client)
    assert [request.target for request in services.requests] == ["/container/creds?id=1"] * 2
    assert [request.fields["authorization"] for request in services.requests] == ["Basic first==", "Basic second=="]
    assert used_keys(service) == ["ASIACONTAINER"] * 2


def test_a_token_that_would_write_headers_is_not_sent(services, chain_client, environment, tmp_path):
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
    environment.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", str(tmp_path / "token"))
    (tmp_path / "token").write_text("hush\r\nX-Other: 1")
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client())
    assert services.requests == [] and "hush" not in str(error)


@pytest.mark.parametrize(
    "uri",
    [
        "http://192.0.2.1/x",
        "http://169.254.170.2.example/x",
        "http://localhost.example/x",
        "ftp://localhost/x",
        "http://127.0.0.1@192.0.2.1/",
    ],
)
def test_credentials_of_a_container_come_from_nowhere_else(services, chain_client, environment, uri):
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", uri)
    error = failure(locjob.InvalidConfigError, "INVALID_SETTING", get, chain_client())
    assert "AWS_CONTAINER_CREDENTIALS_FULL_URI" in str(error)


def test_a_container_is_asked_three_times(services, service, chain_client, environment):
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
    services.script("container", Answer(b"", 500), Answer(b"{", 200))
    with stopwatch() as watch:
        get(chain_client())
    assert services.kinds == ["container"] * 3 and 1.9 < watch.seconds < 5
    assert used_keys(service) == ["ASIACONTAINER"]


def test_credentials_of_an_instance(services, service, chain_client, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    get(chain_client())
    token, role, credentials = services.requests
    assert (token.method, token.target) == ("PUT", "/latest/api/token")
    assert token.fields["x-aws-ec2-metadata-token-ttl-seconds"] == "21600"
    assert role.target == "/latest/meta-data/iam/security-credentials/"
    assert credentials.target == "/latest/meta-data/iam/security-credentials/the-role"
    assert all(request.fields["x-aws-ec2-metadata-token"] == "imds-token" for request in (role, credentials))
    assert used_keys(service) == ["ASIAINSTANCE"]


@pytest.mark.parametrize("status", [400, 403, 404, 405, 500])
def test_an_instance_is_never_asked_without_a_token(services, chain_client, environment, status):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    services.always("imds token", Answer(b"", status))
    error = failure(locjob.NoCredentialsError, "NO_CREDENTIALS", get, chain_client())
    assert set(services.kinds) == {"imds token"}
    for provider in ("environment", "assume-role", "sso", "login", "container", "instance metadata"):
        assert f"{provider}: " in str(error)


def test_an_instance_that_is_silent_costs_a_second(services, chain_client, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    services.always("imds token", Answer(b"late", delay=3))
    with stopwatch() as watch:
        failure(locjob.NoCredentialsError, "NO_CREDENTIALS", get, chain_client())
    assert 0.9 < watch.seconds < 2.5


def test_expired_credentials_of_an_instance_go_on(services, service, chain_client, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    services.lifetime = -3600
    client = chain_client()
    get(client), get(client)
    assert services.kinds.count("imds") == 1 and used_keys(service) == ["ASIAINSTANCE"] * 2


def test_nothing_of_containers_and_instances_goes_through_a_proxy(services, service, chain_client, environment):
    environment.delenv("AWS_EC2_METADATA_DISABLED")
    with ForwardProxy(("127.0.0.1", service.ports["http"])) as proxy:
        environment.setenv("http_proxy", proxy.url)
        environment.setenv("HTTPS_PROXY", proxy.url)
        get(chain_client())
        environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
        get(chain_client())
        assert [request.target.rpartition("/")[2] for request in proxy.requests] == ["a-job"] * 2
    assert services.kinds == ["imds token", "imds role", "imds", "container"]
    assert used_keys(service) == ["ASIAINSTANCE", "ASIACONTAINER"]


def test_sts_goes_through_the_proxy(services, service, chain_client, shared_files, environment):
    shared_files(ROLE, BASE)
    with ForwardProxy(services.address) as proxy:
        environment.setenv("http_proxy", proxy.url)
        environment.setenv("no_proxy", "127.0.0.1")
        get(chain_client())
        assert proxy.requests == []
        environment.setenv("no_proxy", "")
        environment.setenv("AWS_ENDPOINT_URL_STS", "http://sts.example")
        error = failure(locjob.ClientError, "SERVICE_ERROR", get, chain_client())
        assert proxy.requests[0].target == "http://sts.example/" and error.attempts == 1


# When they are fetched


def in_threads(count: int, work) -> list:
    """Lets many threads begin at the same moment; returns what they return."""
    gate = threading.Barrier(count)

    def run(index):
        gate.wait(10)
        return work()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


@pytest.fixture
def container(services, environment):
    environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
    return services


def test_one_refresh_serves_all_threads(container, service, chain_client):
    container.always("container", Answer(document("ASIACONTAINER", 3), delay=0.5))
    client = chain_client(max_connections=32)
    in_threads(32, lambda: get(client))
    assert len(container.requests) == 1
    time.sleep(3.1)  # they have ended
    container.always("container", Answer(document("ASIAROLE"), delay=0.5))
    in_threads(32, lambda: get(client))
    assert len(container.requests) == 2
    assert used_keys(service) == ["ASIACONTAINER"] * 32 + ["ASIAROLE"] * 32


def test_one_failure_serves_all_who_waited(container, chain_client):
    container.always("container", Answer(document("ASIACONTAINER", AccessKeyId=5), delay=0.5))
    client = chain_client()
    errors = in_threads(16, lambda: str(failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, client)))
    assert len(set(errors)) == 1 and len(container.requests) < 16


def test_who_waits_for_another_keeps_its_own_limits(container, chain_client):
    container.always("container", Answer(document("ASIACONTAINER"), delay=1.5))
    client, call = chain_client(), locjob.Call()
    with ThreadPoolExecutor(3) as pool:
        first = pool.submit(get, client)
        while not container.requests:
            time.sleep(0.01)
        with stopwatch() as watch:
            late = pool.submit(failure, locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", get, client, timeout=0.3)
            cancelled = pool.submit(failure, locjob.Cancelled, "CANCELLED", get, client, call=call)
            time.sleep(0.2)
            call.cancel()
            cancelled.result(5), late.result(5)
        assert watch.seconds < 1
        assert first.result(10)["JobId"] == "a-job" and len(container.requests) == 1


def test_who_gives_up_in_a_refresh_leaves_it_to_another(container, service, chain_client):
    container.script("container", Answer(document("ASIACONTAINER"), delay=1.5))
    client = chain_client()
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(failure, locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", get, client, timeout=0.5)
        while not container.requests:
            time.sleep(0.01)
        assert get(client)["JobId"] == "a-job"
        first.result(5)
    assert len(container.requests) == 2 and used_keys(service) == ["ASIACONTAINER"]


@pytest.mark.parametrize("word", ["ExpiredToken", "ExpiredTokenException"])
def test_a_token_that_the_service_calls_expired_is_replaced_once(container, service, chain_client, word):
    client = chain_client()
    get(client)
    service.faults({"error": word, "status": 403})
    assert get(client)["ResponseMetadata"]["RetryAttempts"] == 1
    assert len(container.requests) == 2
    service.faults({"error": word, "status": 403}, {"error": word, "status": 403})
    error = failure(locjob.ClientError, "AUTHENTICATION_FAILED", get, client)
    assert error.attempts == 2 and len(container.requests) == 3


def test_a_token_that_does_not_end_is_not_replaced(service, chain_client):
    client = chain_client(aws_access_key_id="AKIDSTATIC", aws_secret_access_key="s")
    service.add_key("AKIDSTATIC", "s")
    service.faults({"error": "ExpiredToken", "status": 403})
    assert failure(locjob.ClientError, "AUTHENTICATION_FAILED", get, client).attempts == 1


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <sys/time.h>
#include <time.h>
long lead;
int clock_gettime(clockid_t clock, struct timespec *now) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = (int (*)(clockid_t, struct timespec *))dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(clock, now);
    if (!failed && clock == CLOCK_REALTIME) now->tv_sec += lead;
    return failed;
}
"""

AHEAD = """
import ctypes, json, os, sys, threading, time
sys.path[:0] = json.loads(sys.argv[1])
import locjob
from credential_services import Answer, CredentialServices, sts_error, sts_xml
ACTION = "AssumeRoleWithWebIdentity"
lead = ctypes.c_long.in_dll(ctypes.CDLL(None), "lead")
gate = threading.Event()

def late(connection):
    assert gate.wait(20)
    body = sts_error("Odd", "no") if sys.argv[3] == "fails" else sts_xml(ACTION, "ASIAROLE")
    status = 400 if sys.argv[3] == "fails" else 200
    connection.sendall(b"HTTP/1.1 %d X\\r\\nContent-Length: %d\\r\\nConnection: close\\r\\n\\r\\n%b" % (status, len(body), body))

with CredentialServices() as services:
    os.environ["AWS_ENDPOINT_URL_STS"] = services.url
    services.always(ACTION, Answer(sts_xml(ACTION, "ASIAWEB", 895)))
    client = locjob.Client(region_name="us-east-1", endpoint_url=sys.argv[2])
    client.get_job(JobId="a-job")
    client.get_job(JobId="a-job")
    assert len(services.requests) == 1, "asked again at once"
    lead.value = 61  # 834 s are left: a refresh is due, but nobody has to wait for it
    services.always(ACTION, Answer(play=late))
    refresher = threading.Thread(target=lambda: client.get_job(JobId="a-job"))
    refresher.start()
    while len(services.requests) < 2: time.sleep(0.01)
    threads = [threading.Thread(target=lambda: client.get_job(JobId="a-job")) for _ in range(16)]
    for thread in threads: thread.start()
    for thread in threads: thread.join(10)
    assert not any(thread.is_alive() for thread in threads), "they wait for the refresh"
    assert refresher.is_alive()
    gate.set()
    refresher.join()
    client.get_job(JobId="a-job")
    print(len(services.requests))
"""


@pytest.mark.parametrize("outcome", ["succeeds", "fails"])
def test_nobody_with_live_credentials_waits_for_a_refresh(services, service, web_identity, tmp_path, outcome):
    """Ahead of the end of credentials, which a process with a clock of its own sees come."""
    service.create_job(JobId="a-job")
    source, clock = tmp_path / "clock.c", tmp_path / "clock.so"
    source.write_text(CLOCK)
    subprocess.run(["cc", "-shared", "-fPIC", "-o", clock, source, "-ldl"], check=True)
    paths = [str(Path(locjob.__file__).parent), str(Path(__file__).parent)]
    done = subprocess.run(
        [sys.executable, "-c", AHEAD, json.dumps(paths), service.url, outcome],
        env={**os.environ, "LD_PRELOAD": str(clock)},
        capture_output=True,
        text=True,
        timeout=40,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == "2\n"  # after a failure the provider is left alone for a while
    last = "ASIAROLE" if outcome == "succeeds" else "ASIAWEB"  # the old ones go on
    assert used_keys(service) == ["ASIAWEB"] * (2 + 16) + [last] * 2


# What is told


def test_no_secret_is_told(services, service, chain_client, shared_files, caplog):
    shared_files(ROLE, BASE)
    logger = logging.getLogger("credentials")
    caplog.set_level(logging.DEBUG, logger="credentials")
    client = chain_client(logger=logger)
    services.script("AssumeRole", Answer(sts_error("Odd", f"I saw {token_of('ASIAROLE')} base-secret"), 400))
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, client)
    service.faults({"error": "InternalServerException"}, job_id="a-job")
    get(client)
    told = json.dumps(client.explain()) + caplog.text + str(error) + json.dumps(error.trace)
    assert "last_request" in told and "attempt 2" in told
    for secret in (secret_of("ASIAROLE"), "base-secret"):
        assert secret not in told
    # Only in the caller's own copy of what an error response said may a token of the answer stand.
    assert token_of("ASIAROLE") not in json.dumps(client.explain()) + caplog.text


def test_no_port_is_asked_that_nothing_configures(services, chain_client):
    error = failure(locjob.NoCredentialsError, "NO_CREDENTIALS", get, chain_client())
    assert services.requests == [] and "AWS_EC2_METADATA_DISABLED is true" in str(error)


def test_a_service_that_nobody_plays_is_named(services, chain_client, shared_files, environment):
    shared_files(ROLE, BASE)
    environment.setenv("AWS_ENDPOINT_URL_STS", f"http://127.0.0.1:{unused_port()}")
    error = failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", get, chain_client(max_attempts=1))
    assert "assume-role" in str(error) and "role/one" in str(error)

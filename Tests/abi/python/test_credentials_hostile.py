"""What the services that give credentials may answer, and what programs may write: whatever it is, the call ends
in bounded time with an error that names the provider and holds no secret, and the next call finds all in order."""

from __future__ import annotations

import json
import socket
import sys
import time
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from credential_services import KEYS, Answer, answer, iso, secret_of, shell_word, sts_xml, token_of
from proxies import Request
from support import failure, stopwatch
from test_credentials import BASE, LOGIN_PROFILE, ROLE, SSO_PROFILE, login_file, sso_token

import locjob

#: By kind of request: one as a provider makes it, to know the usual answer by.
REQUESTS = {
    "AssumeRole": Request("POST", "/", [], body=b"Action=AssumeRole"),
    "AssumeRoleWithWebIdentity": Request("POST", "/", [], body=b"Action=AssumeRoleWithWebIdentity"),
    "portal": Request("GET", "/federation/credentials?x", []),
    "oidc": Request("POST", "/token", []),
    "signin": Request("POST", "/v1/token", []),
    "container": Request("GET", "/container", []),
    "imds token": Request("PUT", "/latest/api/token", []),
    "imds role": Request("GET", "/latest/meta-data/iam/security-credentials/", []),
    "imds": Request("GET", "/latest/meta-data/iam/security-credentials/x", []),
}
#: Those whose answer is JSON or XML. A container is asked three times, a second apart.
STRUCTURED = ["AssumeRole", "AssumeRoleWithWebIdentity", "portal", "oidc", "signin", "container", "imds"]


@pytest.fixture
def configure(services, environment, shared_files, tmp_path):
    """Configures the provider that makes one kind of request."""

    def put(kind: str) -> None:
        home = tmp_path / "home"
        if kind == "AssumeRole":
            shared_files(ROLE, BASE)
        elif kind == "AssumeRoleWithWebIdentity":
            (tmp_path / "token").write_text("ey.token")
            environment.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "token"))
            environment.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
        elif kind in ("portal", "oidc"):
            shared_files(SSO_PROFILE)
            sso_token(home, "corp", expiresAt=iso(time.time() + (3600 if kind == "portal" else -60)))
        elif kind == "signin":
            login_file(shared_files(LOGIN_PROFILE) / "login/cache", -60)
        elif kind == "container":
            environment.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.url}/container")
        else:
            environment.delenv("AWS_EC2_METADATA_DISABLED")

    return put


def refused(make, **named) -> str:
    """A call with a client of its own has to fail of its credentials; returns the message."""
    client = make(max_attempts=1)
    with stopwatch() as watch, pytest.raises(locjob.LocjobError) as caught:
        client.get_job(JobId="a-job", **named)
    assert caught.value.code_name in ("LOCJOB_CREDENTIALS_FAILED", "LOCJOB_NO_CREDENTIALS"), caught.value
    assert watch.seconds < 10 and caught.value.attempts == 0
    message = str(caught.value)
    assert len(message) < 4000 and not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in message)
    for key in KEYS.values():
        assert secret_of(key) not in message and token_of(key) not in message
    return message


def all_refused(services, make, kind, answers) -> None:
    """Every one of these answers is refused, a few at a time; afterwards the usual one is taken."""
    for one in answers:
        services.always(kind, one)
        refused(make)
    services.reset()
    make().get_job(JobId="a-job")


def usual(kind: str) -> bytes:
    return answer(REQUESTS[kind])


def response(body: bytes, status: int = 200, length=None, more: bytes = b"") -> bytes:
    length = len(body) if length is None else length
    return b"HTTP/1.1 %d Status\r\n%bContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (status, more, length, body)


QUICK = [kind for kind in STRUCTURED if kind != "container"]


@pytest.mark.parametrize("kind", QUICK)
def test_truncated(services, chain_client, configure, kind):
    """At many places, by a shorter body and by a connection that ends too soon."""
    configure(kind)
    whole = usual(kind)
    places = sorted({0, 1, 2, len(whole) - 2, len(whole) - 1, *range(3, len(whole), max(1, len(whole) // 20))})
    shorter = [Answer(whole[:place]) for place in places]
    cut = [Answer(raw=response(whole)[:place]) for place in range(0, len(response(whole)), 60)]
    all_refused(services, chain_client, kind, shorter + cut)


@pytest.mark.parametrize("kind", ["imds token", "imds role"])
def test_cut_text(services, chain_client, configure, kind):
    """What is plain text and shorter is a shorter text; nothing at all is not."""
    configure(kind)
    whole = response(usual(kind))
    cut = [Answer(raw=whole[:place]) for place in range(0, len(whole), 7)]
    all_refused(services, chain_client, kind, [Answer(b""), Answer(b" \r\n"), *cut])


ODD = {
    "empty": b"",
    "white space": b" \r\n\t ",
    "binary": bytes(range(256)) * 4,
    "NULs": bytes(3000),
    "not UTF-8": b'{"a":"\xff\xfe"}',
    "byte order mark": b"\xef\xbb\xbf<x/>",
    "HTML": b"<!DOCTYPE html><html><head><title>Sign in</title></head><body>Hello & welcome<br></body></html>",
    "array": b"[]",
    "number": b"1e999999",
    "null": b"null",
    "object": b"{}",
    "other object": b'{"message":"hello"}',
    "deep array": b"[" * 100000,
    "deep object": b'{"a":' * 100000,
    "deep element": b"<a>" * 100000,
    "many members": b"{" + b",".join(b'"%d":%d' % (n, n) for n in range(20000)) + b"}",
    "many attributes": b"<a " + b" ".join(b'a%d="x"' % n for n in range(20000)) + b"/>",
    "entities": b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    + b"".join(b'<!ENTITY %c "%b">' % (99 + n, b"&%c;" % (98 + n) * 8) for n in range(20))
    + b"]><AssumeRoleResponse>&v;</AssumeRoleResponse>",
    "file entity": b'<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]><AssumeRoleResponse>&a;</AssumeRoleResponse>',
    "long text": b'"' + b"x" * 900000 + b'"',
    "too long": b"{" + b" " * 3000000 + b"}",
}


@pytest.mark.parametrize("kind", QUICK)
def test_something_else(services, chain_client, configure, kind):
    configure(kind)
    all_refused(services, chain_client, kind, [Answer(body) for body in ODD.values()])


@pytest.mark.parametrize("kind", ["imds token", "imds role"])
def test_something_else_than_text(services, chain_client, configure, kind):
    configure(kind)
    names = ("empty", "binary", "NULs", "not UTF-8", "byte order mark", "HTML", "deep array", "long text", "too long")
    if kind == "imds token":  # a token has no form: what a header can carry may be one
        names = ("empty", "binary", "NULs", "not UTF-8", "byte order mark", "deep array", "long text", "too long")
    all_refused(services, chain_client, kind, [Answer(ODD[name]) for name in names])


VALUES = [
    None,
    True,
    5,
    1.5,
    [],
    {},
    ["x"],
    "",
    "\u0000",
    "a\r\nX-Evil: 1",
    "a\nb",
    "Zürich",
    "\U0001f5fc",
    "\ud800",
    "\x7f",
]


def changed(kind: str):
    """The usual answer with each of its members missing, and of every type and form that it must not have."""
    if kind in ("AssumeRole", "AssumeRoleWithWebIdentity"):
        whole = usual(kind).decode()
        for name in ("AccessKeyId", "SecretAccessKey", "SessionToken", "Expiration"):
            before, _, rest = whole.partition(f"<{name}>")
            value, _, after = rest.partition(f"</{name}>")
            yield before + after
            for text in (
                "",
                "a&#13;&#10;b",
                "a\r\nb",
                "&lol;",
                "&#0;",
                "&#x110000;",
                "Zürich",
                "<b>x</b>",
                f"{value}</{name}><{name}>{value}",
            ):
                yield f"{before}<{name}>{text}</{name}>{after}"
        for end in ("yesterday", "2001-01-01T00:00:00Z", "99999999999999999999", "2026-13-01T00:00:00Z", "-1"):
            yield sts_xml(kind, "ASIAX", expiration=end).decode()
        return
    whole = json.loads(usual(kind))
    holder = {"portal": "roleCredentials", "signin": "accessToken"}.get(kind)
    inner = whole[holder] if holder else whole
    optional = {"Code", "tokenType", "refreshToken"} if kind == "oidc" else {"Code", "tokenType"}
    for name in [name for name in inner if name not in optional]:
        kept = inner.pop(name)
        yield json.dumps(whole)
        for value in VALUES:
            if isinstance(kept, int) and value in (5, 1.5):
                continue
            if name == "Token" and value == "":  # as good as none
                continue
            inner[name] = value
            yield json.dumps(whole)
        inner[name] = kept
    if holder:
        for value in VALUES:
            yield json.dumps({**whole, holder: value})
    for name, ends in {
        "expiration": (-1, 0, 10**30, -(10**30)),
        "expiresIn": (-1, 0, 10**30),
        "Expiration": ("soon", "2001-13-01T00:00:00Z"),
    }.items():
        if name in inner or name in whole:
            for end in ends:
                place = inner if name in inner else whole
                yield json.dumps({**whole, name: end} if place is whole else {**whole, holder: {**inner, name: end}})


@pytest.mark.parametrize("kind", QUICK)
def test_wrong_members(services, chain_client, configure, kind):
    configure(kind)
    answers = [Answer(text.encode("utf-8", "surrogatepass")) for text in changed(kind)]
    assert len(answers) > 20
    all_refused(services, chain_client, kind, answers)


@pytest.mark.parametrize("kind", REQUESTS)
def test_statuses_and_redirects(services, chain_client, configure, kind):
    """No status but that of success gives anything, and no redirect is followed."""
    configure(kind)
    elsewhere = b"Location: %b/elsewhere\r\n" % services.url.encode()
    statuses = (201, 204, 301, 302, 307, 308, 400, 401, 403, 404, 418, 429, 500, 503)
    if kind == "container":
        statuses = (302, 404)
    if kind in ("AssumeRole", "AssumeRoleWithWebIdentity", "portal", "oidc", "signin"):
        statuses = statuses[2:]  # 2xx is success for these
    for status in statuses:
        services.always(kind, Answer(usual(kind) if status > 204 else b"", status, elsewhere))
        refused(chain_client)
    assert not any("elsewhere" in request.target for request in services.requests)


NO_HTTP = {
    "nothing": b"",
    "not HTTP": b"SSH-2.0-OpenSSH_9.2\r\n",
    "TLS alert": b"\x15\x03\x01\x00\x02\x02\x46",
    "half a head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "endless head": b"HTTP/1.1 200 OK\r\n" + b"X-A: b\r\n" * 200000,
    "negative length": b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n{}",
    "huge length": b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n{}",
    "bad chunks": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}",
    "half a chunk": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n{",
}


@pytest.mark.parametrize("kind", [kind for kind in REQUESTS if kind != "container"])
def test_no_http(services, chain_client, configure, kind):
    configure(kind)
    # A length that is none leaves the end of the connection to end the body: {} may be a token.
    left_out = ("negative length", "huge length") if kind == "imds token" else ()
    all_refused(
        services, chain_client, kind, [Answer(raw=raw) for name, raw in NO_HTTP.items() if name not in left_out]
    )


def test_a_long_line_in_a_head(services, chain_client, configure):
    """More than libcurl takes, which calls that a lack of memory."""
    configure("AssumeRole")
    raw = b"HTTP/1.1 200 OK\r\nX-A: " + b"b" * 2000000
    all_refused(services, chain_client, "AssumeRole", [Answer(raw=raw)])


def test_a_container_of_every_kind(services, chain_client, configure):
    """All at once, as each is asked for three times."""
    configure("container")
    whole = usual("container")
    bodies = [Answer(whole[:place]) for place in range(0, len(whole), 29)]
    bodies += [Answer(body) for body in ODD.values()] + [Answer(raw=raw) for raw in NO_HTTP.values()]
    bodies += [Answer(text.encode("utf-8", "surrogatepass")) for text in list(changed("container"))[::3]]

    def one(index: int) -> None:
        path = f"/container/{index}"
        client = clients[index]
        assert (
            failure(locjob.CredentialRetrievalError, "CREDENTIALS_FAILED", client.get_job, JobId="a-job").attempts == 0
        )
        assert served[path] in (1, 3), path  # a document that is one is not asked for again

    import os

    served = {f"/container/{index}": 0 for index in range(len(bodies))}
    clients = []
    for index in range(len(bodies)):
        os.environ["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = f"{services.url}/container/{index}"
        clients.append(chain_client())
    by_path(services, served, bodies)
    with stopwatch() as watch, ThreadPoolExecutor(len(bodies)) as pool:
        list(pool.map(one, range(len(bodies))))
    assert watch.seconds < 20


def by_path(services, served, bodies) -> None:
    """Has the services answer by the path that is asked for."""

    class ByPath(dict):
        def get(self, kind, default=None):
            request = services.requests[-1]  # the server holds its lock
            served[request.target] += 1
            return bodies[int(request.target.rpartition("/")[2])]

    services._always = ByPath()


# Time


def drip(first: bytes):
    """Sends a byte now and then, for longer than anybody waits."""

    def play(connection: socket.socket) -> None:
        connection.sendall(first)
        for _ in range(100):
            connection.sendall(b" ")
            time.sleep(0.05)

    return Answer(play=play)


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_slow_drip_ends_at_the_deadline(services, chain_client, configure, kind):
    configure(kind)
    services.always(kind, drip(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"))
    with stopwatch() as watch:
        failure(locjob.DeadlineExceeded, "DEADLINE_EXCEEDED", chain_client().get_job, JobId="a-job", timeout=0.4)
    assert 0.3 < watch.seconds < 1.5


@pytest.mark.parametrize("kind", REQUESTS)
def test_a_silent_service_ends_with_its_call(services, chain_client, configure, kind):
    configure(kind)
    services.always(kind, Answer(delay=2))
    client, call = chain_client(), locjob.Call()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(failure, locjob.Cancelled, "CANCELLED", client.get_job, JobId="a-job", call=call)
        end = time.monotonic() + 5
        while kind not in services.kinds and time.monotonic() < end:
            time.sleep(0.005)
        with stopwatch() as watch:
            call.cancel()
            asked.result(5)
    assert watch.seconds < 0.8


@pytest.mark.parametrize("kind", ["AssumeRole", "AssumeRoleWithWebIdentity", "portal", "oidc", "signin"])
def test_a_silent_service_ends_at_the_read_limit(services, chain_client, configure, kind):
    configure(kind)
    services.always(kind, Answer(delay=1.5))
    with stopwatch() as watch:
        refused(lambda **named: chain_client(read_timeout_ms=300, **named))
    assert 0.25 < watch.seconds < 1.2


# Programs and files


def program(shared_files, tmp_path, body: str) -> None:
    script = tmp_path / "program.py"
    script.write_text(body)
    shared_files(
        f"[default]\ncredential_process = {shell_word(sys.executable)} -S -E {shell_word(str(script))} 'a-secret-argument'\n"
    )


def test_programs_that_write_something_else(services, chain_client, shared_files, tmp_path):
    """One program that writes what a file holds; each time another thing."""
    written = tmp_path / "written"
    cat = f"[default]\ncredential_process = /bin/cat {shell_word(str(written))}\n"
    shared_files(cat)
    good = {
        "Version": 1,
        "AccessKeyId": "ASIAROLE",
        "SecretAccessKey": secret_of("ASIAROLE"),
        "SessionToken": token_of("ASIAROLE"),
    }
    whole = json.dumps({**good, "Expiration": iso(time.time() + 3600)}).encode()
    bodies = [whole[:place] for place in range(0, len(whole), 7)] + list(ODD.values())
    for name in good:
        for value in VALUES:
            if name == "SessionToken" and value in (None, ""):
                continue
            bodies.append(json.dumps({**good, name: value}).encode("utf-8", "surrogatepass"))
    bodies += [json.dumps({**good, "Version": version}).encode() for version in ("1", 1.0, 2, -1, 10**30)]
    bodies += [
        json.dumps({**good, "Expiration": end}).encode() for end in (5, "", "soon", "2001-01-01T00:00:00Z", [], True)
    ]
    for body in bodies:
        if body == whole:
            continue
        written.write_bytes(body)
        message = refused(chain_client)
        assert message.startswith("credential process: "), body
    written.write_bytes(whole)
    chain_client().get_job(JobId="a-job")


@pytest.mark.parametrize(
    "body, said",
    [("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "signal 9"), ("import os; os.close(1); os.close(2)", "wrote nothing"),
     ("import sys; sys.stderr.buffer.write(bytes(range(256)) * 100); sys.exit(255)", "status 255"),
     ("print('{\\'')", "something else")],
)  # fmt: skip
def test_programs_that_end_badly(services, chain_client, shared_files, tmp_path, body, said):
    program(shared_files, tmp_path, body)
    message = refused(chain_client)
    assert said in message and "a-secret-argument" not in message


@pytest.mark.parametrize("kind", ["portal", "signin"])
def test_token_files_that_are_none(services, chain_client, configure, tmp_path, kind):
    configure(kind)
    (file,) = (tmp_path / "home/.aws").glob("*/cache/*.json")
    whole = file.read_bytes()
    bodies = [whole[:place] for place in range(0, len(whole), max(1, len(whole) // 20))]
    bodies += [body for name, body in ODD.items() if name != "too long"]
    object_ = json.loads(whole)
    needed = (
        ["accessToken", "expiresAt"] if kind == "portal" else ["accessToken", "refreshToken", "clientId", "dpopKey"]
    )
    for name in needed:
        bodies.append(json.dumps({n: v for n, v in object_.items() if n != name}).encode())
        bodies += [json.dumps({**object_, name: value}).encode() for value in (None, 5, [], {}, True)]
    if kind == "signin":
        bodies += [
            json.dumps({**object_, "dpopKey": key}).encode()
            for key in ("", "x", "-----BEGIN EC PRIVATE KEY-----\nAAAA\n-----END EC PRIVATE KEY-----\n")
        ]
        bodies += [
            json.dumps({**object_, "accessToken": {**object_["accessToken"], "expiresAt": end}}).encode()
            for end in ("", "soon", 5, None)
        ]
    for body in bodies:
        file.write_bytes(body)
        message = refused(chain_client)
        assert str(file) in message or "does not" in message, body[:100]
        assert "PRIVATE KEY" not in message and "sso-access-token" not in message
    assert services.requests == []
    file.write_bytes(whole)
    chain_client().get_job(JobId="a-job")


def test_what_is_no_file_is_named(services, chain_client, shared_files, tmp_path, environment):
    environment.setenv("AWS_ROLE_ARN", "arn:aws:iam::123456789012:role/web")
    for path in (
        tmp_path,
        Path("/dev/zero"),
        Path("/proc/self/mem"),
        tmp_path / "none",
        Path("/dev/null"),
        Path("relative/none"),
    ):
        environment.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(path))
        assert str(path) in refused(chain_client)
    environment.delenv("AWS_WEB_IDENTITY_TOKEN_FILE")

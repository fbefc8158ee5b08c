"""The services that give credentials, as far as tests need them: STS, the SSO portal and its OIDC, the sign-in
service, a container's endpoint and IMDS. One server on 127.0.0.1 plays them all.

What is asked is told by path and body, so that the same answers serve behind a proxy that plays every host.
"""

from __future__ import annotations

import contextlib
import json
import socket
import threading
import time
from collections import defaultdict
from datetime import datetime, timezone
from typing import Any, Callable, Dict, List, NamedTuple, Optional
from urllib.parse import parse_qs, urlsplit

from proxies import Recorder, Request, read_request

#: By kind of request: the access key that its answer holds. Secret and token are made of it.
KEYS = {
    "AssumeRole": "ASIAROLE",
    "AssumeRoleWithWebIdentity": "ASIAWEB",
    "portal": "ASIASSO",
    "signin": "ASIALOGIN",
    "container": "ASIACONTAINER",
    "imds": "ASIAINSTANCE",
}


def secret_of(key: str) -> str:
    return f"{key}/secret+of=40/characters0123456789"


def token_of(key: str) -> str:
    return f"{key}//token+with/all=signs=="


def kind_of(request: Request) -> Optional[str]:
    """Which of the services is asked; None for what is none of theirs."""
    path = urlsplit(request.target).path
    if request.method == "POST" and request.body.startswith(b"Action="):
        return parse_qs(request.body.decode("latin-1"))["Action"][0]
    if request.method == "PUT" and path.endswith("/latest/api/token"):
        return "imds token"
    if "/latest/meta-data/iam/security-credentials/" in path:
        return "imds role" if path.endswith("/") else "imds"
    if path.endswith("/federation/credentials"):
        return "portal"
    if request.method == "POST" and path.endswith("/v1/token"):
        return "signin"
    if request.method == "POST" and path.endswith("/token"):
        return "oidc"
    return "container" if path.startswith("/container") else None


def iso(seconds: float) -> str:
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def sts_xml(action: str, key: str, lifetime: float = 3600, expiration: Optional[str] = None) -> bytes:
    return (
        f'<{action}Response xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><{action}Result><AssumedRoleUser>'
        f"<AssumedRoleId>AROA:x</AssumedRoleId><Arn>arn:aws:sts::123456789012:assumed-role/x/y</Arn></AssumedRoleUser>"
        f"<Credentials><AccessKeyId>{key}</AccessKeyId><SecretAccessKey>{secret_of(key)}</SecretAccessKey>"
        f"<SessionToken>{token_of(key)}</SessionToken><Expiration>{expiration or iso(time.time() + lifetime)}</Expiration>"
        f"</Credentials></{action}Result><ResponseMetadata><RequestId>sts</RequestId></ResponseMetadata></{action}Response>"
    ).encode()


def sts_error(code: str, message: str) -> bytes:
    return (
        '<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type>'
        f"<Code>{code}</Code><Message>{message}</Message></Error><RequestId>sts</RequestId></ErrorResponse>"
    ).encode()


def document(key: str, lifetime: float = 3600, **members: Any) -> bytes:
    """What containers and instances answer with."""
    usual = {
        "Code": "Success",
        "AccessKeyId": key,
        "SecretAccessKey": secret_of(key),
        "Token": token_of(key),
        "Expiration": iso(time.time() + lifetime),
    }
    return json.dumps({**usual, **members}).encode()


def parts_of(key: str) -> Dict[str, str]:
    return {"accessKeyId": key, "secretAccessKey": secret_of(key), "sessionToken": token_of(key)}


def answer(request: Request, lifetime: float = 3600) -> Optional[bytes]:
    """The body of the usual answer; None for what is no request for credentials."""
    kind = kind_of(request)
    if kind in ("AssumeRole", "AssumeRoleWithWebIdentity"):
        return sts_xml(kind, KEYS[kind], lifetime)
    if kind == "portal":
        expiration = int(time.time() + lifetime) * 1000
        return json.dumps({"roleCredentials": {**parts_of(KEYS[kind]), "expiration": expiration}}).encode()
    if kind == "oidc":
        members = {"accessToken": "new-sso-token", "tokenType": "Bearer", "expiresIn": 28800, "refreshToken": "next"}
        return json.dumps(members).encode()
    if kind == "signin":
        members = {
            "accessToken": parts_of(KEYS[kind]),
            "tokenType": "aws_sigv4",
            "expiresIn": 900,
            "refreshToken": "r2",
        }
        return json.dumps(members).encode()
    if kind in ("container", "imds"):
        return document(KEYS[kind], lifetime)
    return {"imds token": b"imds-token", "imds role": b"the-role"}.get(kind or "")


class Answer(NamedTuple):
    """Another answer than the usual one. `raw` stands for the whole response, head and all."""

    body: bytes = b""
    status: int = 200
    headers: bytes = b""
    delay: float = 0
    raw: Optional[bytes] = None
    #: Writes to the connection itself, to its end.
    play: Optional[Callable[[socket.socket], None]] = None


class CredentialServices(Recorder):
    """Plays them all. `script(kind, …)` says what the next answers of a kind are; `always` what all are."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.reset()
        super().__init__()

    def reset(self) -> None:
        self._script: Dict[str, List[Answer]] = defaultdict(list)
        self._always: Dict[str, Answer] = {}
        self.lifetime = 3600.0
        self.requests = []

    def script(self, kind: str, *answers: Answer) -> None:
        self._script[kind].extend(answers)

    def always(self, kind: str, answer: Answer) -> None:
        self._always[kind] = answer

    def of(self, kind: str) -> List[Request]:
        """The requests of one kind."""
        return [request for request in list(self.requests) if kind_of(request) == kind]

    @property
    def kinds(self) -> List[Optional[str]]:
        return [kind_of(request) for request in list(self.requests)]

    def handle(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request is None:
            return
        kind = kind_of(request) or ""
        with self._lock:
            self.requests.append(request)
            scripted = self._script[kind].pop(0) if self._script[kind] else self._always.get(kind)
        if scripted is None and request.target == "/no-token/latest/api/token":
            scripted = Answer(b"", 403)
        if scripted is None:
            body = answer(request, self.lifetime)
            scripted = Answer(b"not found", 404) if body is None else Answer(body)
        time.sleep(scripted.delay)
        with contextlib.suppress(OSError):
            if scripted.play:
                scripted.play(connection)
            elif scripted.raw is not None:
                connection.sendall(scripted.raw)
            else:
                head = b"HTTP/1.1 %d Status\r\n%bContent-Length: %d\r\nConnection: close\r\n\r\n"
                connection.sendall(head % (scripted.status, scripted.headers, len(scripted.body)) + scripted.body)
            connection.shutdown(socket.SHUT_WR)

    def environment(self) -> Dict[str, str]:
        """Variables that lead clients to this server."""
        return {
            "AWS_ENDPOINT_URL_STS": self.url,
            "AWS_ENDPOINT_URL_SSO": self.url,
            "AWS_ENDPOINT_URL_SSO_OIDC": self.url,
            "AWS_ENDPOINT_URL_SIGNIN": self.url,
            "AWS_EC2_METADATA_SERVICE_ENDPOINT": self.url,
        }


def form(request: Request) -> Dict[str, str]:
    """The members of a request to STS; none may come twice."""
    members = parse_qs(request.body.decode("ascii"), keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in members.values()), members
    return {name: values[0] for name, values in members.items()}


def signed_with(request: Any) -> Optional[str]:
    """The access key of a request's signature, of ours or as the service logs them; None when unsigned."""
    headers = request.fields if isinstance(request, Request) else {n.lower(): v for n, v in request["headers"]}
    authorization = headers.get("authorization", "")
    return authorization.partition("Credential=")[2].partition("/")[0] or None


def shell_word(text: str) -> str:
    """For `credential_process`, which is split as a shell would."""
    return "'" + text.replace("'", "'\\''") + "'"

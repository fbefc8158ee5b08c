"""Two proxies for tests, on 127.0.0.1: one that passes requests on, one that plays every host there is.

Both record what they are asked for. Neither ever opens a connection to anywhere but 127.0.0.1.
"""

from __future__ import annotations

import base64
import select
import socket
import socketserver
import ssl
import threading
from contextlib import suppress
from typing import Callable, Dict, List, NamedTuple, Optional, Tuple
from urllib.parse import urlsplit

import trustme

Address = Tuple[str, int]


class Request(NamedTuple):
    """A request as it came: `target` is what stood in the request line, names are in lower case."""

    method: str
    target: str
    headers: List[Tuple[str, str]]
    scheme: str = "http"
    authority: str = ""  # what CONNECT asked for
    body: bytes = b""

    @property
    def fields(self) -> Dict[str, str]:
        return dict(self.headers)

    @property
    def url(self) -> str:
        """Where it would have gone. A plain request names it all in its target, a tunnelled one does not."""
        return self.target if self.scheme == "http" else f"https://{self.authority}{self.target}"

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc or self.fields.get("host", "")


def read_request(connection: socket.socket, **known: str) -> Optional[Request]:
    """The next request, its head byte for byte, so that nothing behind it is swallowed."""
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        if not byte:
            return None
        head += byte
    start, *lines = head.decode("latin-1").split("\r\n")[:-2]
    method, target, _ = start.split(" ")
    pairs = (line.partition(":") for line in lines)
    headers = [(name.lower(), value.strip()) for name, _, value in pairs]
    left, body = int(dict(headers).get("content-length", 0)), b""
    while len(body) < left:
        part = connection.recv(left - len(body))
        if not part:
            return None
        body += part
    return Request(method, target, headers, body=body, **known)


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address) -> None:
        """A client that goes away in the middle is nothing to report."""


class Recorder:
    """A server of one connection per thread; `handle` says what it does with one."""

    def __init__(self) -> None:
        self.requests: List[Request] = []
        recorder = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                self.request.settimeout(30)
                recorder.handle(self.request)

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.address: Address = self._server.server_address
        self.url = "http://{}:{}".format(*self.address)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def handle(self, connection: socket.socket) -> None:
        raise NotImplementedError

    def take(self) -> List[Request]:
        """The requests since the last time."""
        taken, self.requests = self.requests, []
        return taken

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_) -> None:
        self.close()


class ForwardProxy(Recorder):
    """Hands everything on to one server, whatever host was asked for.

    `refuse` is a status it answers with instead, `credentials` ("user:password") what it demands.
    """

    def __init__(self, upstream: Address, refuse: Optional[int] = None, credentials: Optional[str] = None) -> None:
        super().__init__()
        self.upstream = upstream
        self.refuse = refuse
        self.expected = credentials and "Basic " + base64.b64encode(credentials.encode()).decode()

    def handle(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request is None:
            return
        self.requests.append(request)
        status = self.refuse
        if self.expected and request.fields.get("proxy-authorization") != self.expected:
            status = 407
        if status:
            connection.sendall(b"HTTP/1.1 %d Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n" % status)
            return
        with socket.create_connection(self.upstream) as server:
            if request.method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                server.sendall(self._onward(request))
            relay(connection, server)

    @staticmethod
    def _onward(request: Request) -> bytes:
        """The request in the form of an origin server, and its connection ends with it."""
        path = "/" + request.target.partition("://")[2].partition("/")[2]
        kept = [pair for pair in request.headers if not pair[0].startswith(("proxy-", "connection"))]
        lines = [f"{request.method} {path} HTTP/1.1", *map(": ".join, kept), "connection: close", "", ""]
        return "\r\n".join(lines).encode("latin-1") + request.body


def relay(left: socket.socket, right: socket.socket) -> None:
    """Bytes both ways until one side is done."""
    while True:
        for source in select.select([left, right], [], [], 30)[0] or [None]:
            data = source.recv(65536) if source else b""
            if not data:
                return
            (right if source is left else left).sendall(data)


class EveryHost(Recorder):
    """A proxy behind which every host answers 200 with `body`, also over TLS: `ca_file` vouches for it.
    `special` gives the body of a request that is answered in another way, and None for all others.

    So a client can be asked what it would send to hosts that do not exist, or must not be disturbed.
    """

    def __init__(
        self, body: bytes, ca_file: str, special: Callable[[Request], Optional[bytes]] = lambda request: None
    ) -> None:
        self._body = body
        self._special = special
        self.ca_file = ca_file
        self._authority = trustme.CA()
        self._authority.cert_pem.write_to_path(ca_file)
        self._contexts: Dict[str, ssl.SSLContext] = {}
        self._lock = threading.Lock()
        super().__init__()

    def handle(self, connection: socket.socket) -> None:
        request = read_request(connection)
        if request is None:
            return
        if request.method == "CONNECT":
            authority = request.target
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            context = self._context(authority.rpartition(":")[0].strip("[]"))
            connection = context.wrap_socket(connection, server_side=True)
            request = read_request(connection, scheme="https", authority=authority.removesuffix(":443"))
            if request is None:
                return
        self.requests.append(request)
        body = self._special(request)
        body = self._body if body is None else body
        connection.sendall(
            b"HTTP/1.1 200 OK\r\nDate: Sun, 01 Jan 2023 00:00:00 GMT\r\nContent-Type: application/json\r\n"
            b"x-amzn-RequestId: every-host\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%b" % (len(body), body)
        )
        with suppress(OSError):
            connection.shutdown(socket.SHUT_WR)

    def _context(self, host: str) -> ssl.SSLContext:
        with self._lock:
            if host not in self._contexts:
                context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
                self._authority.issue_cert(host).configure_cert(context)
                self._contexts[host] = context
            return self._contexts[host]

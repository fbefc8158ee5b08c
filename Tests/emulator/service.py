#!/usr/bin/env python3
"""Plays Amazon Location's job service on 127.0.0.1. See README.md beside this file."""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import signal
import sys
import tempfile
import threading
from pathlib import Path

from certificates import Authority
from core import LocationService, Settings
from http1 import Connection

HOST = "127.0.0.1"
BACKLOG = 4096
BAD_CERTIFICATES = ("expired", "wrong_host", "self_signed", "old_tls")


class Silent(asyncio.Protocol):
    """Accepts a connection and never says a word: a TLS handshake that hangs."""


class NotTLS(asyncio.Protocol):
    """Answers a TLS handshake with something else."""

    def connection_made(self, transport) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        self.transport.close()


def arguments(argv=None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="http port; 0 takes a free one")
    parser.add_argument("--tls-port", type=int, default=0, help="https port; 0 takes a free one")
    parser.add_argument("--no-tls", action="store_true", help="http only")
    parser.add_argument("--bad-tls", action="store_true", help="further ports with bad certificates and handshakes")
    parser.add_argument("--state-dir", type=Path, help="for keys and certificates; a temporary one by default")
    parser.add_argument("--speed", type=float, default=1.0, help="of the jobs' clock")
    parser.add_argument("--quota", action="store_true", help="5 requests a second for each operation, burst 4")
    parser.add_argument("--region", help="the only one to accept; any by default")
    parser.add_argument("--no-signature-check", action="store_true")
    parser.add_argument("--log-size", type=int, default=10_000, help="requests that are remembered")
    parser.add_argument("--ready-file", type=Path, help="write the line of readiness there too")
    parser.add_argument("--exit-with-stdin", action="store_true", help="end when stdin does")
    return parser.parse_args(argv)


async def serve(options: argparse.Namespace, state: Path) -> None:
    loop = asyncio.get_running_loop()
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    if options.exit_with_stdin:
        threading.Thread(target=wait_for_end_of_stdin, args=(loop, stopping), daemon=True).start()

    settings = Settings(options.speed, options.quota, not options.no_signature_check, options.region)
    service = LocationService(settings, options.log_size)
    servers = []

    async def listen(protocol, port: int = 0, ssl=None) -> int:
        server = await loop.create_server(protocol, HOST, port, ssl=ssl, backlog=BACKLOG)
        servers.append(server)
        return server.sockets[0].getsockname()[1]

    ready = {"http": await listen(lambda: Connection(service, secure=False), options.port)}
    if not options.no_tls:
        authority = Authority(state)

        async def listen_tls(kind: str, port: int = 0) -> int:
            return await listen(lambda: Connection(service, secure=True), port, authority.context(kind))

        ready["https"] = await listen_tls("good", options.tls_port)
        ready["ca"] = str(authority.ca)
        if options.bad_tls:
            for kind in BAD_CERTIFICATES:
                ready[f"https_{kind}"] = await listen_tls(kind)
            ready["https_silent"] = await listen(Silent)
            ready["https_not_tls"] = await listen(NotTLS)
    ready["pid"] = os.getpid()
    announce(json.dumps(ready), options.ready_file)

    await stopping.wait()
    for server in servers:
        server.close()
    for connection in list(service.connections):
        connection.transport.abort()


def announce(line: str, ready_file: Path | None) -> None:
    if ready_file:
        # By way of another name, so that nobody reads half of it.
        partial = ready_file.with_name(ready_file.name + ".partial")
        partial.write_text(line + "\n")
        partial.replace(ready_file)
    print(line, flush=True)


def wait_for_end_of_stdin(loop: asyncio.AbstractEventLoop, stopping: asyncio.Event) -> None:
    # os.read rather than sys.stdin, whose lock a thread must not hold when the interpreter ends.
    while os.read(0, 4096):
        pass
    loop.call_soon_threadsafe(stopping.set)


def allow_many_connections() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 65_536 if hard == resource.RLIM_INFINITY else hard
    if soft == resource.RLIM_INFINITY or soft >= wanted:
        return
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    except (OSError, ValueError):
        print(f"no more than {soft} open files", file=sys.stderr)  # a kernel can allow less than it says


def main(argv=None) -> int:
    options = arguments(argv)
    allow_many_connections()
    temporary = None
    if options.state_dir is None:
        state = temporary = Path(tempfile.mkdtemp(prefix="locjob-service-"))  # made with mode 0700
    else:
        state = options.state_dir.resolve()
        state.mkdir(mode=0o700, parents=True, exist_ok=True)
        state.chmod(0o700)
    try:
        asyncio.run(serve(options, state))
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())

"""boto3 beside the library: both get the same environment, files and answers."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, Dict, List

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import credential_services  # noqa: E402
import generate  # noqa: E402
from proxies import EveryHost  # noqa: E402


def once_each(headers: List[List[str]]) -> Dict[str, str]:
    """Headers by name in lower case; none may come twice."""
    fields = {name.lower(): value for name, value in headers}
    assert len(fields) == len(headers), headers
    return fields


@pytest.fixture
def logged(service):
    """The requests that the service got since the last time, with what it thinks of their signatures."""

    def take() -> List[Dict[str, Any]]:
        return [
            {
                "method": request["method"],
                "target": request["target"],
                "headers": once_each(request["headers"]),
                "body": request["body"],
                "signature": request["signature"],
            }
            for request in service.requests(clear=True)
        ]

    return take


@pytest.fixture(scope="session")
def every_host(tmp_path_factory):
    """A proxy that plays every host: what would go to AWS goes there, and nothing leaves 127.0.0.1."""
    body = (generate.FIXTURES / "job.json").read_bytes()
    ca_file = str(tmp_path_factory.mktemp("every-host") / "ca.pem")
    with EveryHost(body, ca_file, credential_services.answer) as proxy:
        yield proxy


@pytest.fixture
def configured(every_host, environment, tmp_path):
    """Puts the environment and the files of a case in place."""

    def put(case: Dict[str, Any]) -> None:
        home = tmp_path / "home"
        (home / ".aws").mkdir()
        for name, place in (("config", ".aws/config"), ("credentials", ".aws/credentials"), ("other", "other")):
            if name in case:
                (home / place).write_bytes(case[name].encode())
        for variable in ("http_proxy", "https_proxy"):
            environment.setenv(variable, every_host.url)
        environment.setenv("AWS_CA_BUNDLE", every_host.ca_file)
        for name, value in case["env"].items():
            known = value.replace("{home}", str(home)).replace("{proxy}", every_host.url.partition("://")[2])
            environment.setenv(name, known)

    every_host.take()
    return put


@pytest.fixture
def reached(every_host):
    """The requests that the hosts got since the last time."""

    def take() -> List[Dict[str, Any]]:
        return [
            {
                "method": request.method,
                "url": request.url,
                "headers": once_each(request.headers),
                "body": request.body.decode("latin-1"),
            }
            for request in every_host.take()
        ]

    return take

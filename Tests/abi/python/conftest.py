"""The release library on the local service, in an environment that knows nothing of this machine."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
LIBRARY = Path(os.environ.get("LOCJOB_LIBRARY") or ROOT / ".build/release/liblocjob.so").absolute()
sys.path[:0] = [str(ROOT / "examples/python"), str(ROOT / "Tests/emulator"), str(Path(__file__).parent)]
os.environ["LOCJOB_LIBRARY"] = str(LIBRARY)


def pytest_configure(config) -> None:
    if not LIBRARY.exists():
        pytest.exit(f"there is no library at {LIBRARY}: build it, or name another with LOCJOB_LIBRARY", 3)


@pytest.fixture(scope="session")
def running_service():
    from client import Service

    with Service(bad_tls=True) as service:
        yield service


@pytest.fixture
def service(running_service):
    """The local service as just started."""
    running_service.reset()
    yield running_service
    assert running_service.stats()["internal_errors"] == 0


@pytest.fixture(autouse=True)
def environment(monkeypatch, tmp_path):
    """No variable that AWS clients read and an empty home; returns the means to set some."""
    for name in list(os.environ):
        if name.upper().startswith(("AWS_", "SSL_CERT", "BOTO")) or name.upper().endswith(("_PROXY", "_BUNDLE")):
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch


@pytest.fixture
def client(service):
    """Makes clients of the local service, which are closed at the end; settings override the usual."""
    import locjob
    from support import usual_settings

    made = []

    def make(**settings) -> locjob.Client:
        made.append(locjob.Client(**{**usual_settings(service), **settings}))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture(scope="session")
def running_services():
    from credential_services import CredentialServices

    with CredentialServices() as services:
        yield services


@pytest.fixture
def services(running_services, service, environment):
    """The services that give credentials, where clients look for them; the local service takes theirs."""
    from credential_services import KEYS, secret_of, token_of

    running_services.reset()
    for name, value in running_services.environment().items():
        environment.setenv(name, value)
    for key in KEYS.values():
        service.add_key(key, secret_of(key), session_token=token_of(key))
    return running_services


@pytest.fixture
def shared_files(tmp_path):
    """Writes ~/.aws/config and ~/.aws/credentials; returns the folder."""
    folder = tmp_path / "home/.aws"
    folder.mkdir()

    def write(config: str, credentials: str = "") -> Path:
        (folder / "config").write_text(config)
        (folder / "credentials").write_text(credentials)
        return folder

    return write


@pytest.fixture
def chain_client(service):
    """Makes clients of the local service that have to find credentials for themselves."""
    import locjob

    made = []

    def make(**settings) -> locjob.Client:
        made.append(locjob.Client(**{"region_name": "us-east-1", "endpoint_url": service.url, **settings}))
        return made[-1]

    service.create_job(JobId="a-job")
    yield make
    for each in made:
        each.close()


@pytest.fixture
def ctrl_c():
    """Has SIGINT raise KeyboardInterrupt, also where the tests run in the background and it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)

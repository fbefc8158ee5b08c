"""Environment, profiles and files: the same provider, the same requests for its credentials, and requests to
the service that are signed with the same, or the same refusal.

What goes to hosts of AWS goes to a proxy that plays every host; containers and instances are played by a server
that both reach directly.
"""

from __future__ import annotations


import pytest
from credential_cases import credentials
from differences import FAILURES
from generate import name_of
from oracle import boto3_client, both, compare

import locjob

#: What botocore calls the providers.
METHODS = {
    "explicit": "code",
    "env": "environment",
    "assume-role": "assume-role",
    "assume-role-with-web-identity": "web identity",
    "sso": "sso",
    "shared-credentials-file": "shared credentials file",
    "login": "login",
    "custom-process": "credential process",
    "config-file": "configuration file",
    "container-role": "container",
    "iam-role": "instance metadata",
}

def our_provider(client) -> str:
    """The provider that answers for its credentials, or fails to."""
    steps = client.explain()["credentials"]
    return next((step["provider"] for step in steps if step["state"] != "absent"), "none")


@pytest.fixture
def put(configured, services, environment, tmp_path):
    """Puts a case in place; returns what writes its files anew."""

    def put_case(case):
        home = tmp_path / "home"
        known = {"{home}": str(home), "{services}": services.url}

        def filled(text: str) -> str:
            for name, value in known.items():
                text = text.replace(name, value)
            return text

        for name in services.environment():
            environment.delenv(name)
        environment.setenv("no_proxy", "127.0.0.1")
        configured({**case, "env": {name: filled(value) for name, value in case["env"].items()}})

        def write_files() -> None:
            for name, text in case["files"].items():
                (home / name).parent.mkdir(parents=True, exist_ok=True)
                (home / name).write_text(filled(text))

        write_files()
        # boto3 has looked up the home directory when it was imported.
        cache = str(home / ".aws/sso/cache")
        environment.setattr("botocore.credentials.SSOProvider._SSO_TOKEN_CACHE_DIR", cache)
        environment.setattr("botocore.tokens.SSOTokenProvider._SSO_TOKEN_CACHE_DIR", cache)
        return write_files

    return put_case


@pytest.fixture
def asked(services, reached):
    """The requests of both ways since the last time: credentials of containers and instances come first."""
    from conftest import once_each

    def take():
        direct = [
            {"method": request.method, "url": request.target, "headers": once_each(request.headers), "body": ""}
            for request in services.take()
        ]
        return direct + reached()

    return take


@pytest.mark.parametrize("case", credentials(), ids=name_of)
def test_credentials(put, asked, case):
    write_files = put(case)
    providers = {}

    def ask_ours():
        with locjob.Client(**case["client"]) as client:
            providers["ours"] = our_provider(client)
            return client.get_job(JobId="a b")

    def ask_theirs():
        write_files()  # this library may have refreshed a token in them
        client = boto3_client(**case["client"])
        found = client._request_signer._credentials
        providers["theirs"] = METHODS[found.method] if found else "none"
        return client.get_job(JobId="a b")

    mine, theirs = both(ask_ours, ask_theirs, asked)
    if mine.error in FAILURES.get(theirs.error, ()):
        theirs = theirs._replace(error=mine.error, response=mine.response)
    compare(case, mine, theirs)
    if "here" not in case and "theirs" in providers and providers["theirs"] != "none":
        assert providers["ours"] == providers["theirs"]

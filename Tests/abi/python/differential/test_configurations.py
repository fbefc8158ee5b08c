"""Environment, files and settings: the same host, path, Region, keys and attempts, or the same refusal.

Both clients are pointed at a proxy that plays every host, so that the hosts of AWS can be asked for
without asking them.
"""

from __future__ import annotations

import pytest
from configurations import configurations, no_proxy
from generate import name_of
from oracle import boto3_client, both, compare
from support import usual_settings

import locjob


@pytest.mark.parametrize("case", configurations(), ids=name_of)
def test_configuration(configured, reached, case):
    configured(case)

    def ask_ours():
        with locjob.Client(**case["client"]) as client:
            return client.get_job(JobId="a b")

    def ask_theirs():
        return boto3_client(**case["client"]).get_job(JobId="a b")

    compare(case, *both(ask_ours, ask_theirs, reached))


@pytest.mark.parametrize("case", no_proxy(), ids=name_of)
def test_no_proxy(service, client, every_host, logged, reached, environment, case):
    """Whether a request goes to the service itself or to the proxy."""
    port = service.ports["http"]
    service.create_job(JobId="a-job")
    environment.setenv("http_proxy", every_host.url)
    environment.setenv("no_proxy", case["no_proxy"].replace("{port}", str(port)))
    settings = {
        **usual_settings(service),
        "endpoint_url": f"http://{case['host']}:{port}",
        "disable_host_prefix_injection": True,
    }
    ours = client(**settings)

    def ask_ours():
        ours.get_job(JobId="a-job")

    def ask_theirs():
        boto3_client(**settings).get_job(JobId="a-job")

    def ways():
        direct = [{"way": "direct", "headers": request["headers"]} for request in logged()]
        return direct + [{"way": "proxy", "headers": request["headers"]} for request in reached()]

    compare(case, *both(ask_ours, ask_theirs, ways))

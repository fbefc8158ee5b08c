"""The same signature by aws-c-auth, which is C, as its Python binding awscrt calls it. With 0 calls, prints the
signature instead.

    signature_awscrt.py CALLS
"""

import datetime
import json
import os
import sys
import time

from awscrt.auth import (
    AwsCredentialsProvider,
    AwsSignatureType,
    AwsSignedBodyValue,
    AwsSigningAlgorithm,
    AwsSigningConfig,
    aws_sign_request,
)
from awscrt.http import HttpHeaders, HttpRequest

HOST, PATH = "geo.us-east-1.amazonaws.com", "/metadata/v0/jobs/benchmark-job"

calls = int(sys.argv[1])
config = AwsSigningConfig(
    algorithm=AwsSigningAlgorithm.V4,
    signature_type=AwsSignatureType.HTTP_REQUEST_HEADERS,
    credentials_provider=AwsCredentialsProvider.new_static(
        os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
    ),
    region="us-east-1",
    service="geo",
    date=datetime.datetime(2026, 1, 1, 8, 30, tzinfo=datetime.timezone.utc),
    signed_body_value=AwsSignedBodyValue.EMPTY_SHA256,
)


def sign() -> HttpRequest:
    request = HttpRequest("GET", PATH, HttpHeaders([("host", HOST)]))
    return aws_sign_request(request, config).result()


if calls == 0:
    print(sign().headers.get("Authorization").rpartition("=")[2])
    sys.exit()
sign()
begin, processor_begin = time.perf_counter(), time.process_time()
for _ in range(calls):
    sign()
measured = {
    "calls": calls,
    "seconds": time.perf_counter() - begin,
    "processor_seconds": time.process_time() - processor_begin,
}
print(json.dumps(measured))

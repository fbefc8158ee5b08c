"""The same signature by botocore: SigV4Auth.add_auth of a new request.

    signature_botocore.py CALLS
"""

import json
import os
import sys
import time

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

URL = "https://geo.us-east-1.amazonaws.com/metadata/v0/jobs/benchmark-job"

calls = int(sys.argv[1])
credentials = Credentials(
    os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"], os.environ["AWS_SESSION_TOKEN"]
)
signer = SigV4Auth(credentials, "geo", "us-east-1")

begin, processor_begin = time.perf_counter(), time.process_time()
for _ in range(calls):
    signer.add_auth(AWSRequest(method="GET", url=URL))
measured = {
    "calls": calls,
    "seconds": time.perf_counter() - begin,
    "processor_seconds": time.process_time() - processor_begin,
}
print(json.dumps(measured))

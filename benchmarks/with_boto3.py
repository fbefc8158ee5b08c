"""The same calls by boto3, configured by the same environment.

    with_boto3.py ENDPOINT_URL JOB_ID CALLS
"""

import json
import sys
import time

import boto3
import botocore.config

endpoint_url, job_id, calls = sys.argv[1], sys.argv[2], int(sys.argv[3])
client = boto3.client(
    "location", endpoint_url=endpoint_url, config=botocore.config.Config(inject_host_prefix=False)
)
client.get_job(JobId=job_id)  # opens the connection, which is kept

begin, processor_begin = time.perf_counter(), time.process_time()
for _ in range(calls):
    client.get_job(JobId=job_id)
measured = {
    "calls": calls,
    "seconds": time.perf_counter() - begin,
    "processor_seconds": time.process_time() - processor_begin,
}
print(json.dumps(measured))

"""The same calls by the library's Python binding, configured by the same environment.

    with_locjob.py JOB_ID CALLS
"""

import json
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "examples/python"))
import locjob  # noqa: E402

job_id, calls = sys.argv[1], int(sys.argv[2])
client = locjob.Client()
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

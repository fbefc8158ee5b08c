"""Python's json parses the response in a file so many times.

    reading_json.py FILE CALLS
"""

import json
import sys
import time
from pathlib import Path

body, calls = Path(sys.argv[1]).read_bytes(), int(sys.argv[2])
begin, processor_begin = time.perf_counter(), time.process_time()
for _ in range(calls):
    json.loads(body)
measured = {
    "calls": calls,
    "seconds": time.perf_counter() - begin,
    "processor_seconds": time.process_time() - processor_begin,
}
print(json.dumps(measured))

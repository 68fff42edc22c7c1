"""Sends events with the SDK as published: send.py URL WRITE_KEY COUNT. Ends badly when the SDK gave one up."""

import sys
import time

from segment.analytics.client import Client

url, write_key, count = sys.argv[1], sys.argv[2], int(sys.argv[3])
failures = []
client = Client(
    write_key,
    host=url,
    max_queue_size=count,
    upload_interval=0.2,
    upload_size=100,
    max_retries=40,
    on_error=lambda error, batch: failures.append(error),
)
for index in range(count):
    is_queued, _ = client.track(f"customer-{index}", "sdk_sent", {"index": index})
    if not is_queued:
        sys.exit("the queue of the SDK was full")
    if index % 100 == 99:
        time.sleep(0.03)
client.shutdown()
if failures:
    sys.exit(f"the SDK gave up: {failures[0]}")

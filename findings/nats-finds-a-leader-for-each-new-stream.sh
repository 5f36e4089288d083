#!/usr/bin/env bash
# nats-server 2.9, three servers on one machine: to make a stream of three replicas takes about half a second, from the first to the
# hundredth, and a stream of one replica in the same cluster a few milliseconds. A good guess is the disk or the network. It is the
# new stream's own election, whose first campaign waits for 100 to 800 ms by chance. Tests that make a stream each wait for it:
# make some ahead of time, side by side.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$folder"' EXIT
server=$(command -v nats-server || echo /usr/sbin/nats-server)
for number in 1 2 3; do
  "$server" --addr 127.0.0.1 --port "1453$number" --name "n$number" --jetstream --store_dir "$folder/$number" --cluster_name lab \
    --cluster "nats://127.0.0.1:1454$number" --routes nats://127.0.0.1:14541,nats://127.0.0.1:14542,nats://127.0.0.1:14543 \
    >/dev/null 2>&1 &
done
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nats-py==2.16.0
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio
import statistics
import time

import nats


async def main():
    client = await nats.connect("nats://127.0.0.1:14531")
    stream, took = client.jetstream(timeout=10), {1: [], 3: []}
    for number in range(200):
        try:
            await stream.add_stream(name="first", subjects=["first"], num_replicas=3)
            break
        except (nats.errors.Error, nats.js.errors.Error):
            await asyncio.sleep(0.1)
    for replicas in took:
        for number in range(10):
            began = time.perf_counter()
            await stream.add_stream(name=f"r{replicas}-{number}", subjects=[f"r{replicas}.{number}"], num_replicas=replicas)
            took[replicas].append(time.perf_counter() - began)
    await client.close()
    medians = {replicas: round(statistics.median(each), 3) for replicas, each in took.items()}
    print("seconds to make a stream, by replicas:", medians)
    assert medians[3] > 0.15 and medians[3] > 5 * medians[1], "this has changed"


asyncio.run(main())
PYTHON

"""The log on NATS JetStream, on one server that this script starts: a full read against a bare loop of nats-py.

The bare loop pulls the same messages 1,000 at a time, without acknowledgements, and decodes their events with msgspec
into the same class; the kit also checks every event, and puts it into its envelope. With 100 events a commit that is
most of the work, and no limit is claimed. Both take turns, in one run.
"""

from __future__ import annotations

import asyncio
import shutil
import socket
import subprocess
import tempfile
import time
from contextlib import contextmanager
from functools import partial

from tools.claims import by_turns, missing, row, seconds

import cqrs_lab as lab

COMMITS, RUNS, PAGE = 3_000, 5, 1_000
SERVER = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")


@contextmanager
def server():
    """Start a server with JetStream on a free port, and yield its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port = found.getsockname()[1]
    with tempfile.TemporaryDirectory() as folder:
        command = [SERVER, "--addr", "127.0.0.1", "--port", str(port), "--jetstream", "--store_dir", folder]
        started = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            until = time.monotonic() + 10
            while time.monotonic() < until:
                try:
                    socket.create_connection(("127.0.0.1", port), timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.02)
            yield f"nats://127.0.0.1:{port}"
        finally:
            started.kill()
            started.wait()


def bare_loop(address, name, kind, events):
    """Return what reads all messages of a stream with nats-py, and decodes their events."""
    import msgspec
    import nats
    from nats.js.api import AckPolicy, ConsumerConfig

    decode = msgspec.json.Decoder(kind).decode

    async def read():
        client = await nats.connect(address)
        config = ConsumerConfig(ack_policy=AckPolicy.NONE)
        pulled = await client.jetstream().pull_subscribe(f"{name}.>", stream=name, config=config)
        left, found = COMMITS, 0
        while left:
            messages = await pulled.fetch(min(PAGE, left))
            found += sum(1 for one in messages for line in one.data.split(b"\n")[1:] if decode(line))
            left -= len(messages)
        await client.close()
        assert found == events

    return lambda: asyncio.run(read())


def fill(store, sold):
    for number in range(COMMITS):
        store.append(f"till-{number}", sold, expected=0)


def main():
    if missing("nats", "msgspec"):
        return
    if SERVER is None:
        print("left out, as nats-server is not installed (Debian: apt-get install nats-server)")
        return
    from tools.sales import Sold, Totals
    from tools.tills import sales

    with server() as address:
        for size in (1, 10, 100):
            sold = sales(size)
            url = f"{address}/LOG{size}"
            with lab.open_event_store(url, events={"sold": Sold}) as store:
                append = partial(fill, store, sold)
                took = seconds(append)
                times = by_turns(
                    RUNS,
                    kit=lambda store=store: sum(1 for _ in store.read_all()),
                    bare=bare_loop(address, f"LOG{size}", Sold, COMMITS * size),
                    rebuild=lambda store=store: lab.Projector(store, Totals()).catch_up(),
                )
            what = f"JetStream, {COMMITS:,} commits of {size}"
            limit = 0.7 if size <= 10 else None
            row(f"full read of {what}: bare nats-py loop : kit", times["bare"] / times["kit"], limit, least=True)
            row(f"a table rebuilt from {what}: bare nats-py loop : kit", times["bare"] / times["rebuild"])
            row(f"an append to {what}", took / COMMITS * 1e3, unit=" ms")


if __name__ == "__main__":
    main()

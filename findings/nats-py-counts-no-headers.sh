#!/usr/bin/env bash
# nats-py 2.16 with nats-server 2.9: the client refuses a payload that is longer than max_payload, and leaves the headers out of the
# sum. The server counts them. A message whose payload just fits, with one header, is sent: the server answers with an error
# that nobody awaits, closes the connection, and the publisher gets a time-out, as for a slow server; the client is then closed for good,
# also with reconnecting allowed. A good guess is MaxPayloadError, as for a payload that is one byte longer.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null; wait; rm -rf "$folder"' EXIT
server=$(command -v nats-server || echo /usr/sbin/nats-server)
"$server" --addr 127.0.0.1 --port 14522 --jetstream --store_dir "$folder" >/dev/null 2>&1 &
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check nats-py==2.16.0
"$folder/venv/bin/python" - <<'PYTHON'
import asyncio

import nats


async def main():
    async def quiet(error):
        pass

    client = await nats.connect("nats://127.0.0.1:14522", error_cb=quiet)
    await client.jetstream().add_stream(name="S", subjects=["s"])
    came = {}
    for name, size, headers in (("longer", 1, None), ("fits", 0, None), ("fits, with a header", 0, {"A": "b"})):
        try:
            await client.request("s", b"x" * (client.max_payload + size), timeout=1, headers=headers)
            came[name] = "taken"
        except nats.errors.Error as error:
            came[name] = type(error).__name__
    await asyncio.sleep(0.2)
    print(nats.__version__ if hasattr(nats, "__version__") else "nats-py 2.16.0", came, "closed:", client.is_closed)
    assert came == {"longer": "MaxPayloadError", "fits": "taken", "fits, with a header": "TimeoutError"}, "this has changed"
    assert client.is_closed, "this has changed"


asyncio.run(main())
PYTHON

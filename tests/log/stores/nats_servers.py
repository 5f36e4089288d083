"""NATS servers for the tests: one alone and a cluster of three, on free ports of this machine, each with a folder."""

from __future__ import annotations

import json
import shutil
import signal
import socket
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import count
from pathlib import Path
from uuid import uuid4

from cqrs_lab.log.stores.jetstream_log import settings

BINARY = shutil.which("nats-server") or shutil.which("nats-server", path="/usr/sbin:/usr/local/sbin")
MISSING = "nats-server is not installed (Debian: apt-get install nats-server)"
MAX_PAYLOAD = 1_048_576
CONFIG = """
server_name: {name}
listen: "127.0.0.1:{port}"
max_payload: {max_payload}
jetstream {{ store_dir: "{folder}", max_file_store: 2GB }}
{more}
"""
CLUSTER = 'cluster {{ name: lab, listen: "127.0.0.1:{port}", routes: [{routes}] }}'
UNAVAILABLE = 503  # no leader just now


def free_ports(count):
    found = [socket.socket() for _ in range(count)]
    for one in found:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in found]
    for one in found:
        one.close()
    return ports


class NatsServer:
    """One server: start, kill -9, pause, start again on the same folder."""

    def __init__(self, folder, name, port, more="", max_payload=MAX_PAYLOAD):
        self.folder, self.name, self.port = Path(folder) / name, name, port
        self.folder.mkdir(parents=True)
        config = CONFIG.format(name=name, port=port, folder=self.folder, more=more, max_payload=max_payload)
        (self.folder / "server.conf").write_text(config)
        self.process = None

    @property
    def address(self):
        return f"127.0.0.1:{self.port}"

    def start(self):
        command = [BINARY, "--config", str(self.folder / "server.conf"), "--log", str(self.folder / "server.log")]
        self.process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return self

    def signal(self, which):
        self.process.send_signal(which)

    def kill(self):
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None


def one(folder, **how):
    (port,) = free_ports(1)
    made = NatsServer(folder, "alone", port, **how).start()
    wait_for([made])
    return [made]


def three(folder):
    ports = free_ports(6)
    routes = ", ".join(f'"nats://127.0.0.1:{port}"' for port in ports[3:])
    made = [
        NatsServer(folder, f"n{number}", ports[number], CLUSTER.format(port=ports[3 + number], routes=routes)).start()
        for number in range(3)
    ]
    wait_for(made)
    return made


def wait_for(servers):
    """Wait until JetStream answers for an account on each of them: a leader is there."""
    until = time.monotonic() + 30
    for server in servers:
        while (answer := asked(server, "$JS.API.INFO")) is None or "error" in answer:
            assert time.monotonic() < until, f"{server.name}: {answer}"
            time.sleep(0.02)


def wait_until_they_listen(servers):
    """Wait until each of them takes connections: it may ask for a password, or have no JetStream."""
    until = time.monotonic() + 30
    for server in servers:
        while not _listens(server):
            assert time.monotonic() < until, f"{server.name} does not listen"
            time.sleep(0.02)


def _listens(server):
    with socket.socket() as line:
        return line.connect_ex(("127.0.0.1", server.port)) == 0


def asked(server, subject, body=b""):
    """Return the answer to one request, by the bare protocol; None if there is none.

    Each comes back to a name of its own: what several threads ask at once must not be told to all of them.
    """
    back = uuid4().hex.encode()
    try:
        with closing(socket.create_connection(("127.0.0.1", server.port), timeout=2)) as line:
            stream = line.makefile("rwb")
            stream.readline()
            connect = b'CONNECT {"verbose":false,"headers":true,"no_responders":true}\r\n'
            stream.write(connect + b"SUB %s 1\r\n" % back)
            stream.write(b"PUB %s %s %d\r\n%s\r\n" % (subject.encode(), back, len(body), body))
            stream.flush()
            while kind := stream.readline().split():
                if kind[0] == b"MSG":
                    return json.loads(stream.read(int(kind[-1])))
                if kind[0] in (b"HMSG", b"-ERR"):
                    return None
    except OSError:
        return None
    return None


def admin(servers, what, **body):
    """Ask JetStream's API of whichever server answers, as an operator would: again, while they elect a leader."""
    until = time.monotonic() + 30
    while time.monotonic() < until:
        running = (one for one in servers if one.process is not None)
        answers = (asked(one, f"$JS.API.{what}", json.dumps(body).encode()) for one in running)
        found = next(filter(None, answers), None)
        if found and found.get("error", {}).get("code") != UNAVAILABLE:
            return found
        time.sleep(0.05)
    raise AssertionError(f"no server answers {what}")


def url(servers, name):
    return f"nats://{','.join(one.address for one in servers)}/{name}"


class Logs:
    """New, empty logs on some servers.

    In a cluster, a log takes half a second to find its leader, so some are made ahead of time.
    """

    AHEAD, KEPT = 8, 40

    def __init__(self, servers):
        self.servers, self._numbers = servers, count()
        self._pool, self._next, self._given = ThreadPoolExecutor(self.AHEAD), [], []

    def _make(self):
        name = f"LOG{next(self._numbers)}"
        admin(self.servers, f"STREAM.CREATE.{name}", **settings(name, len(self.servers)))
        return name

    def name(self):
        """Return the name of a new log; the oldest ones are deleted, which their stores do not forgive."""
        self._next += [self._pool.submit(self._make) for _ in range(self.AHEAD - len(self._next))]
        self._given.append(self._next.pop(0).result())
        if len(self._given) > self.KEPT:
            self._pool.submit(admin, self.servers, f"STREAM.DELETE.{self._given.pop(0)}")
        return self._given[-1]

    def url(self):
        return url(self.servers, self.name())

    def close(self):
        self._pool.shutdown(cancel_futures=True)
        for server in self.servers:
            server.kill()

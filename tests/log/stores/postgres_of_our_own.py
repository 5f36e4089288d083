"""A PostgreSQL server of the tests' own, in a temporary folder: started, killed, and started again.

    python -m tests.log.stores.postgres_of_our_own      # says which one would be used
"""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from itertools import count
from pathlib import Path

import psutil
import psycopg

from cqrs_lab.log.contract import EVENTS
from cqrs_lab.log.stores import postgres
from cqrs_lab.log.stores.postgres import PostgresEventStore

PATIENCE_SECONDS = 60
UNPRIVILEGED = ("postgres", "nobody")
names = count(1)


def binaries():
    """Return the folder of PostgreSQL's programs; None if it is not installed."""
    on_path = shutil.which("postgres")
    if on_path and (Path(on_path).parent / "initdb").exists():
        return Path(on_path).parent
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda one: float(one.parts[4]))
    return installed[-1].parent if installed else None


def another_user():
    """Return whom PostgreSQL may run as: it refuses to be root."""
    if os.getuid() != 0:
        return {}
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            one = pwd.getpwnam(name)
            return {"user": one.pw_uid, "group": one.pw_gid, "extra_groups": []}
    raise RuntimeError(f"these tests run as root, and none of the users {UNPRIVILEGED} is there")


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


class Server:
    """A server that can be killed."""

    def __init__(self, *settings):
        self.programs, self.settings, self.process = binaries(), settings, None
        self.folder = Path(tempfile.mkdtemp(prefix="cqrs-lab-pg-"))
        self.who = another_user()
        if self.who:
            os.chown(self.folder, self.who["user"], self.who["group"])
        self.port = free_port()
        how = ["-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync"]
        subprocess.run(
            [self.programs / "initdb", "-D", self.folder / "data", *how],
            check=True, capture_output=True, cwd="/", **self.who,
        )  # fmt: skip
        self.start()

    @property
    def url(self):
        return f"postgresql://postgres:secret@127.0.0.1:{self.port}/postgres"

    def start(self):
        """Start it, and return when it answers."""
        given = ["-c", "listen_addresses=127.0.0.1", "-c", "fsync=off", "-c", "max_connections=200"]
        command = [self.programs / "postgres", "-D", "data", "-p", str(self.port), "-k", str(self.folder), *given]
        with open(self.folder / "log", "ab") as log:
            command += [one for pair in self.settings for one in ("-c", pair)]
            self.process = subprocess.Popen(command, cwd=self.folder, stdout=log, stderr=log, **self.who)
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                psycopg.connect(self.url, connect_timeout=5).close()
                return
            except psycopg.OperationalError as error:
                if self.process.poll() is not None or time.monotonic() > until:
                    raise RuntimeError((self.folder / "log").read_text()[-2000:]) from error
                time.sleep(0.02)

    def kill(self):
        """Kill it and all its processes, as a power cut would."""
        all_of_it = [self.process, *psutil.Process(self.process.pid).children(recursive=True)]
        for one in all_of_it:
            with contextlib.suppress(psutil.NoSuchProcess, ProcessLookupError):
                one.send_signal(signal.SIGKILL)
        self.process.wait()
        psutil.wait_procs([one for one in all_of_it if isinstance(one, psutil.Process)], timeout=PATIENCE_SECONDS)

    def stop(self):
        """End it for good."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(PATIENCE_SECONDS)
            except subprocess.TimeoutExpired:
                self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def new_store(self, kind=PostgresEventStore, clock=lambda: 1.5, **more):
        """Return a store with a new log."""
        return kind(self.url, EVENTS, clock, schema=f"log {os.getpid()} {next(names)}", **more)

    def execute(self, text, *values):
        """Run a statement as another program would."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            found = connection.execute(text, values or None)
            return found.fetchall() if found.description else []

    def recycling(self, monkeypatch, kind=PostgresEventStore):
        """Return a function that makes stores, each of which finds its log empty: one schema and one pool for all.

        The contract makes hundreds of stores one after the other; a schema for each would take most of its time.
        """
        with self.new_store(kind) as first:
            one, events = first._server, first._schema.quoted("events")
        monkeypatch.setattr(postgres, "PostgresServer", lambda url, schema: one)
        wiping = psycopg.connect(self.url, autocommit=True)

        def make(empty=True):
            if empty:
                wiping.execute(f"DELETE FROM {events}")
            return kind(self.url, EVENTS, lambda: 1.5, schema=one.schema.name)

        make.wiping = wiping
        return make


if __name__ == "__main__":
    print(binaries() or "PostgreSQL is not installed")

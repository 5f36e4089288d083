"""A class for some minutes: one real JupyterLab server, thirty kernels that work, and a teacher who pulls plugs.

    python -m tests.classroom.thirty_kernels FOLDER [SECONDS] [KERNELS]

Everything goes through the server's REST and websocket interface, as a browser's does. Besides the teacher's plugs,
cells are interrupted and kernels are killed with SIGKILL. It prints what was recorded, by statements of SQL that do not
know the judge; what the judge says; memory minute by minute; and which processes are left.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
import uuid
from collections import Counter
from contextlib import closing, suppress
from pathlib import Path

import psutil
from tornado.httpclient import AsyncHTTPClient, HTTPError, HTTPRequest
from tornado.websocket import WebSocketClosedError, websocket_connect

from cqrs_lab.classroom.folders import PLACE
from tests.browser.lab_server import LabServer

STEPS, PAUSE_SECONDS = 20, 0.5
SEED = 18
SQL = {
    "events": "SELECT count(*) FROM log.events",
    "acknowledged": "SELECT count(*) FROM commands WHERE position IS NOT NULL",
    "asked, not acknowledged": "SELECT count(*) FROM commands WHERE position IS NULL",
    "acknowledged and not at that place in the log": """
        SELECT count(*) FROM commands LEFT JOIN log.events
        ON events.position = commands.position AND events.command_id = seat || '-' || number
        WHERE commands.position IS NOT NULL AND events.position IS NULL""",
    "in the log twice": "SELECT count(*) - count(DISTINCT command_id) FROM log.events",
    "gaps in the positions": "SELECT max(position) - count(*) FROM log.events",
    "tables kept": "SELECT count(*) FROM visits",
    "tables that are not the sum of the log": """
        SELECT count(*) FROM visits WHERE upto != (SELECT sum(value) FROM json_each(units))""",
    "tables that do not go on where the last one stopped": """
        SELECT count(*) FROM (
            SELECT start, lag(upto, 1, 0) OVER (PARTITION BY seat ORDER BY number) AS before FROM visits
        ) WHERE start != before""",
    "looks": "SELECT count(*) FROM looks",
    "plugs that struck": "SELECT count(*) FROM plugs WHERE struck_at IS NOT NULL",
    "seats": "SELECT count(*) FROM seats",
    "seats taken again": "SELECT sum(epoch - 1) FROM seats",
}


class Kernel:
    """A kernel of the server, and its websocket."""

    def __init__(self, server, name):
        self.server, self.name, self.id, self.socket, self.pid = server, name, "", None, 0

    async def rest(self, method, what, body=None):
        headers = {"Authorization": f"token {self.server.token}"}
        url = f"http://127.0.0.1:{self.server.port}/api/{what}"
        data = None if method in ("GET", "DELETE") else json.dumps(body or {})
        asked = HTTPRequest(url, method, headers, data, request_timeout=120)
        answer = await AsyncHTTPClient().fetch(asked)
        return json.loads(answer.body) if answer.body else None

    async def start(self):
        self.id = (await self.rest("POST", "kernels", {"name": "python3"}))["id"]
        await self.connect()

    async def connect(self):
        """Open the websocket, and wait until the kernel answers."""
        url = f"ws://127.0.0.1:{self.server.port}/api/kernels/{self.id}/channels?token={self.server.token}"
        self.socket = await websocket_connect(url)
        self.pid = int((await self.run("import os; os.getpid()", patience=120))[1])

    async def run(self, code, patience=120):
        """Run a cell; return its status ("ok", an error's name, or "gone") and what it shows."""
        mine = uuid.uuid4().hex
        content = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "stop_on_error": True}
        header = {"msg_id": mine, "msg_type": "execute_request", "session": mine, "username": "", "version": "5.3"}
        message = {"header": header, "parent_header": {}, "metadata": {}, "content": content, "channel": "shell"}
        await self.socket.write_message(json.dumps(message))
        shown, status, idle, until = "", "", False, time.monotonic() + patience
        while not (status and idle):  # they come on two channels, in any order
            said = await asyncio.wait_for(self.socket.read_message(), max(0.1, until - time.monotonic()))
            if said is None:
                return "gone", shown
            said = json.loads(said)
            kind, content = said["msg_type"], said["content"]
            if kind == "status" and content["execution_state"] in ("restarting", "autorestarting", "dead"):
                return "gone", shown
            if said["parent_header"].get("msg_id") != mine:
                continue
            if kind == "execute_result":
                shown = content["data"]["text/plain"]
            elif kind == "execute_reply":
                status = "ok" if content["status"] == "ok" else content.get("ename", content["status"])
            idle = idle or (kind == "status" and content["execution_state"] == "idle")
        return status, shown

    async def done(self, code, patience=300):
        """Run a cell, if need be in a connection of its own, and return what `run` returns."""
        while True:
            with suppress(TimeoutError, WebSocketClosedError):
                status, shown = await self.run(code, patience)
                if status != "gone":
                    return status, shown
            await self.again()

    async def again(self):
        """Connect again: to the kernel that the server has started in the place of one that was killed, or to the same.

        A server that is short of time closes a websocket whose pings it does not get round to; the kernel goes on.
        """
        while True:
            self.socket.close()
            with suppress(TimeoutError, WebSocketClosedError, HTTPError):
                url = f"ws://127.0.0.1:{self.server.port}/api/kernels/{self.id}/channels?token={self.server.token}"
                self.socket = await websocket_connect(url)
                status, shown = await self.run("import os; os.getpid()", patience=60)
                if status == "ok":
                    self.pid = int(shown)
                    return
            await asyncio.sleep(0.5)


async def learn(kernel, end, happened):
    """Do as a learner does: take the seat, work, and take the seat again when the worker is dead."""
    join = f"import cqrs_lab as lab; me = lab.join({kernel.name!r}); me"
    work = f"me.work({STEPS}, pause_seconds={PAUSE_SECONDS})"
    code = join
    while time.monotonic() < end:
        try:
            status, shown = await kernel.run(code)
        except (TimeoutError, WebSocketClosedError):
            status, shown = "gone", ""
        killed = "was killed" in shown
        happened["worker killed" if killed else status] += 1
        if status == "gone":
            await kernel.again()
        # An interrupt within a cell that joins leaves no seat behind.
        code = work if (status == "ok" and not killed) or (status == "KeyboardInterrupt" and code == work) else join


async def teach(teacher, kernels, end, happened):
    """Pull plugs, look at the board, interrupt cells, kill kernels."""
    chance, stopped, turn = random.Random(SEED), [], 0
    projectors_and_writers = [one.name for at, one in enumerate(kernels) if at % 3 != 2]
    while time.monotonic() < end - 5:
        turn += 1
        await asyncio.sleep(2)
        name = chance.choice(kernels).name
        if turn % 3 == 0:
            await teacher.done(f"room.pull({name!r}); None")
        elif turn % 3 == 1:
            await teacher.done(f"room.pull({chance.choice(projectors_and_writers)!r}, 'twice'); None")
        elif len(stopped) < 3:
            stopped.append(name)
            await teacher.done(f"room.pull({name!r}, 'stop'); None")
        else:
            await teacher.done(f"room.put_back({stopped.pop(0)!r}); None")
        if turn % 2 == 0:
            status, _ = await teacher.done("view.move(look=view.values['look'] + 1); view.says")
            happened[f"board {status}"] += 1
        if turn % 5 == 0:
            await teacher.rest("POST", f"kernels/{chance.choice(kernels).id}/interrupt")
            happened["cells interrupted"] += 1
        if turn % 15 == 0:
            os.kill(chance.choice(kernels).pid, signal.SIGKILL)
            happened["kernels killed"] += 1
    for name in stopped:
        await teacher.done(f"room.put_back({name!r}); None")


def memory(pids):
    """Return the mebibytes that each process has for itself."""
    found = {}
    for name, pid in pids.items():
        with suppress(psutil.NoSuchProcess):
            found[name, pid] = psutil.Process(pid).memory_full_info().uss / 2**20
    return found


async def hour(server, seconds, number):
    names = [f"seat {one}" for one in range(1, number + 1)]
    teacher, kernels = Kernel(server, "teacher"), [Kernel(server, name) for name in names]
    began = time.monotonic()
    await teacher.start()
    print(await teacher.done("import cqrs_lab as lab; room = lab.room('thirty'); room"), flush=True)
    for one in kernels:
        await one.start()
    for one in kernels:  # in their order, so that roles are known
        status, shown = await one.done(f"import cqrs_lab as lab; me = lab.join({one.name!r}); me")
        assert status == "ok", shown
    print(f"{number} kernels have joined after {time.monotonic() - began:.0f} s", flush=True)
    await teacher.done("view = room.board(); view.says")
    joined = {(one.name, one.pid) for one in kernels}
    end, happened = time.monotonic() + seconds, Counter()
    by_minute = asyncio.create_task(measured_each_minute(server, teacher, kernels, end))
    await asyncio.gather(*(learn(one, end, happened) for one in kernels), teach(teacher, kernels, end, happened))
    # What was asked and interrupted last is sent again by one more step.
    for one in kernels:
        await one.done(f"import cqrs_lab as lab; me = lab.join({one.name!r}); me.work(2, pause_seconds=0)")
    print(f"what happened: {dict(happened)}", flush=True)
    report(joined, [*await by_minute, measured(server, teacher, kernels)])
    status, judged = await teacher.done("judged = room.judge(); judged", patience=600)
    print(f"the judge ({status}):\n{judged}", flush=True)
    print("the ticket:", await teacher.done("str(room.ticket('hour.ticket'))"), flush=True)
    pids = [one.pid for one in (teacher, *kernels)]
    for one in (teacher, *kernels):
        one.socket.close()
        await one.rest("DELETE", f"kernels/{one.id}")
    return pids, judged


def measured(server, teacher, kernels):
    return memory({"server": server.pid, "teacher": teacher.pid} | {one.name: one.pid for one in kernels})


async def measured_each_minute(server, teacher, kernels, end):
    found = []
    while (left := end - time.monotonic()) > 0:
        await asyncio.sleep(min(60.0, left))
        found.append(measured(server, teacher, kernels))
    return found


def report(joined, minutes):
    """Print the memory of those processes that are the same as when they joined, minute by minute, and of all."""
    same = set.intersection(joined, *map(set, minutes))
    print(f"MiB, minute by minute; {len(same)} kernels were never killed:")
    print("kernel, mean   most  teacher  server     all")
    for one in minutes:
        own = [one[key] for key in same]
        by_name = {name: mib for (name, _), mib in one.items()}
        teacher, server = by_name["teacher"], by_name["server"]
        numbers = f"{sum(own) / len(own):12.1f} {max(own):6.1f} {teacher:8.1f} {server:7.1f} {sum(one.values()):7.0f}"
        print(numbers, flush=True)


def counted(rooms):
    """Print what is in the files, by SQL alone."""
    (folder,) = [one for one in rooms.iterdir() if one.is_dir()]
    with closing(sqlite3.connect(folder / "hour.db")) as notes:
        notes.execute("ATTACH ? AS log", (str(folder / "log.db"),))
        for what, sql in SQL.items():
            print(f"{what}: {notes.execute(sql).fetchone()[0]:,}")


def main(folder, seconds=600.0, number=30):
    rooms = folder / "rooms"
    os.environ[PLACE] = str(rooms)
    server = LabServer(folder)
    try:
        server.wait_until_up()
        pids, judged = asyncio.run(hour(server, seconds, number))
        own = [server.pid, *pids]
        children = [one.pid for one in psutil.Process(server.pid).children(recursive=True)]
    finally:
        server.stop()
    time.sleep(2)
    left = [one for one in {*own, *children} if psutil.pid_exists(one)]
    print(f"processes left: {len(left)} {[psutil.Process(one).cmdline() for one in left]}")
    counted(rooms)
    ticket = folder / "root" / "hour.ticket"
    code = f"import cqrs_lab as lab; hour = lab.replay_hour({str(ticket)!r}); print(hour); print(hour.judge())"
    code += "; print(hour.store().head())"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=600).stdout
    print(f"the ticket ({ticket.stat().st_size:,} bytes) at home:\n{again}")
    print("the same judgement:", judged in again)


if __name__ == "__main__":
    place, *rest = sys.argv[1:]
    main(Path(place).absolute(), *(kind(one) for kind, one in zip((float, int), rest, strict=False)))

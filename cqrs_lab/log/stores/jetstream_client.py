"""Talks to NATS servers without asyncio for its caller: the event loop has a thread of its own, one for the process.

A connection that broke is made again, to whichever server of the cluster answers. A request that got no answer may
have been heard: who sends one says what that means.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
import time
import weakref
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import Future
from typing import Any, NamedTuple, TypeVar

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

from cqrs_lab.errors import InvalidArgument, StoreUnavailable, said
from cqrs_lab.log.stores.jetstream_place import JetStreamPlace

Result = TypeVar("Result")
PATIENCE_SECONDS = 25.0
"""How long a call goes on asking. A cluster that has lost its leader has another one after 4 to 10 s."""
FIRST_SECONDS = 2.0
"""How long it does if no server was ever reached: most likely the URL is wrong, or nothing runs there."""
ANSWER_SECONDS = 2.0
CONNECT_SECONDS = 2.0
ALL_WELL = "look whether most of its servers run, with JetStream (nats-server -js), and try again"
HEADERS_BEGIN = "NATS/1.0\r\n"
FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.5
TROUBLE = (OSError, asyncio.TimeoutError, nats.errors.Error, AssertionError)  # asserted: the client is still open


class NoAnswer(Exception):
    """A request that got no answer, or one that a later request may not get. Whether it was heard is not known."""


class Refused(NoAnswer):
    """A server's answer that says no; the meaning is in its code.

    Attributes
    ----------
    code : int
    """

    def __init__(self, code: int, why: str) -> None:
        super().__init__(f"{why} ({code})")
        self.code = code


class Delivered(NamedTuple):
    """A message of a stream: its sequence number there, and what it holds."""

    sequence: int
    data: bytes


# --- the loop ---------------------------------------------------------------------------------------------

_starting = threading.Lock()
_running: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    """Return this process's event loop; it runs in a daemon thread."""
    with _starting:
        if not _running:
            made = asyncio.new_event_loop()
            # A task of nats-py whose connection broke; who has sent a request hears of it, and asks again.
            made.set_exception_handler(lambda loop, context: None)
            threading.Thread(target=made.run_forever, name="cqrs-lab nats", daemon=True).start()
            _running.append(made)
        return _running[0]


def _after_fork() -> None:
    """Leave the loop to the parent: its thread is not here."""
    global _starting
    _starting = threading.Lock()
    _running.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork)


class _Held:
    """One process's connection, and the lock of who makes it."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop, self.connecting = loop, asyncio.Lock()
        self.nats: Client | None = None

    def release(self) -> None:
        """Close the connection soon."""
        if self.nats is not None and self.loop in _running:
            asyncio.run_coroutine_threadsafe(self.nats.close(), self.loop)
        self.nats = None


async def _unheard(error: Exception) -> None:
    """Do not print an error: who has sent a request meets it too."""


# --- the client -------------------------------------------------------------------------------------------


class JetStreamClient:
    """A connection to the servers of a place, made when it is needed, for any thread.

    Parameters
    ----------
    place : JetStreamPlace
    """

    def __init__(self, place: JetStreamPlace) -> None:
        self.place = place
        self._servers = dict.fromkeys(place.servers)  # those that a server tells of come behind these
        self._reached = False
        self._own: _Held | None = None
        self._making = threading.Lock()

    def request(self, subject: str, payload: bytes = b"", headers: Mapping[str, str] | None = None) -> bytes:
        """Send a request, once, and return what is answered.

        Raises
        ------
        NoAnswer
        InvalidArgument
            It is longer than the server takes, and was not sent: a server that gets it closes the connection.
        """
        return self._run(self._request(subject, payload, headers))

    def ask(self, what: str, body: Mapping[str, Any] | None = None) -> Any:
        """Ask the leader through JetStream's API, once, and return the answer.

        Raises
        ------
        NoAnswer
            Or `Refused`, with a code.
        """
        return self._run(self._ask(what, body))

    def ask_all(self, what: str, bodies: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Ask the same of several things at once; the answers are in their order."""

        async def asked() -> list[Any]:
            return await asyncio.gather(*(self._ask(what, body) for body in bodies))

        return self._run(asked())

    def deliver(self, config: Mapping[str, Any], most: int, most_bytes: int) -> list[Delivered]:
        """Return messages that a new consumer hands out: as many as are there, up to `most`.

        That none came does not say that there are none: the consumer may have been lost on the way.
        """
        return self._run(self._deliver(config, most, most_bytes))

    def patiently(self, ask: Callable[[], Result]) -> Result:
        """Ask again until there is an answer, and return it.

        Raises
        ------
        StoreUnavailable
            For too long there was none.
        """
        for last in self.attempts():
            try:
                return ask()
            except NoAnswer as error:
                last.append(error)
        raise self.gave_up(last)

    def attempts(self) -> Iterator[list[NoAnswer]]:
        """Yield a list for what goes wrong, again and again after a short pause, until patience is at its end."""
        errors: list[NoAnswer] = []
        began, pause = time.monotonic(), FIRST_PAUSE
        while True:
            yield errors
            if time.monotonic() - began > (PATIENCE_SECONDS if self._reached else FIRST_SECONDS):
                return
            time.sleep(pause * random.uniform(0.5, 1.5))
            pause = min(2 * pause, LONGEST_PAUSE)

    def gave_up(self, errors: Sequence[NoAnswer], what: str = "") -> StoreUnavailable:
        """Return the error that says that nobody answered, and where was looked."""
        last = f" ({errors[-1]})" if errors else ""
        if not self._reached:
            why = f"cannot be reached{last}; start its servers (nats-server -js), or give another URL"
        else:
            why = f"gives no answer{last}; {what or ALL_WELL}"
        return StoreUnavailable(str(self.place), why)

    def close(self) -> None:
        """Close the connection; the next call makes it again."""
        with self._making:
            held, self._own = self._own, None
        if held is not None:
            held.release()

    # --- within the loop ---

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        future: Future[Result] = asyncio.run_coroutine_threadsafe(work, _loop())
        try:
            return future.result()
        finally:
            future.cancel()  # an interrupt came

    def _held(self) -> _Held:
        with self._making:
            if self._own is None or self._own.loop not in _running:
                self._own = _Held(_loop())
                weakref.finalize(self, self._own.release).atexit = False
            return self._own

    async def _connected(self) -> Client:
        held = self._held()
        async with held.connecting:
            if held.nats is None or not held.nats.is_connected:
                if held.nats is not None:
                    self._servers |= dict.fromkeys(one.netloc.rpartition("@")[2] for one in held.nats.servers)
                held.nats = None
                held.nats = await self._connect()
                self._reached = True
            return held.nats

    async def _connect(self) -> Client:
        user, password = self.place.user, self.place.password
        who = {} if not user else {"user": user, "password": password} if password else {"token": user}
        # It does not reconnect by itself, so there is one way in which a connection comes back: this one.
        how: dict[str, Any] = {"allow_reconnect": False, "max_reconnect_attempts": 1, "reconnect_time_wait": 0, **who}
        why = {}
        for server in list(self._servers):
            made = Client()
            work = made.connect(f"nats://{server}", error_cb=_unheard, name="cqrs-lab", **how)
            try:
                await asyncio.wait_for(work, CONNECT_SECONDS)
            except TROUBLE as error:
                why[server] = said(made.last_error or error)
                await made.close()
            else:
                return made
        raise NoAnswer("; ".join(f"{server}: {one}" for server, one in why.items()))

    async def _request(self, subject: str, payload: bytes, headers: Mapping[str, str] | None) -> bytes:
        client = await self._connected()
        named = None if headers is None else dict(headers)
        if (size := length(payload, headers or {})) > client.max_payload:
            most = f"longer than the server takes, {client.max_payload:,} (max_payload)"
            todo = "append fewer events at once, or keep what is long elsewhere"
            raise InvalidArgument(f"a message of {size:,} bytes on {subject} is {most}; {todo}")
        try:
            return (await client.request(subject, payload, timeout=ANSWER_SECONDS, headers=named)).data
        except TROUBLE as error:
            raise NoAnswer(said(error)) from error

    async def _ask(self, what: str, body: Mapping[str, Any] | None) -> Any:
        payload = b"" if body is None else json.dumps(body).encode()
        return answered(await self._request(f"$JS.API.{what}", payload, None))

    async def _deliver(self, config: Mapping[str, Any], most: int, most_bytes: int) -> list[Delivered]:
        client, name, found = await self._connected(), self.place.name, list[Delivered]()
        consumer = (await self._ask(f"CONSUMER.CREATE.{name}", {"stream_name": name, "config": config}))["name"]
        done, inbox = asyncio.Event(), client.new_inbox()

        async def take(message: Msg) -> None:
            if not message.reply:  # a status: nothing more is there, or nothing more fits
                return done.set()
            found.append(Delivered(int(message.reply.split(".")[-4]), message.data))
            if len(found) == most:
                done.set()

        taken = await client.subscribe(inbox, cb=take)
        try:
            wanted = {"batch": most, "max_bytes": most_bytes, "no_wait": True}
            where = f"$JS.API.CONSUMER.MSG.NEXT.{name}.{consumer}"
            await client.publish(where, json.dumps(wanted).encode(), reply=inbox)
            await asyncio.wait_for(done.wait(), ANSWER_SECONDS)
        except TROUBLE:
            return found  # what came is true; who asked looks what is missing
        finally:
            if client.is_connected:
                await taken.unsubscribe()
                await client.publish(f"$JS.API.CONSUMER.DELETE.{name}.{consumer}")
        return found


def length(payload: bytes, headers: Mapping[str, str]) -> int:
    """Return how many bytes a server counts of a message: of what it holds, and of its headers."""
    lines = [HEADERS_BEGIN, *(f"{name}: {value}\r\n" for name, value in headers.items()), "\r\n"] if headers else []
    return len(payload) + sum(map(len, lines))


def answered(data: bytes) -> Any:
    """Return what a server's answer says.

    Raises
    ------
    Refused
    """
    found = json.loads(data)
    if error := found.get("error"):
        raise Refused(int(error.get("err_code", error.get("code", 0))), str(error.get("description", "")))
    return found

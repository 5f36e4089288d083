"""The JetStream stream that holds a log: made with the right settings, checked at every start, and read.

Messages are known by their sequence numbers, from 1 without a gap, since nothing is ever deleted. A reader knows from
the leader up to which number there is something, and goes on until it has that: whatever a consumer hands out, or
does not, it never takes silence for the end of the log.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from cqrs_lab.errors import StoreUnavailable, StoreUnreadable
from cqrs_lab.log.stores.jetstream_client import Delivered, JetStreamClient, NoAnswer, Refused
from cqrs_lab.log.stores.jetstream_commits import Commit, read

PAGE_MESSAGES, PAGE_BYTES = 1_000, 80_000_000  # more than one message can have
ONE_BY_ONE = 32
"""So few messages are asked for by number; for more, a consumer is made."""
FORMAT = "An event log of cqrs-lab, format 1"
NO_MESSAGE, NO_STREAM, NO_CLUSTER, TAKEN = 10037, 10059, 10074, 10058
SECOND = 1_000_000_000
WINDOW_SECONDS = 120
"""How long a server knows a message by its id: longer than a writer goes on with one commit."""
REPLICAS, IDLE_SECONDS = 3, 10
SOON_OVER = {10005, 10008, 10023}  # a cluster that is starting has no leader, or too few servers


def settings(name: str, replicas: int) -> dict[str, Any]:
    """Return the settings of a log's stream: it keeps everything, and lets nobody delete a part."""
    kept = {"retention": "limits", "max_msgs": -1, "max_bytes": -1, "max_age": 0, "max_msgs_per_subject": -1}
    return {
        **kept, "name": name, "description": FORMAT, "subjects": [f"{name}.>"], "storage": "file", "discard": "new",
        "deny_delete": True, "deny_purge": True, "num_replicas": replicas, "duplicate_window": WINDOW_SECONDS * SECOND,
    }  # fmt: skip


class JetStreamLog:
    """The messages of a log.

    Parameters
    ----------
    client : JetStreamClient
    replicas : int, optional
        How many servers keep a log that is made here; by default 3 in a cluster, and 1 without one.
    """

    def __init__(self, client: JetStreamClient, replicas: int | None) -> None:
        self.client, self.name = client, client.place.name
        self._replicas, self._created = replicas, ""
        self._newest, self._guard = 0, threading.Lock()
        client.patiently(self._open)

    def _open(self) -> None:
        try:
            found = self.client.ask(f"STREAM.INFO.{self.name}")
        except Refused as no:
            if no.code != NO_STREAM:
                raise self._refused(no) from no
            found = self._make()
        self._check(found)

    def _make(self) -> Any:
        for replicas in [self._replicas] if self._replicas else [REPLICAS, 1]:
            try:
                return self.client.ask(f"STREAM.CREATE.{self.name}", settings(self.name, replicas))
            except Refused as no:
                if no.code == TAKEN:  # another process has just made it, in another way
                    return self.client.ask(f"STREAM.INFO.{self.name}")
                if no.code != NO_CLUSTER or replicas == self._replicas:
                    raise self._refused(no) from no
        raise AssertionError("a single server keeps one replica")

    def _refused(self, no: Refused) -> Exception:
        """Return the error that a server's refusal is; the same one if it may be over soon."""
        if no.code in SOON_OVER:
            return no
        return StoreUnavailable(str(self.client.place), f"cannot be opened: the server says, {no}")

    def _check(self, found: Mapping[str, Any]) -> None:
        """Refuse a stream that is no log, or that may lose something."""
        config, state = found["config"], found["state"]
        wanted = settings(self.name, self._replicas or config["num_replicas"])
        other = {one: config.get(one) for one, value in wanted.items() if (config.get(one) or 0) != value}
        if "description" in other or "subjects" in other:
            why = "is a JetStream stream of something else; it was left as it is; give the name of another"
            raise StoreUnreadable(str(self.client.place), why)
        if other:
            told = ", ".join(f"{one} is {value!r} and not {wanted[one]!r}" for one, value in other.items())
            why = f"has settings that are not those of a log ({told}); change them back: nats stream edit {self.name}"
            raise StoreUnavailable(str(self.client.place), why)
        if state["messages"] != state["last_seq"]:
            why = f"holds {state['messages']:,} of {state['last_seq']:,} messages: some were deleted; restore a backup"
            raise StoreUnreadable(str(self.client.place), why)
        self._created = found["created"]

    # --- what there is, as the leader says ---

    def newest(self) -> int:
        """Return the sequence number of the last message; 0 if there is none."""
        found = self.client.patiently(lambda: self.client.ask(f"STREAM.INFO.{self.name}"))
        if found["created"] != self._created:  # to begin again would hide the loss
            why = "was deleted and made again while it was open; restore it, or make another store for a new log"
            raise StoreUnavailable(str(self.client.place), why)
        return self.seen(int(found["state"]["last_seq"]))

    def seen(self, sequence: int) -> int:
        """Note that this message is there, and return the newest that was seen: a new leader may be behind at first."""
        with self._guard:
            self._newest = max(self._newest, sequence)
            return self._newest

    def last_on(self, subject: str) -> Commit | None:
        """Return the last commit on a subject; None if there is none."""
        return self.client.patiently(lambda: self._found({"last_by_subj": subject}))

    def next_on(self, subject: str, after: int) -> Commit | None:
        """Return the first commit on a subject after a sequence number, or None; asked once.

        Raises
        ------
        NoAnswer
        """
        return self._found({"seq": after + 1, "next_by_subj": subject})

    def _found(self, what: Mapping[str, Any]) -> Commit | None:
        try:
            return self._commit(self.client.ask(f"STREAM.MSG.GET.{self.name}", what)["message"])
        except Refused as no:
            if no.code == NO_MESSAGE:  # and not that there is no stream, which is another code of the same error
                return None
            raise

    def _commit(self, message: Mapping[str, Any]) -> Commit:
        return self._read(Delivered(message["seq"], base64.b64decode(message.get("data", ""))))

    def _read(self, message: Delivered) -> Commit:
        try:
            return read(*message)
        except ValueError as error:
            why = f"holds a message that is no commit, number {message.sequence} ({error}); who has published it?"
            raise StoreUnreadable(str(self.client.place), why) from None

    # --- reading on ---

    def between(self, after: int, upto: int, events: int | None) -> Iterator[list[Commit]]:
        """Yield the commits after a sequence number and up to another, a page at a time.

        Where no more than some events are wanted, a page has no more commits than that: each holds at least one.
        """
        wanted = upto if events is None else min(upto, after + events + 1)
        while after < upto:
            if (end := max(wanted, after + 1)) - after <= ONE_BY_ONE:
                page = self._numbered(range(after + 1, end + 1))
            else:
                page = self._page(f"{self.name}.>", after, end, lambda before, one: before + 1 == one.sequence)
            yield page
            after = page[-1].sequence

    def of_stream(self, subject: str, last: Commit, after: int) -> Iterator[list[Commit]]:
        """Yield the commits of a stream with events above a version, up to its last commit, a page at a time."""
        if last.version - after <= ONE_BY_ONE:
            yield self._back(last, after)
            return
        reached = 0
        while reached < last.sequence:
            page = self._page(subject, reached, last.sequence, lambda before, one: before == one.head.previous)
            yield [one for one in page if one.version > after]
            reached = page[-1].sequence

    def _numbered(self, sequences: Sequence[int]) -> list[Commit]:
        what = f"STREAM.MSG.GET.{self.name}", [{"seq": one} for one in sequences]
        # That there is no such message is no answer: there is one.
        return [self._commit(one["message"]) for one in self.client.patiently(lambda: self.client.ask_all(*what))]

    def _back(self, last: Commit, after: int) -> list[Commit]:
        commits = [last]
        while commits[-1].head.before > after:
            commits += self._numbered([commits[-1].head.previous])
        return commits[::-1]

    def _page(self, subject: str, after: int, upto: int, follows: Callable[[int, Commit], bool]) -> list[Commit]:
        config = {
            "ack_policy": "none", "deliver_policy": "by_start_sequence", "opt_start_seq": after + 1, "num_replicas": 1,
            "filter_subject": subject, "mem_storage": True, "inactive_threshold": IDLE_SECONDS * SECOND,
        }  # fmt: skip

        def asked() -> list[Commit]:
            page, before = list[Commit](), after
            for message in self.client.deliver(config, min(PAGE_MESSAGES, upto - after), PAGE_BYTES):
                commit = self._read(message)
                if commit.sequence > upto or not follows(before, commit):
                    break
                page.append(commit)
                before = commit.sequence
            if not page:
                raise NoAnswer(f"the message after number {after} did not come, though there are {upto}")
            return page

        return self.client.patiently(asked)

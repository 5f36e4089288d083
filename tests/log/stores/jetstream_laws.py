"""What a log on JetStream must do that no contract asks of other stores: each law is also broken on purpose.

Each takes `make`, which opens a store (`make()` with a new log, `make(url)` with that of another), and raises
AssertionError if the store breaks it.
"""

from __future__ import annotations

import signal
import threading
import time
from contextlib import ExitStack
from functools import partial

import cqrs_lab as lab
from cqrs_lab.log.contract import Happened
from cqrs_lab.log.stores import jetstream_log
from cqrs_lab.log.stores.jetstream_commits import Head, written
from tests.log.stores import nats_servers
from tests.log.stores.nats_faults import impatient, lose_acknowledgements, lose_consumers, lose_publishes

ANY = lab.Expected.ANY
ROUNDS = 15


def url_of(store):
    return str(store._client.place)


def at_once(*works):
    """Do several things at the same moment, and return what each returned or raised."""
    gate, found = threading.Barrier(len(works)), [None] * len(works)

    def run(number, work):
        gate.wait()
        try:
            found[number] = work()
        except lab.CqrsLabError as error:
            found[number] = error

    threads = [threading.Thread(target=run, args=one) for one in enumerate(works)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def one_of_two_writers(make):
    """Of two writers with one expected version, one is recorded and the other is told: on one connection and on two."""
    first = make()
    for second in (first, make(url_of(first))):
        for number in range(ROUNDS):
            version = first.stream_version("a")
            notes = [f"{number} {who}" for who in "xy"]
            appends = [
                partial(store.append, "a", [Happened(number, note)], expected=version)
                for store, note in zip((first, second), notes, strict=True)
            ]
            came = at_once(*appends)
            accepted = [note for note, one in zip(notes, came, strict=True) if isinstance(one, lab.Appended)]
            assert len(accepted) == 1 and sum(isinstance(one, lab.ConcurrencyError) for one in came) == 1, came
            assert [one.event.note for one in first.read_stream("a", after=version)] == accepted


def a_lost_acknowledgement_doubles_nothing(make):
    for faults, lose in enumerate((lose_acknowledgements, lose_publishes)):
        for count in (1, 2):
            for expected in (0, ANY):
                store, stream = make(), f"s{faults}"
                store.append("other", [Happened(9)], expected=0)
                lose(store, count)
                receipt = store.append(stream, [Happened(1), Happened(2)], expected=expected)
                assert (receipt.version, receipt.again) == (2, False)
                assert [one.event.number for one in store.read_stream(stream)] == [1, 2]
                assert store.append(stream, [Happened(3)], expected=2).version == 3


def a_command_is_found_again_whatever_came_after_it(make):
    store = make()
    first = store.append("a", [Happened(1)], expected=0, command_id="x")
    for number in range(40):
        store.append("a", [Happened(number)], expected=ANY)
    for again in (store, make(url_of(store))):
        receipt = again.append("a", [Happened(1)], expected=0, command_id="x")
        assert receipt == first and receipt.again and again.stream_version("a") == 41


def streams_keep_apart_whatever_their_names(make):
    store, names = make(), ["a", "*", ">", ".", "a.b", "a b", "ä", "a.*", "a.>", "x" * 5_000, "x" * 4_999]
    for number, name in enumerate(names):
        assert store.append(name, [Happened(number)], expected=0).version == 1
    assert [[one.event.number for one in store.read_stream(name)] for name in names] == [[n] for n in range(len(names))]
    assert [one.stream for one in store.read_all()] == names


def a_lost_consumer_is_no_empty_log(make):
    store = make()
    for number in range(jetstream_log.ONE_BY_ONE + 5):
        store.append("a", [Happened(number)], expected=number)
    numbers = list(range(jetstream_log.ONE_BY_ONE + 5))
    for read in (store.read_all, lambda: store.read_stream("a"), lambda: store.read_slice(after=0)):
        sent = lose_consumers(store, make.logs.servers, 2)
        assert [one.event.number for one in read()] == numbers and sent["lost"] == 2


def a_commit_is_one_message(make):
    store = make()
    store.append("a", [Happened(1), Happened(2), Happened(3)], expected=0)
    found = nats_servers.admin(make.logs.servers, f"STREAM.INFO.{store._log.name}")
    assert found["state"]["messages"] == 1 and store.stream_version("a") == 3


def what_is_too_long_is_refused_at_once(make):
    """Far too long, and so long that only the headers are too much: they count, on the server alone."""
    store = make()
    room = nats_servers.MAX_PAYLOAD - len(written(Head("0" * 32, "a", 0, 0, 1.5, (("happened", 1, 2),)), []))
    half = room // 2 - len('\n{"number":1,"note":""}')
    fits_without_headers = [Happened(1, "x" * half)] * 2
    for too_long in (fits_without_headers * 2, fits_without_headers):
        began = time.monotonic()
        try:
            store.append("a", too_long, expected=0)
        except lab.InvalidArgument:
            continue
        except lab.CqrsLabError as error:
            raise AssertionError(f"{error} after {time.monotonic() - began:.1f} s") from error
        raise AssertionError("it was taken")
    assert store.append("a", [Happened(1)], expected=0).version == 1


def nothing_can_be_deleted(make):
    store = make()
    store.append("a", [Happened(1)], expected=0)
    for what, body in ((f"STREAM.MSG.DELETE.{store._log.name}", {"seq": 1}), (f"STREAM.PURGE.{store._log.name}", {})):
        assert "error" in nats_servers.admin(make.logs.servers, what, **body)
    assert store.stream_version("a") == 1


def settings_that_lose_events_are_refused(make):
    right = jetstream_log.settings("X", len(make.logs.servers))
    ages = {"max_age": 10**12, "duplicate_window": 10**11}
    for number, wrong in enumerate([ages, {"max_msgs": 5}, {"deny_delete": False}, {"storage": "memory"}]):
        name = f"WRONG{number}"
        nats_servers.admin(make.logs.servers, f"STREAM.DELETE.{name}")
        made = nats_servers.admin(
            make.logs.servers, f"STREAM.CREATE.{name}", **{**right, "name": name, "subjects": [f"{name}.>"], **wrong}
        )
        assert "error" not in made, made
        try:
            make(nats_servers.url(make.logs.servers, name))
        except lab.StoreUnavailable as error:
            assert next(iter(wrong)) in str(error), error
        else:
            raise AssertionError(f"{wrong} was taken")


def a_log_that_is_gone_is_no_new_one(make):
    """Its stream is deleted, and made again: neither is an empty log."""
    store = make()
    store.append("a", [Happened(1)], expected=0)
    for what in ("STREAM.DELETE", "STREAM.CREATE"):
        wanted = jetstream_log.settings(store._log.name, len(make.logs.servers)) if what == "STREAM.CREATE" else {}
        nats_servers.admin(make.logs.servers, f"{what}.{store._log.name}", **wanted)
        for read in (lambda: store.stream_version("a"), store.head, lambda: store.append("a", [], expected=ANY)):
            if what == "STREAM.CREATE" and read != store.head:
                continue
            no_answer_after_the_last(read, f"after {what}")


def no_answer_after_the_last(read, when):
    """Read till the log is said to be gone; a server that has not heard of it yet still has every commit."""
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        try:
            with impatient():
                found = read()
        except lab.StoreUnavailable:
            return
        assert getattr(found, "version", found) == 1, f"{when}: {found}"
    raise AssertionError(f"{when}: {found}")


def time_that_runs_out_is_no_failure(make):
    """The acknowledgement and the looks after it are lost: nobody knows, and that is said."""
    store = make()
    lose_acknowledgements(store, 1_000)
    with ExitStack() as from_the_first_look:
        store._log.next_on = lambda subject, after: from_the_first_look.enter_context(impatient())
        try:
            store.append("a", [Happened(1)], expected=0, command_id="x")
        except lab.StoreUnavailable as error:
            assert "Whether the commit is recorded is not known" in str(error)
        else:
            raise AssertionError("it was said to be recorded")
    again = make(url_of(store)).append("a", [Happened(1)], expected=0, command_id="x")
    assert (again.version, again.again) == (1, True)


def versions_come_from_the_leader(make):
    """A server that was stopped for a moment is behind; who asks it hears of every commit that was acknowledged."""
    writer = make()
    name, servers = writer._log.name, make.logs.servers
    leader = nats_servers.admin(servers, f"STREAM.INFO.{name}")["cluster"]["leader"]
    behind = next(one for one in servers if one.name != leader)
    reader = make(nats_servers.url([behind], name))
    others = make(nats_servers.url([one for one in servers if one is not behind], name))
    for number in range(8):
        behind.signal(signal.SIGSTOP)
        try:
            for _ in range(60):
                version = others.append("a", [Happened(number, "x" * 20_000)], expected=ANY).version
        finally:
            behind.signal(signal.SIGCONT)
        assert reader.stream_version("a") == version

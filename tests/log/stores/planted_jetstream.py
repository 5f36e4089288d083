"""Faulty variants of the log on JetStream: each looks right, and breaks one law."""

from __future__ import annotations

import json
from uuid import uuid4

import cqrs_lab as lab
from cqrs_lab.log.stores import jetstream, jetstream_client, jetstream_commits, jetstream_log
from cqrs_lab.log.stores.jetstream import JetStreamEventStore
from cqrs_lab.log.stores.jetstream_client import NoAnswer, Refused, answered
from cqrs_lab.log.stores.jetstream_ids import JetStreamIds
from cqrs_lab.log.stores.jetstream_log import JetStreamLog
from cqrs_lab.log.stores.jetstream_writer import EXPECTED, MESSAGE_ID, JetStreamWriter


def the_subject_expectation_alone(patch):
    patch.setattr(JetStreamWriter, "_headers", lambda self, subject, previous: {EXPECTED: str(previous)})


def the_message_id_alone(patch):
    patch.setattr(JetStreamWriter, "_headers", lambda self, subject, previous: {MESSAGE_ID: f"{subject}@{previous}"})
    patch.setattr(JetStreamIds, "receipt", lambda self, subject, last, command_id: None)


def a_random_message_id(patch):
    def headers(self, subject, previous):
        return {EXPECTED: str(previous), MESSAGE_ID: uuid4().hex}

    patch.setattr(JetStreamWriter, "_headers", headers)


def a_retry_without_looking(patch):
    def commit(self, subject, previous, commit, data):
        for errors in self._client.attempts():
            try:
                return self._sent(subject, data, self._headers(subject, previous))
            except Refused:
                return 0
            except NoAnswer as error:
                errors.append(error)
        raise self._client.gave_up(errors)

    patch.setattr(JetStreamWriter, "commit", commit)


def a_duplicate_taken_for_success(patch):
    def sent(self, subject, data, headers):
        return int(answered(self._client.request(subject, data, headers))["seq"])

    patch.setattr(JetStreamWriter, "_sent", sent)


def whoever_stands_there_taken_for_mine(patch):
    real = JetStreamWriter.commit

    def commit(self, subject, previous, commit, data):
        if real(self, subject, previous, commit, data):
            return self._log.next_on(subject, previous).sequence
        return self._log.next_on(subject, previous).sequence

    patch.setattr(JetStreamWriter, "commit", commit)


def deleting_allowed(patch):
    real = jetstream_log.settings
    allowed = {"deny_delete": False, "deny_purge": False}
    patch.setattr(jetstream_log, "settings", lambda name, replicas: real(name, replicas) | allowed)


def settings_unchecked(patch):
    def check(self, found):
        self._created = found["created"]

    patch.setattr(JetStreamLog, "_check", check)


def versions_from_any_replica(patch):
    real = jetstream_log.settings
    direct = {"allow_direct": True}
    patch.setattr(jetstream_log, "settings", lambda name, replicas: real(name, replicas) | direct)

    def found(self, what):
        subject = f"$JS.API.DIRECT.GET.{self.name}"

        async def asked():
            client = await self.client._connected()
            return await client.request(subject, json.dumps(what).encode(), timeout=2)

        message = self.client._run(asked())
        if (message.headers or {}).get("Status"):
            return None
        return jetstream_commits.read(int(message.headers["Nats-Sequence"]), message.data)

    patch.setattr(JetStreamLog, "_found", found)


def names_not_encoded(patch):
    patch.setattr(jetstream, "subject_of", lambda log, stream: f"{log}.{stream}")


def a_lost_consumer_read_as_an_empty_log(patch):
    def page(self, subject, after, upto, follows):
        config = {"ack_policy": "none", "deliver_policy": "by_start_sequence", "opt_start_seq": after + 1}
        found = self.client.deliver({**config, "filter_subject": subject}, upto - after, 10**7)
        return [self._read(one) for one in found]

    def between(self, after, upto, events):
        yield self._page(f"{self.name}.>", after, upto, None)

    def of_stream(self, subject, last, after):
        yield self._page(subject, 0, last.sequence, None)

    patch.setattr(JetStreamLog, "_page", page)
    patch.setattr(JetStreamLog, "between", between)
    patch.setattr(JetStreamLog, "of_stream", of_stream)


def one_message_an_event(patch):
    real = JetStreamEventStore.append

    def append(self, stream, events, *, expected, **why):
        receipt = None
        for event in events:
            receipt = real(self, stream, [event], expected=expected if receipt is None else receipt.version, **why)
        return receipt or real(self, stream, [], expected=expected, **why)

    patch.setattr(JetStreamEventStore, "append", append)


def sizes_unchecked(patch):
    patch.setattr(jetstream_client, "length", lambda payload, headers: 0)


def sizes_of_payloads_alone(patch):
    patch.setattr(jetstream_client, "length", lambda payload, headers: len(payload))


def no_stream_taken_for_a_new_one(patch):
    real = JetStreamLog._found

    def found(self, what):
        try:
            return real(self, what)
        except Refused:  # by the class of the error, which is one for both
            return None

    patch.setattr(JetStreamLog, "_found", found)


def another_log_of_the_same_name(patch):
    real = JetStreamLog.newest

    def newest(self):
        self._created = self.client.patiently(lambda: self.client.ask(f"STREAM.INFO.{self.name}"))["created"]
        return real(self)

    patch.setattr(JetStreamLog, "newest", newest)


def time_out_said_to_be_a_failure(patch):
    real = JetStreamWriter.commit

    def commit(self, subject, previous, commit, data):
        try:
            return real(self, subject, previous, commit, data)
        except lab.StoreUnavailable as error:
            raise lab.StoreUnavailable(error.store, "failed; nothing was recorded; try again") from None

    patch.setattr(JetStreamWriter, "commit", commit)


def ids_known_by_the_server_alone(patch):
    patch.setattr(JetStreamIds, "receipt", lambda self, subject, last, command_id: None)

"""What goes wrong on the way to a NATS server and back: the server itself is real, and does what it is asked."""

from __future__ import annotations

from collections import Counter
from contextlib import contextmanager

import pytest

from cqrs_lab.log.stores import jetstream_client
from cqrs_lab.log.stores.jetstream_client import NoAnswer
from tests.log.stores.nats_servers import admin


@contextmanager
def impatient():
    """Within, a client asks once and gives up; outside it is as patient as ever, however slow the machine."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jetstream_client, "PATIENCE_SECONDS", 0.0)
        patch.setattr(jetstream_client, "FIRST_SECONDS", 0.0)
        yield


def lose_acknowledgements(store, count):
    """Let the answers to the next publishes be lost, after the server has done what they asked."""
    client, sent = store._client, Counter()
    real = client.request

    def request(subject, payload=b"", headers=None):
        found = real(subject, payload, headers)
        if headers is None or sent["lost"] >= count:
            return found
        sent["lost"] += 1
        raise NoAnswer("the answer was lost")

    client.request = request


def lose_publishes(store, count):
    """Let the next publishes be lost on their way to the server."""
    client, sent = store._client, Counter()
    real = client.request

    def request(subject, payload=b"", headers=None):
        if headers is None or sent["lost"] >= count:
            return real(subject, payload, headers)
        sent["lost"] += 1
        raise NoAnswer("the publish was lost")

    client.request = request


def lose_consumers(store, servers, count):
    """Let the next consumers be gone before they have handed out anything."""
    client, sent = store._client, Counter()
    real = client._ask

    async def ask(what, body):
        found = await real(what, body)
        if what.startswith("CONSUMER.CREATE") and sent["lost"] < count:
            sent["lost"] += 1
            assert admin(servers, f"CONSUMER.DELETE.{store._log.name}.{found['name']}")["success"]
        return found

    client._ask = ask
    return sent

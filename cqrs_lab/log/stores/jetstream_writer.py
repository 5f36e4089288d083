"""Sends a commit to JetStream until it is known whether it stands at its place, or another one does, or time is up."""

from __future__ import annotations

from cqrs_lab.log.stores.jetstream_client import JetStreamClient, NoAnswer, answered
from cqrs_lab.log.stores.jetstream_log import JetStreamLog

EXPECTED, MESSAGE_ID = "Nats-Expected-Last-Subject-Sequence", "Nats-Msg-Id"
UNKNOWN = (
    "Whether the commit is recorded is not known: look, or append it again under its command id, once most of the "
    "servers run"
)


class JetStreamWriter:
    """Writes the messages of a log.

    Parameters
    ----------
    client : JetStreamClient
    log : JetStreamLog
    """

    def __init__(self, client: JetStreamClient, log: JetStreamLog) -> None:
        self._client, self._log = client, log

    def commit(self, subject: str, previous: int, commit: str, data: bytes) -> int:
        """Return the sequence number of a commit after the subject's message `previous`; 0 if another is there.

        Raises
        ------
        StoreUnavailable
            Neither could be found out. The commit may be recorded, now or a moment later.
        InvalidArgument
            The message is longer than the server takes.
        """
        headers = self._headers(subject, previous)
        for errors in self._client.attempts():
            try:
                if sequence := self._sent(subject, data, headers):
                    return sequence
            except NoAnswer as error:
                errors.append(error)
            try:
                # No answer, a refusal or a duplicate say little, and another in each version of the server.
                if (there := self._log.next_on(subject, previous)) is not None:
                    return there.sequence if there.head.commit == commit else 0
            except NoAnswer as error:
                errors.append(error)
            # Nobody stands there: the same again, under the same id.
        raise self._client.gave_up(errors, UNKNOWN)

    def _headers(self, subject: str, previous: int) -> dict[str, str]:
        # By its place, and not random: of two commits for one place, a server then knows that it has had one.
        return {EXPECTED: str(previous), MESSAGE_ID: f"{subject}@{previous}"}

    def _sent(self, subject: str, data: bytes, headers: dict[str, str]) -> int:
        """Send it once, and return its sequence number; 0 if the answer does not plainly say that it is new."""
        receipt = answered(self._client.request(subject, data, headers))
        return 0 if receipt.get("duplicate") else int(receipt["seq"])

"""Command ids that say what they stand for: with the text alone, another command looks like a retry."""

from __future__ import annotations

from cqrs_lab.log.contract.laws import STANDS_FOR, WRITTEN
from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.guards.command_id import CommandId

ONE, OTHER = CommandId("a", "Happened 0a1b2c3d4e5f6071"), CommandId("b", "Happened 8192a3b4c5d6e7f8")
OPS = (Append("order-1", 2, 0, ONE), Append("order-1", 1, 2, OTHER, first=3), Append("order-2", 1, 0, OTHER))
AS_TEXT = (
    "a command id is kept as plain text{}, and what its command was is lost: another command under the same id gets "
    "the first receipt, not CommandIdReused. Keep a CommandId as it is, or its stands_for beside the text, and make it "
    "from both when you read"
)


def what_ids_stand_for(trial: Trial) -> str:
    """Append under ids that say what they stand for; return a note if that is lost, "" if it is kept."""
    for op in (*OPS, OPS[0]):
        trial.append(op)
    return AS_TEXT.format("") if lost(trial) else ""


def lost(trial: Trial) -> bool:
    """Return whether what an id stands for is lost; raises `FaultFound` if it is another command's."""
    found = False
    for stream in (None, "order-1", "order-2"):
        ids = [one.command_id for one in trial.log if stream in (None, one.stream)]
        read = [one.command_id for one in trial.read(stream=stream)]
        trial.expect(WRITTEN, ids, read, "the command ids")
        wanted, came = ([getattr(one, "stands_for", "") for one in some] for some in (ids, read))
        found = found or came != wanted
        # Nothing is less than what was given; anything else would refuse a retry, or take another command for one.
        left = [one or was for one, was in zip(came, wanted, strict=True)]
        trial.expect(STANDS_FOR, wanted, left, "stands_for of the command ids")
    return found

"""What a decider decides, for each history and each command, and what another decider decides there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cqrs_lab.errors import CommandRejected
from cqrs_lab.log.guards.identity import outdated, what_happened
from cqrs_lab.log.guards.recordable import events_in
from cqrs_lab.show.picture import brief
from cqrs_lab.write.decider import Decider

Kind = Literal["event", "refusal", "nothing", "unknown"]
Place = tuple[str, str]
"""The names of a history and of a command."""


@dataclass(frozen=True, slots=True)
class Decision:
    """The events that a command causes, perhaps none, or the reason why it is refused, or why nobody can tell."""

    events: tuple[Any, ...] = ()
    reason: str | None = None
    unknown: str = ""

    @property
    def kind(self) -> Kind:
        """How the command ends."""
        if self.unknown:
            return "unknown"
        return "refusal" if self.reason is not None else "event" if self.events else "nothing"

    @property
    def word(self) -> str:
        """The decision in a word or two."""
        names = ", ".join(type(event).__name__ for event in self.events)
        words = {"event": names, "refusal": "✗ refused", "nothing": "nothing to do", "unknown": "? run again"}
        return words[self.kind]

    @property
    def detail(self) -> str:
        """The decision as the end of a sentence."""
        if self.unknown:
            return f"nobody can tell: {self.unknown}"
        if self.kind == "event":
            return "; ".join(map(brief, self.events))
        return "nothing to do: that is already the case" if self.reason is None else f"it is refused: {self.reason}"


def decided_by(
    decider: Decider[Any, Any, Any], histories: Mapping[str, Sequence[object]], commands: Mapping[str, object]
) -> dict[Place, Decision]:
    """Return every decision; an error of the decider's comes out with a note that says where it was raised."""
    decided = {}
    for state, events in histories.items():
        for name, command in commands.items():
            try:
                decided[state, name] = _decide(decider, events, command)
            except Exception as error:
                error.add_note(f"This was decided for the command {name!r} after the history {state!r}.")
                raise
    return decided


def _decide(decider: Decider[Any, Any, Any], events: Sequence[object], command: object) -> Decision:
    # A class that was defined again matches nothing that was made before; the rules would fall through.
    if old := next(filter(None, (outdated(type(one)) for one in (command, *events))), None):
        made_again = "run the cells that make the histories and the commands again"
        return Decision(unknown=f"{what_happened(old)}; {made_again}")
    try:
        came = events_in(decider.decide(command, decider.fold(events)), f"decide for {brief(command)}", "return")
    except CommandRejected as refusal:
        return Decision(reason=str(refusal))
    return Decision(tuple(came))


def other_words(before: Decision, after: Decision) -> str:
    """Return what another decision is called beside the first, which may have the same word."""
    if before.word != after.word:
        return after.word
    return "refused for another reason" if after.kind == "refusal" else f"{after.word} with other values"

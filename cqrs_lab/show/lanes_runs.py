"""The runs behind the lanes of a process: each is played once, and compared with the one without a crash."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import instance, listed

Played = tuple[pd.DataFrame, Sequence[str]]
Play = Callable[[str, int, int], Played]

COLUMNS = ("at", "stream", "event", "command", "cause", "time_is_up", "undoes", "sent", "crash")


class Runs:
    """What comes of each setting, by the number of the failure, the minute of the cancellation, and the crash."""

    def __init__(self, play: Play, failures: Sequence[str], lanes: Mapping[str, str], most_commands: int) -> None:
        self.failures, self.lanes, self.most_commands = failures, lanes, most_commands

        # The end of a run is asked for, then its picture; and a learner goes back and forth between a few.
        @lru_cache(maxsize=512)
        def played(failure: int, cancel: int, crash: int) -> Played:
            try:
                return self._checked(play(failures[failure], cancel, crash))
            except Exception as error:
                died = f", dies after command {crash}" if crash else ""
                error.add_note(f"This was played: {failures[failure]}, cancels after {cancel} (0: never){died}.")
                raise

        self.played = played

    def length(self, at: Mapping[str, int]) -> int:
        """Return how many events a run has."""
        return len(self.played(at["failure"], at["cancel"], at["crash"])[0])

    def same(self, failure: int, cancel: int, crash: int) -> bool:
        """Return whether a run with a crash leaves the log that it leaves without."""
        (log, _), (without, _) = self.played(failure, cancel, crash), self.played(failure, cancel, 0)
        return list(log["event"]) == list(without["event"]) and list(log["at"]) == list(without["at"])

    def crashes(self, failure: int, cancel: int) -> dict[int, bool]:
        """Return for each command after which the process can die whether the log is the same then."""
        self.played(failure, cancel, 0)  # before any crash: an error of the process is not said to come from one
        numbers = range(1, self.most_commands + 1)
        died = [one for one in numbers if self.played(failure, cancel, one)[0]["crash"].any()]
        return {number: self.same(failure, cancel, number) for number in died}

    def _checked(self, played: Played) -> Played:
        """Refuse a log that cannot be drawn."""
        wanted = "a log and notes; let it return (DataFrame, list of sentences)"
        if not isinstance(played, tuple) or len(played) != 2:
            raise refuse("play(…)", played, wanted)
        log, notes = played
        instance("play(…), its log", log, pd.DataFrame, wanted)
        listed("play(…), its notes", notes, wanted, least=0)
        if missing := [column for column in COLUMNS if column not in log]:
            raise InvalidArgument(f"play gave a log without the column {missing[0]!r}; it needs {', '.join(COLUMNS)}")
        if log.empty:
            raise InvalidArgument("play gave a log without events; let it give one row per event, and at least one")
        if astray := [stream for stream in log["stream"] if not stream.startswith(tuple(self.lanes))]:
            raise InvalidArgument(
                f"stream {astray[0]!r} has no lane; there is one for names that begin with {', '.join(self.lanes)}. "
                "Add its own to lanes"
            )
        return played

"""A projector: follows the log, keeps a checkpoint, and stops at events that it cannot read, or parks them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, Literal, TypeVar

import pandas as pd

from cqrs_lab.arguments import function
from cqrs_lab.errors import ProjectionFailed, UnreadableEvent, said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.follower import Follower
from cqrs_lab.log.workers.atomic import AtomicReference
from cqrs_lab.log.workers.turn import Turn
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.guards import accepted
from cqrs_lab.read.parked import parked_table, read_up_to_unreadable
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import ReadModel, advanced, left_out
from cqrs_lab.read.status import ProjectorStatus, status_of
from cqrs_lab.read.tables import Tables

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Serving:
    """What queries are answered from at one moment: replaced as a whole, never changed."""

    projection: Projection
    model: ReadModel
    handlers: Mapping[type, Callable[..., Any]] = field(default_factory=dict)
    error: str = ""
    rebuilding: object = None  # the rebuild of the next version, if there is one
    swapped_by: object = None  # the rebuild that built this version


class Projector(Follower):
    """Keeps a projection's read model up to date with a log.

    Table and checkpoint are replaced together; events that the checkpoint covers already are dropped. So
    however often the log is read again, and wherever the worker was interrupted, no event counts twice.

    Parameters
    ----------
    store : EventStore
    projection : Projection
    on_failure : {"stop", "park"}, optional
        What to do with an event that the projection cannot apply: stop before it and say so, or leave
        it out and list it in `parked`, until `retry_parked` applies it. The batch is halved until it is alone in it.
    clock : callable, optional
        Returns the seconds since 1970, as the store's clock does; `status.lag_seconds` is measured by it.
    model : ReadModel, optional
        The model of an earlier projector (`projector.serving.model`): this one continues from its checkpoint.
    tables : Tables, optional
        Where the table is kept, with its checkpoint; without it, in memory. What is there already is continued from.

    Examples
    --------
    >>> from cqrs_lab import MemoryEventStore, Projector
    >>> from cqrs_lab.shop.read import ProductListing
    >>> projector = Projector(MemoryEventStore(), ProductListing())
    >>> projector.catch_up()
    0
    >>> projector.status.state
    'live'
    """

    def __init__(
        self,
        store: EventStore,
        projection: Projection,
        on_failure: Literal["stop", "park"] = "stop",
        clock: Callable[[], float] = time.time,
        model: ReadModel | None = None,
        tables: Tables | None = None,
    ) -> None:
        accepted.check_store(store)
        accepted.check_declaration(projection)
        accepted.check_on_failure(on_failure)
        function("clock", clock, "a clock; give a function that returns the seconds since 1970, such as time.time")
        if model is None:
            model = ReadModel.of(projection) if tables is None else ReadModel.kept_in(tables)
        accepted.check_model(model, projection, store.head())
        super().__init__(store, f"projector of {projection.name}")
        self.on_failure: Literal["stop", "park"] = on_failure
        self._clock = clock
        self._served = AtomicReference(Serving(projection, model))
        self._turn = Turn()

    @property
    def table(self) -> pd.DataFrame:
        """The read model's table. You may change it: pandas copies what a change touches.

        Only a change that bypasses pandas reaches the read model, such as ``table["units"].array[0] = 1``.
        """
        return self.serving.model.table.copy(deep=False)

    @property
    def position(self) -> int:
        """The last position the table reflects."""
        return self.serving.model.position

    @property
    def projection(self) -> Projection:
        """The projection being served; a rebuild replaces it."""
        return self.serving.projection

    @property
    def serving(self) -> Serving:
        """Table, position and state at one moment, read together."""
        return self._served.get()

    @property
    def status(self) -> ProjectorStatus:
        """How the projector is doing, as `ProjectorStatus`."""
        now = self.serving
        return status_of(self.store, now.model, now.error, bool(now.rebuilding), self._clock)

    @property
    def parked(self) -> pd.DataFrame:
        """The parked events: one row per position (int64), with stream, event (the type's name) and error (str)."""
        return parked_table(self.store, self.serving.model.parked)

    def catch_up(self, limit: int | None = None) -> int:
        """Apply the log up to its present head, or at most `limit` events; works in your thread.

        A projector that was started and has failed since follows the log again.

        Returns
        -------
        int
            The number of events read.

        Raises
        ------
        ProjectionFailed
            At an event that the projection cannot apply, or the store cannot read. Everything before it is in the
            table; the next call tries it again. Anything that is not an `Exception`, such as your interrupt, passes
            through and is not a failure: the next call picks up where this one left off.
        InvalidArgument
            Called from within the projection, or from a handler of a query that reads this projector.
        """
        read = self._alone("catch_up()", partial(self._read_on, accepted.checked_limit(limit)))
        self._resume()
        return read

    def _alone(self, call: str, work: Callable[[], T]) -> T:
        # If two threads work side by side, the second result is not published.
        return self._turn.run(self, call, work, beside=True)

    def _read_on(self, limit: int | None = None, failures: type[BaseException] = Exception) -> int:
        head, read = self.store.head(), 0
        while (now := self.serving).model.position < head and (limit is None or read < limit):
            left = None if limit is None else limit - read
            batch, unreadable = read_up_to_unreadable(self.store, after=now.model.position, limit=left)
            if batch.upto <= now.model.position and unreadable is None:
                break
            read += self._take_in(now, batch, unreadable, failures)
        if now.error and now.model.position >= head:
            self._publish(now, error="")  # the failure was not an event's, and is over
        return read

    def apply(self, batch: EventBatch) -> None:
        """Apply a batch of the log that was delivered, whatever was delivered before.

        Events that the checkpoint covers already are dropped. If the batch does not follow the checkpoint, the log is
        read instead: a batch that arrives early must not move the checkpoint past events that arrive late.
        """
        accepted.check_batch(batch)
        self._alone("apply()", partial(self._apply, batch))

    def _apply(self, batch: EventBatch) -> None:
        now = self.serving
        new = batch.after(now.model.position)
        next_one, unreadable = read_up_to_unreadable(self.store, after=now.model.position, limit=1)
        if unreadable or (len(next_one) and len(new) and next_one.last_position < next(iter(new)).position):
            self._read_on()
        elif len(new) and not self._take_in(now, new):
            self._apply(new)

    def _take_in(
        self,
        now: Serving,
        batch: EventBatch,
        unreadable: UnreadableEvent | None = None,
        failures: type[BaseException] = Exception,
    ) -> int:
        """Publish the next state, and return how many events were added; 0 if another thread was first."""
        model, failure = advanced(now.model, now.projection, batch, self.on_failure, failures)
        if failure is None and unreadable is not None:
            model, failure = left_out(model, now.projection, unreadable.position, self.on_failure, unreadable)
        if not self._save(now, model, error=str(failure or "")):
            return 0
        if failure:
            raise failure from failure.__cause__
        return len(batch) + (unreadable is not None)

    def _save(self, now: Serving, model: ReadModel, **changes: Any) -> bool:
        """Save the model where it is kept and publish it, as `_publish` does; False if another was saved meanwhile."""
        kept = model.saved()
        if kept.checkpoint == model.checkpoint:
            return self._publish(now, model=kept, **changes)
        accepted.check_taken(now.model, kept)
        accepted.check_model(kept, now.projection, self.store.head())
        self._publish(now, model=kept)
        return False

    def _publish(self, now: Serving, **changes: Any) -> bool:
        """Replace what is served in one step, and return True; False, and no change, if it is no longer `now`."""
        return self._served.compare_and_set(now, replace(now, **changes))

    def wait_for(self, position: int, timeout_seconds: float) -> None:
        """Wait until the table reflects this position, the projector fails, or the time is up."""
        wanted, seconds = accepted.checked_position("position", position), accepted.checked_seconds(timeout_seconds)
        self._served.wait_until(lambda now: now.model.position >= wanted or bool(now.error), seconds)

    def _superseded(self, why: str) -> None:
        while not self._publish(self.serving, error=why):
            pass

    def _follow(self) -> bool:
        # No interrupt from outside reaches this thread: whatever is raised is the projection's, and must be reported.
        try:
            self._alone("catch_up()", partial(self._read_on, failures=BaseException))
        except ProjectionFailed:
            return False  # shown in the status and in every answer
        except BaseException as error:
            self._superseded(said(error))
            raise
        return True

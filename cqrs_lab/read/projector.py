"""A projector: follows the log, keeps a checkpoint, stops or parks what it cannot read."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import pandas as pd

from cqrs_lab.errors import InvalidArgument, ProjectionFailed, said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.follower import Follower, Following
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.parked import check_nothing_is_lost, parked_table, read_up_to_unreadable, retry
from cqrs_lab.read.projection import Projection, check_declaration
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.status import ProjectorStatus, status_of


@dataclass(frozen=True, slots=True)
class Serving:
    """What queries are answered from at one moment: replaced as a whole, never changed."""

    projection: Projection
    model: ReadModel
    handlers: Mapping[type, Callable[..., Any]] = field(default_factory=dict)
    error: str = ""
    rebuilding: object = None  # whoever builds the next version


class Projector(Following):
    """Keeps a projection's read model up to date with a log.

    Table and checkpoint are replaced together; events that the checkpoint covers already are dropped. So
    however often the log is read again, and wherever the worker was stopped, no event counts twice.

    Parameters
    ----------
    store : EventStore
    projection : Projection
    on_failure : {"stop", "park"}, optional
        What to do with an event that the projection cannot take in: stop before it and say so, or leave
        it out and list it in `parked`, until `retry_parked`. The batch is halved until the event stands alone.
    clock : callable, optional
        Gives the seconds since 1970, as the store's clock does; `status.lag_seconds` is measured by it.
    model : ReadModel, optional
        What an earlier life has left: the projector goes on from its checkpoint.

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
    ) -> None:
        check_declaration(projection)
        if on_failure not in ("stop", "park"):
            raise InvalidArgument(f"on_failure={on_failure!r}; accepted are 'stop' and 'park'")
        model = model or ReadModel(projection.schema.empty())
        projection.schema.check(model.table, "the model given")
        if model.position > store.head():
            raise InvalidArgument(f"the model given stands at {model.position}, and the log ends at {store.head()}")
        if model.made_by not in (None, made_by := (projection.name, projection.version)):
            raise InvalidArgument(f"the model given was made by {model.made_by}, not {made_by}; rebuild from the log")
        self.store = store
        self.on_failure: Literal["stop", "park"] = on_failure
        self._clock = clock
        self._serving = Serving(projection, model)
        self._working = threading.RLock()  # one thread at a time reads the log
        self._changed = threading.Condition()  # guards _serving
        self._follower = Follower(store, self._follow)

    @property
    def table(self) -> pd.DataFrame:
        """The read model's table, yours to change: pandas copies what a change touches.

        Only what goes around pandas reaches the read model, such as ``table["units"].array[0] = 1``.
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
        """Table, position and state of one moment, taken together."""
        with self._changed:
            return self._serving

    @property
    def status(self) -> ProjectorStatus:
        """How the projector is doing."""
        now = self.serving
        return status_of(self.store, now.model, now.error, bool(now.rebuilding), self._clock)

    @property
    def parked(self) -> pd.DataFrame:
        """What was left out: one row per position (int64), with stream, event (the type's name) and error (str)."""
        return parked_table(self.store, self.serving.model.parked)

    def retry_parked(self, projection: Projection | None = None) -> int:
        """Take in what was parked, now that it can be read; what still fails stays parked.

        Parameters
        ----------
        projection : Projection, optional
            The mended one, of the same schema and events; it takes over. For others, rebuild.

        Returns
        -------
        int
            How many events were taken in. No event counts twice, wherever this is interrupted.
        """
        with self._working:
            now = self.serving
            mended = projection or now.projection
            check_declaration(mended)
            if mended.schema != now.projection.schema or set(mended.events) != set(now.projection.events):
                raise InvalidArgument(f"{mended.name} has another schema or other events; use rebuild(projector, to=…)")
            model = retry(self.store, mended, now.model)
            self._publish(projection=mended, model=model, error="" if projection else now.error)
            self._follower.resume()
            return len(now.model.parked) - len(model.parked)

    def catch_up(self, limit: int | None = None) -> int:
        """Take in the log up to its head as it is now, or at most `limit` events; works in your thread.

        A projector that was started, and has failed since, follows the log again.

        Returns
        -------
        int
            The number of events read.

        Raises
        ------
        ProjectionFailed
            At an event that the projection cannot take in, or the store cannot read. Everything before it is in the
            table; the next call tries it again.
        """
        read = self._read_on(limit)
        self._follower.resume()
        return read

    def _read_on(self, limit: int | None = None) -> int:
        with self._working:
            head, read = self.store.head(), 0
            while self.position < head and (limit is None or read < limit):
                left = None if limit is None else limit - read
                batch, unreadable = read_up_to_unreadable(self.store, after=self.position, limit=left)
                self._take_in(batch)
                read += len(batch)
                if unreadable is not None:
                    self._stop_or_park(unreadable.position, unreadable)
                    read += 1
                elif not len(batch):
                    break
            if self.serving.error and self.position >= head:
                self._publish(error="")  # what failed was not an event, and it is over
            return read

    def apply(self, batch: EventBatch) -> None:
        """Take in a batch of the log that somebody hands over, whatever was handed over before.

        What the checkpoint covers already is dropped. Where the batch does not follow on from there, the log is read
        instead: a batch that came too early must not make the checkpoint pass what came late.
        """
        with self._working:
            new = batch.after(self.position)
            next_one, unreadable = read_up_to_unreadable(self.store, after=self.position, limit=1)
            if unreadable or (len(next_one) and len(new) and next_one.last_position < next(iter(new)).position):
                self.catch_up()
            else:
                self._take_in(new)

    def _take_in(self, batch: EventBatch) -> None:
        if not len(batch):
            return
        now = self.serving
        try:
            model = now.model.take_in(now.projection, batch)
        except Exception as caught:  # noqa: BLE001 - a projection may raise anything; it is told, never swallowed
            error = caught
        else:
            return self._publish(model=model, error="")
        # Out of the except block: or else an error in a half would tell of every larger batch as well.
        if len(batch) == 1:
            return self._stop_or_park(batch.last_position, error)
        for half in batch.halves():
            self._take_in(half)

    def _stop_or_park(self, position: int, error: Exception) -> None:
        now, why = self.serving, said(error)
        if self.on_failure == "park":
            return self._publish(model=now.model.park(position, why), error="")
        failure = ProjectionFailed(now.projection.name, position, now.model.position, why)
        self._publish(error=str(failure))
        raise failure from error

    def _publish(self, **changes: Any) -> None:
        with self._changed:
            self._serving = replace(self._serving, **changes)
            self._changed.notify_all()

    def wait_for(self, position: int, timeout_seconds: float) -> None:
        """Wait until the table reflects this position, the projector has failed, or the time is up."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._serving.model.position >= position or bool(self._serving.error), timeout_seconds
            )

    def begin_rebuild(self, by: object = "somebody") -> None:
        """Mark that another version is being built, and by whom; only one at a time."""
        with self._changed:
            if self._serving.rebuilding:
                raise InvalidArgument("a rebuild is under way; finish or abort it first, or projector.end_rebuild()")
            self._serving = replace(self._serving, rebuilding=by)

    def end_rebuild(
        self, successor: Projector | None = None, handlers: Mapping[type, Any] | None = None, by: object = None
    ) -> ReadModel:
        """Serve what the successor has built, at no older position; without one, go on as before.

        Whoever began it says so (`by`); without that, whatever is being built is given up.

        Returns
        -------
        ReadModel
            What was served before.
        """
        with self._working:
            before, now = self.serving.model, self.serving.rebuilding
            if by is not None and now is not by:
                raise InvalidArgument("this rebuild was given up meanwhile; begin another, with the model of this one")
            if successor is None:
                self._publish(rebuilding=None)
                return before
            successor.catch_up()
            built = successor.serving
            check_nothing_is_lost(self.store, self.projection, before, built.projection, built.model)
            fitting = self.serving.handlers if built.projection.schema == self.projection.schema else {}
            self._publish(
                projection=built.projection,
                model=built.model,
                handlers={**fitting, **(handlers or {})},
                error="",
                rebuilding=None,
            )
            self._follower.resume()
            return before

    def _follow(self) -> bool:
        try:
            self._read_on()
        except ProjectionFailed:
            return False  # told by status and by every answer
        except Exception as error:
            self._publish(error=said(error))
            raise
        return True

"""A projector's table in the hour's file: rows and checkpoint are one note, which every other kernel can read."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy

import pandas as pd

from cqrs_lab.classroom.hour_file import HourFile, TakenSeat
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.read.tables import Checkpoint, MemoryTables, Tables
from cqrs_lab.shop.visits import UnitsOrdered

KEPT_BY = (UnitsOrdered.name, UnitsOrdered.version)


class SeatTables:
    """The table of one seat, of a few rows; each version is kept beside the earlier ones, so that it can be judged.

    Parameters
    ----------
    hour : HourFile
    seat : TakenSeat
        Who may save. If the seat was taken again meanwhile, a save is refused.
    clock : callable
    before_saving : callable
        Called with everything worked out and nothing kept: the moment at which a crash costs most.
    """

    def __init__(
        self, hour: HourFile, seat: TakenSeat, clock: Callable[[], float], before_saving: Callable[[], None]
    ) -> None:
        self._hour, self._seat, self._clock, self._before_saving = hour, seat, clock, before_saving
        position, units = hour.table(seat.name)
        table = pd.DataFrame({"product_id": list(units), "units": list(units.values())})
        checkpoint = Checkpoint(position, made_by=KEPT_BY if units else None)
        self._kept = MemoryTables(UnitsOrdered.schema.conform(table), checkpoint)

    @property
    def checkpoint(self) -> Checkpoint:
        """How far the table has come."""
        return self._kept.checkpoint

    def rows(self, keys: pd.Index) -> pd.DataFrame:
        """Return the rows that there are of these keys."""
        return self._kept.rows(keys)

    def table(self) -> pd.DataFrame:
        """Return all rows."""
        return self._kept.table()

    def latest(self) -> SeatTables:
        """Return the version that is kept now."""
        return SeatTables(self._hour, self._seat, self._clock, self._before_saving)

    def save(self, rows: pd.DataFrame | None, checkpoint: Checkpoint) -> SeatTables:
        """Keep rows and checkpoint in one step, and return the latest version."""
        following = copy(self)
        following._kept = self._kept.save(rows, checkpoint)
        units = {str(key): int(count) for key, count in following.table()["units"].items()}
        self._before_saving()
        kept = self._hour.keep(self._seat, self.checkpoint.position, checkpoint.position, units, self._clock())
        # An interrupt may have come after a save and before its answer.
        return following if kept else self.latest()

    def swap(self, other: Tables) -> Tables:
        """Refuse: the table of a seat is not rebuilt during the hour."""
        raise InvalidArgument(f"the table of {self._seat.name} is kept for the hour as it is; rebuild another one")

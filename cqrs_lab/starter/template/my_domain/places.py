"""A read model: how many places are left, one row per workshop; and the query that asks it."""

from dataclasses import dataclass

import pandas as pd

import cqrs_lab as lab

from .events import PlaceGivenUp, PlaceTaken, WorkshopAnnounced


class Places:
    """How many places each workshop has, and how many of them are taken."""

    name, version, events = "places", 1, (WorkshopAnnounced, PlaceTaken, PlaceGivenUp)
    schema = lab.Schema(index=["workshop"], columns={"places": "int64", "taken": "int64"})

    def summarise(self, batch: lab.EventBatch) -> pd.DataFrame:
        """Return what this part of the log says by itself: one row per workshop."""
        return _counted(batch).groupby("workshop")[["places", "taken"]].sum()

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both added up, so it does not matter where the log was cut."""
        return lab.merge_rows(table, rows, add=["places", "taken"])


class PlacesAndRegrets:
    """The next version, which also counts how often a place was given up: yesterday's log can answer it."""

    name, version, events = "places", 2, Places.events
    schema = lab.Schema(index=["workshop"], columns={"places": "int64", "taken": "int64", "given_up": "int64"})

    def summarise(self, batch: lab.EventBatch) -> pd.DataFrame:
        """Return what this part of the log says by itself: one row per workshop."""
        return _counted(batch).groupby("workshop")[["places", "taken", "given_up"]].sum()

    def merge(self, table: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
        """Return both added up."""
        return lab.merge_rows(table, rows, add=["places", "taken", "given_up"])


def _counted(batch: lab.EventBatch) -> pd.DataFrame:
    """Return one row per event, and what it adds to each column."""
    announced = batch.frame(WorkshopAnnounced)[["workshop", "places"]].assign(taken=0, given_up=0)
    taken = batch.frame(PlaceTaken)[["workshop"]].assign(places=0, taken=1, given_up=0)
    given_up = batch.frame(PlaceGivenUp)[["workshop"]].assign(places=0, taken=-1, given_up=1)
    return pd.concat([announced, taken, given_up])


@dataclass(frozen=True)
class PlacesLeft:
    """Ask how many places of a workshop nobody holds."""

    workshop: str


def places_left(query: PlacesLeft, table: pd.DataFrame) -> int:
    """Answer from the table alone; a workshop that is not in it has none."""
    if query.workshop not in table.index:
        return 0
    row = table.loc[query.workshop]
    return int(row["places"] - row["taken"])

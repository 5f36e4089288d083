"""Events that a projection could not take in and that were parked: listed, and taken in once they can be read."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from cqrs_lab.errors import said
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.read.batch import EventBatch, read_batch
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.read_model import ParkedEvent, ReadModel


def parked_table(store: EventStore, parked: Sequence[ParkedEvent]) -> pd.DataFrame:
    """List them: one row per position (int64), with stream, event (the type's name) and error (str)."""
    found = [(next(iter(_one(store, one.position))), one.error) for one in parked]
    rows = [(one.position, one.stream, type(one.event).__name__, error) for one, error in found]
    shape = {"position": "int64", "stream": "str", "event": "str", "error": "str"}
    return pd.DataFrame(rows, columns=list(shape)).astype(shape).set_index("position")


def retry(store: EventStore, projection: Projection, model: ReadModel) -> ReadModel:
    """Take in what was parked; what still fails stays parked."""
    for parked in model.parked:
        try:
            model = model.take_in_parked(projection, _one(store, parked.position))
        except Exception as error:  # noqa: BLE001 - a projection may raise anything; it stays listed
            model = model.still_parked(parked.position, said(error))
    return model


def _one(store: EventStore, position: int) -> EventBatch:
    return read_batch(store, after=position - 1, limit=1)

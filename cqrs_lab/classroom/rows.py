"""What is noted about an hour, row by row. Times are seconds since 1970."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

Role = Literal["writer", "projector", "reader"]
Plug = Literal["kill", "stop", "twice"]
ROLES: tuple[Role, ...] = ("writer", "projector", "reader")
PLUGS: tuple[Plug, ...] = ("kill", "stop", "twice")
KEYS = ("cup", "pot")


class SeatRow(NamedTuple):
    """A participant. `state` is "works" or "killed"; `heard_at` is when the worker last began a step."""

    name: str
    role: str
    state: str
    stopped: bool
    heard_at: float


class AskedRow(NamedTuple):
    """A command that a seat asked for; `position` is None until its receipt was noted: it is not acknowledged."""

    seat: str
    number: int
    key: str
    asked_at: float
    answered_at: float | None
    position: int | None


class VisitRow(NamedTuple):
    """A projector took in the log after `start` up to `upto`; `units` is its table from then on."""

    seat: str
    start: int
    upto: int
    at: float
    units: Mapping[str, int]


class LookRow(NamedTuple):
    """A seat looked at a product in somebody's copy, which stood at `position`."""

    seat: str
    copy: str
    key: str
    units: int
    position: int
    asked_at: float
    answered_at: float


class PlugRow(NamedTuple):
    """What the teacher did to a seat; `struck_at` is None as long as it has not happened."""

    seat: str
    what: str
    pulled_at: float
    struck_at: float | None


class EntryRow(NamedTuple):
    """An event of the log: seat and number of the command that led to it, its product, and when it was recorded."""

    position: int
    seat: str
    number: int
    key: str
    at: float

"""What a writer notes beside an event: who, why, from where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from cqrs_lab.arguments import refuse, text

_WANTED = "a mapping of texts to texts; give what to note beside the events, such as {'who': 'ada'}"


class Metadata(Mapping[str, str]):
    """A small mapping of texts to texts that cannot change, as nothing recorded can; it equals a dict of the same.

    Parameters
    ----------
    values : mapping of str to str

    Raises
    ------
    InvalidArgument
        A name or a value is not a text.

    Examples
    --------
    >>> from cqrs_lab.log.metadata import Metadata
    >>> Metadata({"who": "ada", "why": "a gift"})["who"]
    'ada'
    """

    __slots__ = ("_pairs",)

    def __init__(self, values: Mapping[str, str]) -> None:
        pairs: tuple[Any, ...] = tuple(values.items()) if isinstance(values, Mapping) else (values,)
        if not all(isinstance(pair, tuple) and all(isinstance(one, str) for one in pair) for pair in pairs):
            raise refuse("metadata", values, _WANTED)
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        values: dict[str, str] = dict(self._pairs)
        return values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(dict(self._pairs))

    def __len__(self) -> int:
        return len(self._pairs)

    def __hash__(self) -> int:
        return hash(frozenset(self._pairs))

    def __repr__(self) -> str:
        return repr(dict(self._pairs))


NO_METADATA = Metadata({})
"""Nothing noted, as beside most events."""


def check_why(caused_by: object, metadata: Mapping[str, str]) -> tuple[str | None, Mapping[str, str]]:
    """Return what led to an append as it is recorded, or refuse what is no text.

    Raises
    ------
    InvalidArgument
    """
    if caused_by is not None:
        caused_by = text("caused_by", caused_by, "an id; give an event's event_id, another id, or None")
    return caused_by, Metadata(metadata) if metadata is not NO_METADATA else NO_METADATA

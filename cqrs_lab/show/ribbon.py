"""The log as a ribbon of tiles that is cut into pieces."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from html import escape
from typing import Any

from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.show.icons import icon, icon_of, word_of
from cqrs_lab.show.pieces import Piece
from cqrs_lab.show.shapes import keyed, label, painted
from cqrs_lab.show.style import tint
from cqrs_lab.words import shortened

CUTS = ("first", "second", "third")
LEFT, RIBBON_TOP, TILE_HEIGHT, TILE_GAP, PIECE_GAP = 10, 50, 92, 4, 22
ROOM, MOST_CUTS, NARROWEST, WIDEST = 940, 3, 66, 100
"""The width that the ribbon has with all its cuts; a tile takes its part of that, within these limits."""
RIBBON_BOTTOM = RIBBON_TOP + TILE_HEIGHT + 12
# A word longer than this many letters is as wide as its tile, unless its letters stand closer.
ROOMY, CLOSE = 7, "letter-spacing:-0.05em"


class Ribbon:
    """The pieces of a log, one after the other.

    Parameters
    ----------
    log : sequence of RecordedEvent
    pieces : sequence of Piece
        In the order in which they are drawn.
    reads : tuple of type
        The event types that are read; tiles of others are outlines.

    Attributes
    ----------
    places : list of (float, float)
        Where each piece begins, and how wide it is.
    """

    def __init__(self, log: Piece, pieces: Sequence[Piece], reads: tuple[type, ...]) -> None:
        self.log, self.pieces, self.reads = log, pieces, reads
        streams = dict.fromkeys(one.stream for one in log)
        self.tints = {stream: tint(number) for number, stream in enumerate(streams)}
        room = (ROOM - MOST_CUTS * PIECE_GAP - 8 * (MOST_CUTS + 1)) // len(log) - TILE_GAP
        self.tile_width = min(max(room, NARROWEST), WIDEST)
        self.places = self._places(pieces)

    def _places(self, pieces: Sequence[Piece]) -> list[tuple[float, float]]:
        places, left = list[tuple[float, float]](), float(LEFT)
        for piece in pieces:
            width = 8.0 + len(piece) * (self.tile_width + TILE_GAP)
            places.append((left, width))
            left += width + PIECE_GAP
        return places

    def drawn(self) -> Iterator[str]:
        """Return the bands of the pieces, and on each of them its events as tiles."""
        dashes = "" if len(self.pieces) == 1 else ' stroke-dasharray="6 4"'
        for number, (piece, (left, width)) in enumerate(zip(self.pieces, self.places, strict=True)):
            band = (
                f'<rect width="{width:g}" height="{TILE_HEIGHT + 12}" rx="9" stroke-width="1.5"{dashes}'
                ' style="fill:var(--ribbon);stroke:var(--faint)"/>'
            )
            yield keyed(("piece", name_of(piece)), left, RIBBON_TOP, band)
            for at, one in enumerate(piece):
                x = left + 6 + at * (self.tile_width + TILE_GAP)
                yield keyed(("event", one.position), x, RIBBON_TOP + 6, self.tile(one))
            if number:
                yield painted(icon("cut", left - PIECE_GAP / 2 - 11, RIBBON_TOP - 23), "var(--ink)")

    def tile(self, one: RecordedEvent) -> str:
        """Return an event as a tile; one that the projection does not read is an outline."""
        kind, middle = type(one.event), self.tile_width / 2
        read, word = kind in self.reads, word_of(kind)[:9]
        look, css = (
            (f'style="{self.tints[one.stream]}"', "") if read else ('stroke-dasharray="2 4" class="unread"', " faint")
        )
        return (
            f'<rect width="{self.tile_width}" height="{TILE_HEIGHT}" rx="7" stroke-width="1.5" {look}/>'
            + label(6, 18, f"{one.position:,}", f"strong small{css}", "start")
            + painted(icon(icon_of(kind), self.tile_width - 26, 5, 20), "var(--ink)" if read else "var(--faint)")
            + label(middle, 43, word, f"small{css}", style=CLOSE if len(word) > ROOMY else "")
            + label(middle, 62, _stream(one.stream), f"small{css}")
            + label(middle, 83, _number(one.event), f"strong{css}")
        )

    def gaps(self, values: Mapping[str, int]) -> Iterator[str]:
        """Return the places between events, each of which makes a cut or takes it back."""
        number_of = {one.position: number for number, one in enumerate(self.log, 1)}
        stop = 0
        yield '<g role="listbox" aria-multiselectable="true" aria-label="Places to cut">'
        for piece, (left, width) in zip(self.pieces, self.places, strict=True):
            for at, one in enumerate(piece, 1):
                after = number_of[one.position]
                if after == len(self.log):
                    continue
                inside = at < len(piece)
                x = left + 4 + at * (self.tile_width + TILE_GAP) if inside else left + width + PIECE_GAP / 2
                tick = '<path d="M 0 -9 V 3" style="stroke:var(--faint)" stroke-width="2"/>' if inside else ""
                sets = escape(json.dumps(toggled(values, after)))
                yield (
                    f'<g role="option" aria-label="Cut after event {one.position}"'
                    f' aria-selected="{str(not inside).lower()}" data-set="{sets}" data-part="gap {after}"'
                    f' tabindex="{stop}" transform="translate({x:g} {RIBBON_TOP})">'
                    f'<rect x="-10" y="-26" width="20" height="{TILE_HEIGHT + 40}" rx="6" class="grip"/>{tick}</g>'
                )
                stop = -1
        yield "</g>"


def toggled(values: Mapping[str, int], after: int) -> dict[str, int]:
    """Return the controls to set for a cut here, or for none if there is one; at need the last cut moves."""
    here = {name: 0 for name in CUTS if values[name] == after}
    return here or {next((name for name in CUTS if not values[name]), CUTS[-1]): after}


def name_of(piece: Piece) -> str:
    """Return the name of a piece in a key: the positions of its events."""
    return "-".join(str(one.position) for one in piece)


def _stream(name: str) -> str:
    return name if len(name) <= 7 else shortened(name.rpartition("-")[2], 7)


def _number(event: Any) -> str:
    """Return the one number that an event has, if it has just one."""
    values = [getattr(event, one.name) for one in fields(event)] if is_dataclass(event) else []
    numbers = [one for one in values if isinstance(one, (int, float)) and not isinstance(one, bool)]
    return f"{numbers[0]:,}"[:7] if len(numbers) == 1 else ""

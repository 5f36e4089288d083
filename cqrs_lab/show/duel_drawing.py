"""The duel as a drawing: two lanes of moves, and between them the shelf with its version."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from html import escape
from typing import NamedTuple

from cqrs_lab.show.icons import icon, icon_of, thing_of, word_of
from cqrs_lab.show.picture import drawing, joined, key
from cqrs_lab.show.shapes import keyed, label, painted, pill
from cqrs_lab.show.style import LOG
from cqrs_lab.show.two_writers import MISSING, ORDERS, Act, Moment, earlier, promised
from cqrs_lab.words import shortened

LEFT, COLUMN, RIGHT, MOST_MOMENTS = 158, 114, 118, 6
CARD_WIDTH, CARD_HEIGHT, LANE_HEIGHT = 104, 52, 80
LANE_TOPS, BOARD, HEIGHT = (22, 290), 208, 376
THING, MOST_THINGS = 26, 3
BAD, GOOD = "var(--bad)", "var(--good)"


class _Person(NamedTuple):
    """How a person is drawn: by colour, shape and place."""

    name: str
    paint: str
    tint: str
    top: int
    corner: int

    @property
    def card_top(self) -> int:
        return self.top + (LANE_HEIGHT - CARD_HEIGHT) // 2

    @property
    def edge(self) -> int:
        """Where an arrow begins: the side of a card that looks to the shelf."""
        return self.card_top + CARD_HEIGHT + 6 if self.top < BOARD else self.card_top - 6

    @property
    def shelf(self) -> int:
        """Where an arrow ends."""
        return BOARD - 12 if self.top < BOARD else BOARD + 12


def _person(name: str, at: int) -> _Person:
    colour, corner = (("person", 18), ("other", 8))[at]
    return _Person(name, f"var(--{colour})", f"var(--{colour}-tint)", LANE_TOPS[at], corner)


class Drawing:
    """One moment. The things on the shelf glide to the person they are promised to."""

    def __init__(
        self,
        people: Sequence[str],
        stream: str,
        seen: Sequence[Moment],
        left: int | None,
        order: int,
        check: int,
        version: int,
        done: bool,
    ) -> None:
        self.people = {name: _person(name, at) for at, name in enumerate(people)}
        self.stream, self.seen, self.order, self.check, self.done = stream, seen, order, check, done
        self.left = [left, *(one.left for one in seen)]
        self.version = seen[-1].version if seen else version
        self.thing = thing_of(stream)
        self.shelf, self.held = promised(people, self.left, seen)

    def drawn(self, says: str) -> str:
        """Return the drawing, under a name that holds what it says."""
        columns = max(MOST_MOMENTS, len(self.seen))
        width = LEFT + columns * COLUMN + RIGHT
        parts = [
            label(LEFT - 12, 15, "move", "small faint", "end"),
            *(label(_x(at) + CARD_WIDTH / 2, 15, str(at + 1), "small faint") for at in range(columns)),
            *(self._lane(person, width) for person in self.people.values()),
            self._board(width),
            *(self._trace(at, one) for at, one in enumerate(self.seen)),
            *(self._arrow(at, one) for at, one in enumerate(self.seen)),
            *self._cards(),
            *self._things(),
            *(self._receipt(person, width) for person in self.people.values()),
            self._verdict(width),
        ]
        return drawing(width, HEIGHT, f"Two people and {self.stream}. {says}", parts, role="group")

    # --- the lanes and their moves

    def _lane(self, person: _Person, width: int) -> str:
        middle = person.top + LANE_HEIGHT / 2
        return (
            f'<rect x="8" y="{person.top}" width="{width - 16}" height="{LANE_HEIGHT}" rx="10"'
            f' style="fill:{person.tint}" fill-opacity="0.45"/>'
            f'<rect x="20" y="{middle - 18:g}" width="36" height="36" rx="{person.corner}" stroke-width="2"'
            f' style="fill:{person.tint};stroke:{person.paint}"/>'
            + label(38, middle + 5, person.name[:1].upper(), "strong")
            + label(64, middle + 5, shortened(person.name, 10), "strong", "start")
        )

    def _cards(self) -> Iterator[str]:
        """Return the four moves, done or still to come, and those that a conflict added."""
        planned = [(name, act) for who, act in ORDERS[self.order] for name in [list(self.people)[who]]]
        places = self._places(planned)
        yield '<g role="listbox" aria-label="Moves: Enter lets one come one earlier">'
        for number, (name, act) in enumerate(planned):
            place = places.get(number)
            done = place is not None
            yield self._card((name, act, 0), self._column(number, places) if place is None else place, number, done)
        yield "</g>"
        extra = [at for at in range(len(self.seen)) if at not in places.values()]
        for at in extra:
            one = self.seen[at]
            yield self._card((one.who, one.act, 1 + extra.index(at)), at, None, True)

    def _places(self, planned: Sequence[tuple[str, Act]]) -> dict[int, int]:
        """Return in which column each planned move that was made stands."""
        places: dict[int, int] = {}
        for number, move in enumerate(planned):
            found = (at for at, one in enumerate(self.seen) if (one.who, one.act) == move)
            if (at := next(found, None)) is not None:
                places[number] = at
        return places

    def _column(self, number: int, places: dict[int, int]) -> int:
        """Return where a move that is still to come will stand, as far as is known."""
        return len(self.seen) + number - len(places)

    def _card(self, move: tuple[str, Act, int], column: int, number: int | None, done: bool) -> str:
        name, act, again = move
        person, to = self.people[name], None if number is None else earlier(self.order, number)
        does = "again" if again else f"{act}s"
        dashes = "" if done else ' stroke-dasharray="2 4"'
        fill = person.tint if done else "none"
        sets = ""
        if to is not None:
            what = escape(f"{name} {act}s, move {(number or 0) + 1}: let it come one earlier")
            order = escape(json.dumps({"order": to}))
            sets = (
                f' role="option" aria-selected="false" aria-label="{what}" data-set="{order}"'
                f' data-part="{joined(name, act)}" tabindex="{0 if number == self._first() else -1}"'
            )
        arrow = '<path d="M 96 9 L 90 15 L 96 21" class="way" style="stroke:var(--ink)"/>' if sets else ""
        grip = f'<rect width="{CARD_WIDTH}" height="{CARD_HEIGHT}" rx="8" class="grip"/>' if sets else ""
        body = (
            ("<title>Let it come one earlier</title>" if sets else "")
            + f'<rect width="{CARD_WIDTH}" height="{CARD_HEIGHT}" rx="8" stroke-width="2"{dashes}'
            f' style="fill:{fill};stroke:{person.paint}"/>{grip}'
            + painted(icon("ask" if act == "load" else self.thing, 6, 15, 22), person.paint)
            + label(32, 22, shortened(name, 7), "strong small", "start")
            + label(32, 41, does, "small", "start")
            + arrow
        )
        place = f'transform="translate({_x(column):g} {person.card_top})"'
        return f"<g{key('move', name, act, again)}{sets} {place}>{body}</g>"

    def _first(self) -> int:
        return next(number for number in range(len(ORDERS[self.order])) if earlier(self.order, number) is not None)

    # --- what passes between a lane and the shelf

    def _arrow(self, at: int, one: Moment) -> str:
        person, x = self.people[one.who], _x(at) + 14
        (first, second), wrong = self._words(one), one.refused or self._goes_wrong(at)
        middle = (person.edge + person.shelf) / 2
        begin, end = person.edge, person.shelf
        paint, dashes, tip = person.paint, "", ""
        if one.act == "load":
            begin, end, dashes = end, begin, ' stroke-dasharray="2 6"'
        elif one.refused:
            end, paint, dashes = round(middle), BAD, ' stroke-dasharray="7 4"'
        if one.refused:
            tip = f'<path d="M {x - 7} {end} H {x + 7}" class="way" style="stroke:{paint};stroke-width:3"/>'
        else:
            way = 9 if end > begin else -9
            tip = f'<path d="M {x - 6} {end - way} L {x} {end} L {x + 6} {end - way} z" style="fill:{paint}"/>'
            end -= way
        colour = f"fill:{BAD}" if wrong else f"fill:{GOOD}" if second.startswith("✓") else ""
        return (
            f'<path class="way" d="M {x} {begin} V {end}"{dashes} style="stroke:{paint};stroke-width:3"/>{tip}'
            + label(x + 9, middle - 4, first, "small", "start")
            + label(x + 9, middle + 14, second, "strong small" if colour else "small", "start", colour)
        )

    def _words(self, one: Moment) -> tuple[str, str]:
        """Return two short lines of what came of a move."""
        if one.kind == "loaded":
            return f"sees v {one.seen}", "" if one.left is None else f"{_signed(one.left)} left"
        if one.kind == "conflict":
            return f"made on v {one.seen}", f"✕ it is v {one.found}"
        if one.kind == "refused":
            return "the rules", "✕ say no"
        if one.kind == "failed":
            return "✕ it fails", ""
        if one.seen == one.found:
            return f"made on v {one.seen}", "nobody asks" if self.check else f"✓ still v {one.found}"
        return f"made on v {one.seen}", f"{'✕' if one.stale else 'but'} it is v {one.found}"

    def _goes_wrong(self, at: int) -> bool:
        """Return whether a move recorded what should not be there."""
        one, before = self.seen[at], self.left[at]
        below = one.left is not None and before is not None and one.left < min(before, 0)
        return one.stale or below

    # --- the shelf

    def _board(self, width: int) -> str:
        left = self.left[-1]
        colour = f"fill:{BAD}" if left is not None and left < 0 else ""
        tag = (
            '<path d="M 0 0 L 9 -13 H 58 V 13 H 9 z" style="fill:var(--card);stroke:var(--ink)" stroke-width="1.75"/>'
            + label(35, 5, f"v {self.version}", "strong")
        )
        return (
            f'<path d="M 14 {BOARD} H {width - 14}" style="stroke:var(--ink)" stroke-width="4" stroke-linecap="round"/>'
            f'<path d="M 15 {BOARD} v 8 M {width - 14} {BOARD} v 10" style="stroke:var(--ink)" stroke-width="3"/>'
            + label(16, BOARD - 72, f"{LOG.marker} {shortened(self.stream, 15)}", "strong", "start")
            + keyed(("tag", self.version), 94, BOARD - 18, tag, self._last_move())
            + label(153, BOARD - 38, "not checked" if self.check else "checked", "small faint", "end")
            + (label(18, BOARD + 24, f"{_signed(left)} left", "strong", "start", colour) if left is not None else "")
        )

    def _last_move(self) -> tuple[object, ...]:
        """Return the key of the card from which the latest version came."""
        if not self.seen or self.seen[-1].kind != "recorded":
            return ()
        last = self.seen[-1]
        again = sum((one.who, one.act) == (last.who, last.act) for one in self.seen) > 1
        return ("move", last.who, last.act, 0) if not again else ()

    def _trace(self, at: int, one: Moment) -> str:
        """Return the version that the stream was at after a move."""
        wrong = self._goes_wrong(at)
        words = f"v {one.version}" if one.left is None else f"v {one.version}, {_signed(one.left)} left"
        x = _x(at) + 14
        return (
            f'<circle cx="{x}" cy="{BOARD}" r="6" style="fill:{BAD if wrong else LOG.paint}"/>'
            + label(x + 10, BOARD + 20, words, "strong small" if wrong else "small faint", "start", _red(wrong))
        )

    def _things(self) -> Iterator[str]:
        """Return what stands on the shelf, and what is promised to whom."""
        if self.left[-1] is None:
            return
        for at, number in enumerate(self.shelf[:MOST_THINGS]):
            yield keyed(("thing", number), 14 + at * THING, BOARD - 34, icon(self.thing, 0, 0, 30))
        if not self.shelf:
            empty = '<circle cx="15" cy="18" r="12" class="way" style="stroke:var(--faint)" stroke-dasharray="3 4"/>'
            yield keyed(("nothing",), 22, BOARD - 36, empty)
        width = LEFT + max(MOST_MOMENTS, len(self.seen)) * COLUMN
        for name, person in self.people.items():
            for at, number in enumerate(self.held[name][:MOST_THINGS]):
                missing = number == MISSING
                crossed = f'<path d="M 2 28 L 30 2" style="stroke:{BAD}" stroke-width="3"/>' if missing else ""
                body = painted(icon(self.thing, 0, 0, 30), BAD if missing else "var(--ink)") + crossed
                named = ("thing", "missing", name, at) if missing else ("thing", number)
                yield keyed(named, width + 8 + at * THING, person.card_top - 2, body, ("tag", self.version))

    def _receipt(self, person: _Person, width: int) -> str:
        """Return what this person was promised, or what was recorded of them last."""
        events = [event for one in self.seen if one.who == person.name for event in one.events]
        x, y = width - RIGHT + 8, person.card_top + CARD_HEIGHT - 2
        if self.held[person.name]:
            missing = MISSING in self.held[person.name]
            return label(x, y, "✕ none left" if missing else "promised", "strong small", "start", _red(missing))
        if not events:
            return ""
        kind = type(events[-1])
        named = ("event", person.name, len(events))
        return keyed(named, x, person.card_top - 2, icon(icon_of(kind), 0, 0, 26)) + label(
            x, y, shortened(word_of(kind), 12), "small", "start"
        )

    def _verdict(self, width: int) -> str:
        if not self.done or not self.seen:
            return ""
        wrong = [at for at in range(len(self.seen)) if self._goes_wrong(at)]
        failed = any(one.kind == "failed" for one in self.seen)
        left = self.left[-1]
        words = "✓ all kept"
        if failed:
            words = "✕ it fails"
        elif wrong:
            words = "✕ oversold" if left is not None and left < 0 else "✕ too late"
        paint = BAD if wrong or failed else GOOD
        body = pill(104, words, f"fill:var(--card);stroke:{paint}")
        return keyed(("verdict",), width - RIGHT / 2 - 4, BOARD - 26, painted(body, paint))


def _x(column: int) -> float:
    return LEFT + column * COLUMN


def _red(wrong: bool) -> str:
    return f"fill:{BAD}" if wrong else ""


def _signed(number: int) -> str:
    return f"{number:,}".replace("-", "\N{MINUS SIGN}")

"""Scissors: a log is cut into pieces, their summaries are merged, and the table is compared with the whole log's."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import pairwise
from textwrap import wrap

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.guards.identity import check_read
from cqrs_lab.read.guards.accepted import check_declaration
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.why import in_words
from cqrs_lab.show.compared import Compared, in_digits
from cqrs_lab.show.doors import a_store
from cqrs_lab.show.log_and_tables import BOOKKEEPING
from cqrs_lab.show.merging import Merger
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.pieces import Piece, by_stream, cut_at, shuffled
from cqrs_lab.show.ribbon import CUTS, LEFT, RIBBON_BOTTOM, Ribbon, name_of
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.small_tables import FIRST_ROW, ROW, SmallTables
from cqrs_lab.show.style import LOG, READ
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count, shortened

MOST_EVENTS, MOST_ROWS, MOST_COLUMNS = 12, 4, 2
WIDTH, CARDS_TOP, CARD_WIDTH, CARD_GAP, WAY = 960, 190, 226, 10, 46
TABLE_WIDTH, SIGN_LEFT, WHOLE_LEFT, VERDICT_LEFT, VERDICT_WIDTH, VERDICT_HEIGHT = 304, 337, 360, 684, 266, 136


def cut_and_merge(projection: Projection, store: EventStore) -> View:
    """Cut a log into pieces, merge what each of them says, and compare the table with that of the whole log.

    The law of merging holds for any cut and any order of the pieces: so the pieces may be parts of the log or streams,
    and they may be shuffled. The verdict comes with the last piece.

    Parameters
    ----------
    projection : Projection
        One of your own. If it fails, the picture says where.
    store : EventStore
        Twelve events at most are cut: of a longer log, the first ones that the projection reads.

    Returns
    -------
    View
        `frame()`: one row per key and column of either table: `merged`, `whole_log` (the values as texts), `differs`
        (boolean; missing until all pieces are merged).

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore
    >>> from cqrs_lab.shop import read, week, write
    >>> from cqrs_lab.show.cut_and_merge import cut_and_merge
    >>> store = MemoryEventStore()
    >>> bus = CommandBus(store)
    >>> write.register(bus)
    >>> receipts = [bus.send(command) for command in week.commands()]
    >>> cut_and_merge(read.BestSellers(), store).at(first=6, shuffle=1, step=2)
    All 2 pieces are merged. Equal: the table is that of the whole log. Is there a cut at which it is not?
    """
    check_declaration(projection)
    a_store(store)
    everything = tuple(store.read_all())
    log = _some_events(projection, everything)
    merger = Merger(projection, log)
    title = f", {len(log)} of {count(len(everything), 'event')}" if len(log) < len(everything) else ""

    def pieces(values: Mapping[str, int]) -> list[Piece]:
        return by_stream(log) if values["way"] else cut_at(log, [values[name] for name in CUTS])

    def draw(**values: int) -> Picture:
        in_order = pieces(values)
        scissors = _Scissors(merger, log, in_order, shuffled(in_order, values["shuffle"]), values)
        return scissors.picture(title)

    begin = dict.fromkeys(CUTS, 0) | {CUTS[0]: len(log) // 2}
    return View(
        draw,
        [
            Control.among("way", "Pieces", ["between the cuts", "by stream"]),
            *(Control(name, f"{name.capitalize()} cut (0: none)", 0, len(log) - 1, begin[name]) for name in CUTS),
            Control("shuffle", "Shuffle (0: as they were)", 0, 20, 0),
            Control("step", "Pieces merged", 0, lambda values: len(pieces(values)), 0, plays=True),
        ],
    )


def _some_events(projection: Projection, log: Piece) -> Piece:
    """Return the events that are cut: all, or of many the first that are read."""
    check_read({type(one.event): one.position for one in reversed(log)}, projection.events)
    read = tuple(one for one in log if type(one.event) in projection.events)
    if not read:
        types = ", ".join(one.__name__ for one in projection.events) or "no event types"
        raise InvalidArgument(f"the log has nothing that {projection.name} reads ({types}); append some events first")
    return log if len(log) <= MOST_EVENTS else read[:MOST_EVENTS]


class _Scissors:
    """One moment. A row comes from the piece that was merged into it last, and that piece's table from its events."""

    def __init__(
        self,
        merger: Merger,
        log: Piece,
        in_order: Sequence[Piece],
        pieces: Sequence[Piece],
        values: Mapping[str, int],
    ) -> None:
        self.merger, self.in_order, self.pieces, self.values = merger, in_order, pieces, values
        self.step = values["step"]
        self.now = merger.merging(pieces[: self.step])
        self.last = Compared(merger.merging(pieces).table, merger.whole)
        ended = self.step == len(pieces)
        self.failed = self.now.stopped or (merger.no_whole if ended else "")
        self.judged = ended and not self.failed
        self.small = self._small_tables()
        self.tables_top = CARDS_TOP + self.small.height + WAY
        self.ribbon = Ribbon(log, pieces, merger.projection.events)

    def _small_tables(self) -> SmallTables:
        """Return the keys and columns for which there is room: those that differ first, those of positions last."""
        differs = self.last.differs
        columns = sorted(differs, key=lambda name: (not differs[name].any(), str(name).endswith(BOOKKEEPING)))
        rows = dict(zip(self.last.keys(), differs.any(axis=1), strict=True))
        keys = sorted(rows, key=lambda key: not rows[key])[:MOST_ROWS]
        shown = set(columns[:MOST_COLUMNS])
        drawn = [str(name) for name in differs if name in shown]
        return SmallTables([key for key in rows if key in keys], drawn, len(rows) > MOST_ROWS)

    def picture(self, title: str) -> Picture:
        says = self.says()
        numbers = Compared(self.now.table, self.merger.whole).frame(self.judged)
        shown = numbers[
            numbers.index.isin([(in_words(key), name) for key in self.small.keys for name in self.small.columns])
        ]
        words = {True: "✕ differs", False: "✓ same"}
        verdicts = [words.get(one, "not yet") for one in shown["differs"].astype(object)]
        told = shown.assign(differs=verdicts).rename(columns={"whole_log": "whole log", "differs": "verdict"})
        there = count(len(self.pieces), "piece")
        name = f"The log in {there}, their tables, and the table merged from them. {says}"
        head = label(LEFT, 18, f"{LOG.marker} The log{title}, in {there}", "strong", "start")
        gaps = [] if self.values["way"] else self.ribbon.gaps(self.values)
        parts = [head, *self.ribbon.drawn(), *gaps, *self.cards(), *self.tables(), *self.verdict()]
        height = self.tables_top + max(VERDICT_HEIGHT, self.small.height) + 6
        html = (
            f"<figure>{drawing(WIDTH, height, name, parts, role='group')}"
            f'<figcaption class="roomy">{escape(says)}</figcaption></figure>{table(told, "The same in numbers")}'
        )
        return Picture(html, says, numbers)

    def says(self) -> str:
        there, done = len(self.pieces), len(self.now.summaries)
        if self.failed:
            where = f"piece {done + 1} of {there}" if self.now.stopped else "the whole log"
            return f"It stops at {where}: {shortened(' '.join(self.failed.split()), 240)}"
        if not self.step:
            return f"The log is cut into {count(there, 'piece')}. None is merged yet."
        if not self.judged:
            rows = count(len(self.now.summaries[-1]), "row")
            return f"Piece {done} of {there} is summarised in {rows} and merged. The verdict waits for the last piece."
        merged = "The one piece is merged." if there == 1 else f"All {there} pieces are merged."
        if self.last.equal:
            again = "the table is that of the whole log. Is there a cut at which it is not?"
            return f"{merged} Equal: {'nothing is cut yet.' if there == 1 else again}"
        why = self.merger.why(self.now, self.pieces, self.in_order)
        return f"{merged} Different: {'; '.join(self.last.told(2))}. {why}"

    # --- the tables of the pieces

    def card_lefts(self) -> list[float]:
        """Return where the tables of the pieces are drawn: below their pieces, and apart from each other."""
        lefts: list[float] = []
        for left, width in self.ribbon.places:
            least = lefts[-1] + CARD_WIDTH + CARD_GAP if lefts else LEFT
            lefts.append(max(least, left + width / 2 - CARD_WIDTH / 2))
        limit = float(WIDTH - LEFT - CARD_WIDTH)
        for at in reversed(range(len(lefts))):
            lefts[at] = min(lefts[at], limit)
            limit = lefts[at] - CARD_WIDTH - CARD_GAP
        return lefts

    def cards(self) -> Iterator[str]:
        below, bottom, into = RIBBON_BOTTOM, CARDS_TOP + self.small.height, LEFT + TABLE_WIDTH / 2
        for number, (piece, (left, width), card) in enumerate(
            zip(self.pieces, self.ribbon.places, self.card_lefts(), strict=True)
        ):
            middle, done = card + CARD_WIDTH / 2, len(self.now.summaries)
            if number == done and self.now.stopped:
                yield label(middle, CARDS_TOP + 30, "✕ stopped here", "strong", style="fill:var(--bad)")
            if number >= done:
                yield "" if self.failed else self.small.outline(card, CARDS_TOP, CARD_WIDTH, _events(piece))
                continue
            now = " now" if number == self.step - 1 else ""
            yield (
                f'<path class="way" d="M {left + width / 2:g} {below} L {middle:g} {CARDS_TOP}"'
                f' style="stroke:var(--faint)"/><path class="way{now}" d="M {middle:g} {bottom}'
                f' C {middle:g} {bottom + WAY} {into:g} {bottom} {into:g} {self.tables_top}"'
                f' style="stroke:{READ.paint}"/>'
            )
            rows = self.now.summaries[number]
            body = self.small.box(
                CARD_WIDTH, f"{READ.marker} {_events(piece)}", READ.paint, rows, ' stroke-dasharray="6 3"'
            )
            for at, key in enumerate(self.small.of(rows)):
                texts = [in_digits(rows.at[key, name], 2) for name in self.small.columns]
                body += self.small.row(CARD_WIDTH, FIRST_ROW + at * ROW, key, texts)
            yield keyed(("summary", name_of(piece)), card, CARDS_TOP, body, origin=("piece", name_of(piece)))

    # --- the two tables and the verdict

    def tables(self) -> Iterator[str]:
        name, now = shortened(self.merger.projection.name, 20), Compared(self.now.table, self.merger.whole)
        top = self.tables_top
        box = self.small.box(TABLE_WIDTH, f"{READ.marker} {name}, merged", READ.paint, now.merged)
        yield f'<g transform="translate({LEFT} {top})">{box}</g>'
        for at, key in enumerate(self.small.of(now.merged)):
            piece = name_of(self.pieces[self.now.comes_from.get(key, 0)])
            wrong = [self.judged and bool(now.differs.at[key, one]) for one in self.small.columns]
            body = self.small.row(TABLE_WIDTH, 0, key, [now.texts(key, one)[0] for one in self.small.columns], wrong)
            place = ("merged", key, piece)
            yield keyed(place, LEFT, top + FIRST_ROW + at * ROW, body, origin=("summary", piece))
        body = self.small.box(TABLE_WIDTH, f"{LOG.marker} {name}, whole log", LOG.paint, now.whole)
        for at, key in enumerate(self.small.of(now.whole)):
            body += self.small.row(
                TABLE_WIDTH, FIRST_ROW + at * ROW, key, [now.texts(key, one)[1] for one in self.small.columns]
            )
        yield f'<g transform="translate({WHOLE_LEFT} {top})">{body}</g>'

    def verdict(self) -> Iterator[str]:
        """Return the verdict as a mark, a pattern, and what differs."""
        sign, colour, pattern = "≠", "var(--bad)", _bars()
        if self.failed:
            sign, head, lines = "", "✕ It stopped", [self.failed]
        elif not self.judged:
            head = f"{self.step} of {count(len(self.pieces), 'piece')} merged"
            sign, colour, pattern, lines = "", "var(--ink)", "", ["The verdict waits for the last piece."]
        elif self.last.equal:
            sign, colour, pattern, head = "=", "var(--good)", _dots(), "✓ Equal"
            lines = ["The same in every cell." if len(self.merger.whole) else "Both tables have no rows."]
        else:
            head, lines = "✕ Different", self.last.told(2)
        texts = [part for line in lines for part in wrap(line, 28)]
        texts = texts if len(texts) <= 4 else [*texts[:3], f"{texts[3][:27]}…"]
        yield label(SIGN_LEFT, self.tables_top + 64, sign, "large", style=f"fill:{colour}")
        yield (
            f'<g transform="translate({VERDICT_LEFT} {self.tables_top})" style="color:{colour}">'
            f'<rect class="box" width="{VERDICT_WIDTH}" height="{VERDICT_HEIGHT}" rx="8" style="stroke:{colour}"/>'
            + pattern
            + label(24, 26, head, "strong", "start", style=f"fill:{colour}")
            + "".join(label(24, 50 + at * 21, one, "small", "start") for at, one in enumerate(texts))
            + "</g>"
        )


def _dots() -> str:
    return "".join(
        f'<circle cx="12" cy="{y}" r="2.5" style="fill:currentColor"/>' for y in range(14, VERDICT_HEIGHT - 8, 11)
    )


def _bars() -> str:
    bars = " ".join(f"M 7 {y} l 10 -7" for y in range(18, VERDICT_HEIGHT - 4, 9))
    return f'<path d="{bars}" style="stroke:currentColor" stroke-width="3"/>'


def _events(piece: Piece) -> str:
    """Return the positions of a piece, as far as there is room."""
    positions = [one.position for one in piece]
    if len(positions) > 2 and all(after == before + 1 for before, after in pairwise(positions)):
        return f"events {positions[0]:,} to {positions[-1]:,}"
    return shortened(f"event{'' if len(positions) == 1 else 's'} {', '.join(map(str, positions))}", 22)

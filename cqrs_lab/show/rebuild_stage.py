"""The stage of a rebuild: the log, both versions below it, the page that one of them answers, and every step."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from cqrs_lab.show.icons import icon
from cqrs_lab.show.picture import drawing, joined, key
from cqrs_lab.show.rebuild_runs import STEPS, RebuildMoment
from cqrs_lab.show.shapes import keyed, label, painted
from cqrs_lab.show.style import LOG, READ, TINTS, tint
from cqrs_lab.words import count, shortened

WIDTH, LEFT, RIGHT = 940, 180, 680
LOG_TOP, LOG_HEIGHT = 36, 36
LANES, LANE_HEIGHT = (102, 168), 44
PAGE_LEFT, PAGE_TOP, PAGE_WIDTH, PAGE_HEIGHT = 782, 10, 150, 212
BARS_TOP, BARS_FOOT = 264, 340
TILE_TOP, TILE_HEIGHT = 348, 28
HEIGHT = 404
STRIP = 110
COLUMN = (WIDTH - 8 - STRIP) / (STEPS + 1)
PAINTS = (tint(TINTS.index("honey")), tint(TINTS.index("sage")))
"""What the old version and the new one are painted with, wherever they stand."""
OF_NEW = {"swapped", "emptied", "filled"}
TURNS = {"swapped": "swap", "aborted": "abort", "emptied": "empty", "filled": "full", "stopped": "stop", "ended": "end"}
LEFT_AT = {"swapped": "replaced", "emptied": "emptied", "aborted": "given up", "stopped": "stopped", "ended": "ended"}
LETTER = 9  # the width of a letter of a small text, in a wide font


class Stretch(NamedTuple):
    """What a version has read in one step: the positions behind which it began and at which it ended."""

    step: int
    begin: int
    end: int


def drawn_rebuild(
    steps: Sequence[RebuildMoment], most: int, versions: tuple[int, int], asked: str, name: str, came: str = "box"
) -> str:
    """Return the drawing after these steps.

    Parameters
    ----------
    steps : sequence of RebuildMoment
        Up to the one that is shown.
    most : int
        Where the log ends at the run's last step, so that nothing is drawn larger or smaller while the step moves.
    versions : tuple of int
        Those of the old projection and of the new one.
    asked, name : str
        The column that the front page asks for, and what the drawing is called.
    came : str, optional
        The icon of most of what came in before the step that is shown.
    """
    return drawing(WIDTH, HEIGHT, name, _Stage(steps, most, versions, asked, came).parts())


def stretches(fronts: Sequence[int | None]) -> list[Stretch]:
    """Return what makes up a table, by where it stood after each step; None where there is no such table.

    Examples
    --------
    >>> [one[1:] for one in stretches([None, 2, 4, 3, 5])]
    [(0, 2), (2, 3), (3, 5)]
    """
    made: list[Stretch] = []
    for step, front in enumerate(fronts):
        made = [Stretch(at, begin, min(end, front or 0)) for at, begin, end in made if begin < (front or 0)]
        begin = made[-1].end if made else 0
        if front is not None and front > begin:
            made.append(Stretch(step, begin, front))
    return made


class _Stage:
    """The stage after some steps. What has a key is the same thing after the next one, and glides."""

    def __init__(
        self, steps: Sequence[RebuildMoment], most: int, versions: tuple[int, int], asked: str, came: str
    ) -> None:
        self.steps, self.most, self.versions, self.asked, self.came = steps, most, versions, asked, came
        self.now, self.step = steps[-1], len(steps) - 1
        new = [one.state in OF_NEW or one.version != steps[0].version for one in steps]
        self.serves = [int(any(new[: at + 1])) for at in range(len(steps))]
        old = [None if serves else one.serving for serves, one in zip(self.serves, steps, strict=True)]
        beside = [one.serving if serves else one.building for serves, one in zip(self.serves, steps, strict=True)]
        self.fronts: tuple[list[int | None], list[int | None]] = (old, beside)

    def parts(self) -> Iterator[str]:
        yield from self.log()
        for which in (0, 1):
            yield from self.lane(which)
        yield self.wire()
        yield self.page()
        yield from self.history()

    def x(self, position: int) -> float:
        """Return where a position of the log stands."""
        return round(LEFT + position / self.most * (RIGHT - LEFT), 1)

    def middle(self, which: int) -> int:
        return LANES[which] + LANE_HEIGHT // 2

    def log(self) -> Iterator[str]:
        """Return the log: what was there, what has come in, and the stretch that the next version has just read."""
        yield label(14, LOG_TOP + 15, f"{LOG.marker} log", "strong", "start")
        yield label(14, LOG_TOP + 33, count(self.now.head, "event"), "small", "start")
        yield _ground(LOG_TOP - 4, LOG_HEIGHT + 8)
        for one in stretches([moment.head for moment in self.steps]):
            yield self.block(("came", one.step), one, LOG_TOP, LOG_HEIGHT, "fill:var(--card);stroke:var(--log)")
        came = self.now.head - self.steps[-2].head if self.step else 0
        if came:
            words = label(-4, 0, f"+{came:,}", "strong small", "end") + painted(icon(self.came, 0, -15, 20), LOG.paint)
            yield keyed(("coming",), self.x(self.now.head), LOG_TOP - 12, words)
        last = [one for one in stretches(self.fronts[1]) if one.step == self.step]
        if last and self.step:
            begin, end = self.x(last[0].begin), self.x(last[0].end)
            yield (
                f'<rect{key("lens")} x="{begin}" y="{LOG_TOP - 7}" width="{end - begin:g}" height="{LOG_HEIGHT + 14}"'
                f' rx="5" style="fill:none;stroke:{READ.paint}" stroke-width="3"/>'
            )

    def block(self, name: tuple[object, ...], one: Stretch, top: int, height: int, paint: str, origin: str = "") -> str:
        """Return a stretch of events as a block that no other one touches."""
        begin, end = self.x(one.begin), self.x(one.end)
        return (
            f'<rect{key(*name)}{origin} x="{begin:g}" y="{top}" width="{max(1, end - begin - 2):g}" height="{height}"'
            f' rx="3" style="{paint}" stroke-width="1.5"/>'
        )

    def lane(self, which: int) -> Iterator[str]:
        """Return a version: its name, how far it has read, and in blocks what it has read in each step."""
        top, fronts = LANES[which], self.fronts[which]
        front, head = fronts[-1], self.now.head
        named = f"{READ.marker} {('old', 'new')[which]}: version {self.versions[which]}"
        yield label(14, top + 19, shortened(named, 17), "strong", "start", f"fill:{READ.paint}")
        yield _ground(top, LANE_HEIGHT)
        if front is None:
            yield from self.gone(which)
            return
        yield label(14, top + 37, f"{front:,} of {head:,}", "small", "start")
        for one in stretches(fronts):
            begun = one.step == self.step and self.step
            origin = f' data-from="{self.origin(which, one)}"' if begun else ""
            yield self.block(("read", which, one.step), one, top + 4, LANE_HEIGHT - 8, PAINTS[which], origin)
        middle, here, there = self.middle(which), self.x(front), self.x(head)
        if front < head:
            yield f'<path d="M {here:g} {middle} H {there:g}" class="way lag"/>'
            words = f"{head - front:,} to go"
            if there - here > LETTER * len(words) + 16:
                yield label((here + there) / 2 + 4, middle - 7, words, "small label")
        mark = f'<path d="M 0 -20 V 20" style="stroke:{READ.paint}" stroke-width="5" stroke-linecap="round"/>'
        yield keyed(("front", which), here, middle, mark)

    def origin(self, which: int, one: Stretch) -> str:
        """Return where what has just been read comes from: the log's newest block, or the stretch under the lens."""
        came = one.begin == self.steps[-2].head
        return joined("came", one.step) if which == 0 and came else joined("lens")

    def gone(self, which: int) -> Iterator[str]:
        """Return what is left of a version that there is no longer, or not yet: an outline."""
        fronts = self.fronts[which]
        stood = [at for at, front in enumerate(fronts) if front is not None]
        words = "not begun"
        if stood:
            end = self.x(fronts[stood[-1]] or 0)
            yield (
                f'<rect x="{LEFT}" y="{LANES[which] + 4}" width="{end - LEFT:g}" height="{LANE_HEIGHT - 8}" rx="3"'
                ' class="unread" stroke-dasharray="5 4"/>'
            )
            words = f"{LEFT_AT[self.steps[stood[-1] + 1].state]} at step {stood[-1] + 1}"
        elif self.step:
            words = f"{LEFT_AT.get(self.now.state, 'nothing')} at step {self.step}"
        yield label(LEFT + 12, self.middle(which) + 5, words, "small label", "start")

    def wire(self) -> str:
        """Return the way of an answer: from the version that serves to the page. At the swap it moves over, whole."""
        long = PAGE_LEFT - RIGHT - 10
        body = (
            f'<path d="M 0 0 H {long - 4} m -9 -7 l 9 7 l -9 7" style="fill:none;stroke:{READ.paint}"'
            ' stroke-width="3"/>'
            f'<rect x="6" y="-14" width="66" height="28" rx="14" style="{PAINTS[self.serves[-1]]}" stroke-width="2"/>'
            + label(39, 5, "serves", "strong small")
        )
        return keyed(("wire",), RIGHT + 8, self.middle(self.serves[-1]), body)

    def page(self) -> str:
        """Return the front page, with what it shows now, on the ground of the version that has said so."""
        middle, now, which = PAGE_LEFT + PAGE_WIDTH // 2, self.now, self.serves[-1]
        told = f"{now.answer:,}"
        behind = now.head - now.serving
        below = f"\N{MULTIPLICATION X} {behind:,} behind" if behind else "up to date"
        box = (
            f'<rect class="box" x="{PAGE_LEFT}" y="{PAGE_TOP}" width="{PAGE_WIDTH}" height="{PAGE_HEIGHT}" rx="20"'
            ' style="stroke:var(--ink)"/>'
            + painted(icon("home", PAGE_LEFT + 16, PAGE_TOP + 11, 24), "var(--person)")
            + label(PAGE_LEFT + 48, PAGE_TOP + 28, "front page", "strong", "start")
            + f'<path d="M {PAGE_LEFT + 12} {PAGE_TOP + 42} h {PAGE_WIDTH - 24}" style="stroke:var(--line)"/>'
        )
        card = (
            f'<rect x="-62" y="-52" width="124" height="104" rx="8" style="{PAINTS[which]}" stroke-width="2"/>'
            + label(0, -28, shortened(f"all {self.asked}", 14), "small")
            + label(0, 6, told, "large" if len(told) <= 7 else "strong")
            + label(0, 34, shortened(below, 15), "small", style="fill:var(--bad)" if behind else "")
        )
        asof = label(middle, PAGE_TOP + 196, f"as of {now.serving:,}", "small")
        return box + keyed(("answer", self.step), middle, PAGE_TOP + 112, card, origin=("front", which)) + asof

    def history(self) -> Iterator[str]:
        """Return every step so far: how far both versions had read, and what the page showed."""
        yield label(14, BARS_TOP + 36, "read after", "strong small", "start")
        yield label(14, BARS_TOP + 56, "each step", "strong small", "start")
        yield label(14, TILE_TOP + 19, "front page", "strong small", "start")
        yield label(14, TILE_TOP + 46, "step", "small", "start")
        for step in range(STEPS + 1):
            x = STRIP + step * COLUMN
            if step < len(self.steps):
                yield keyed(("step", step), x, 0, "".join(self.column(step)))
            here = "strong small" if step == self.step else "small faint"
            yield label(x + COLUMN / 2, TILE_TOP + 46, str(step), here)
        yield f'<path d="M {STRIP} {BARS_FOOT} H {WIDTH - 8}" style="stroke:var(--line)"/>'

    def column(self, step: int) -> Iterator[str]:
        """Return a step as a column of two bars, and below them the answer on the ground of the version it is from."""
        moment, wide = self.steps[step], COLUMN - 6
        high = self.high(moment.head)
        yield f'<path d="M 2 {BARS_FOOT - high:g} h {wide + 2:g}" style="stroke:{LOG.paint}" stroke-width="2.5"/>'
        for which in (0, 1):
            has = self.high(self.fronts[which][step] or 0)
            if has:
                left = 4 + which * wide / 2
                yield (
                    f'<rect x="{left:g}" y="{BARS_FOOT - has:g}" width="{wide / 2 - 2:g}" height="{has:g}"'
                    f' style="{PAINTS[which]}"/>'
                )
        before = self.steps[step - 1].state if step else moment.state
        if moment.state != before and moment.state in TURNS:
            yield label(COLUMN / 2, BARS_FOOT - high - 9, TURNS[moment.state], "strong small")
        edge = 3 if step == self.step else 1.5
        yield (
            f'<rect x="2" y="{TILE_TOP}" width="{COLUMN - 4:g}" height="{TILE_HEIGHT}" rx="4"'
            f' style="{PAINTS[self.serves[step]]}" stroke-width="{edge:g}"/>'
        )
        told = f"{moment.answer:,}"
        if len(told) <= 5:
            bold = step == self.step and len(told) < 5
            yield label(COLUMN / 2, TILE_TOP + 19, told, "strong small" if bold else "small")

    def high(self, position: int) -> float:
        return round(position / self.most * (BARS_FOOT - BARS_TOP), 1)


def _ground(top: int, height: int) -> str:
    place = f'x="{LEFT - 4}" y="{top}" width="{RIGHT - LEFT + 8}" height="{height}"'
    return f'<rect {place} rx="6" style="fill:var(--ribbon)"/>'

"""The stage of the fronts: the tape, the copies below it, a lane for each person, and what is carried between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from cqrs_lab.show.picture import drawing, key
from cqrs_lab.show.shapes import keyed, label
from cqrs_lab.show.style import LOG, READ, WRITE, tint
from cqrs_lab.words import shortened

if TYPE_CHECKING:
    from cqrs_lab.show.fronts import Fact

WIDTH, LEFT = 940, 132
TILE, GAP, MOST_TILES = 40, 4, 15
LANE, TAPE, COPY, MOST_LANES = 48, 62, 42, 6
LETTER = 9.5  # the width of a bold letter in the widest font
SIGNS = {"": "", "read your writes": "✕", "monotonic reads": "↶"}
WORDS = {"read your writes": "own order missing", "monotonic reads": "back in time"}
SHAPES = (
    '<circle r="15" class="person"/>',
    '<rect x="-14" y="-14" width="28" height="28" rx="6" class="person"/>',
    '<path d="M 0 -18 L 18 0 L 0 18 L -18 0 z" class="person"/>',
    '<path d="M -8 -15 H 8 L 16 0 L 8 15 H -8 L -16 0 z" class="person"/>',
    '<path d="M 0 -17 L 17 13 H -17 z" class="person"/>',
    '<path d="M -17 -13 H 17 L 0 17 z" class="person"/>',
)


class FrontsStage:
    """Where everything stands, and what the stage looks like after some facts."""

    def __init__(self, people: Sequence[str], copies: Sequence[str], keys: Sequence[str], tokens: bool) -> None:
        self.people, self.copies, self.keys, self.tokens = people, copies, keys, tokens
        above = (len(people) + 1) // 2
        self.tape = 20 + above * LANE
        self.first_copy = self.tape + TAPE + 34
        below = self.first_copy + len(copies) * COPY + 6
        tops = [20 + at * LANE for at in range(above)] + [below + at * LANE for at in range(len(people) - above)]
        self.lanes = {person: top + LANE // 2 for person, top in zip(people, tops, strict=True)}
        self.height = below + (len(people) - above) * LANE + 10

    def drawn(self, facts: Sequence[Fact], name: str) -> str:
        """Return the drawing after these facts."""
        return drawing(WIDTH, self.height, name, _Moment(self, facts).parts())

    def numbers(self, facts: Sequence[Fact]) -> pd.DataFrame:
        """Return how far each copy has read, and how far it is behind."""
        here = _Moment(self, facts)
        rows = {name: (has, here.head - has) for name, has in here.has.items()}
        frame = pd.DataFrame.from_dict(rows, orient="index", columns=["has read up to", "events behind"])
        return frame.rename_axis("copy")

    def copy_middle(self, name: str) -> float:
        """Return the height of a copy; the primary's is that of the tape, from which it answers."""
        if name == "primary":
            return self.tape + TAPE / 2
        return self.first_copy + self.copies.index(name) * COPY + COPY / 2


class _Moment:
    """The stage after some facts. What has a key is the same thing after the next one, and glides."""

    def __init__(self, stage: FrontsStage, facts: Sequence[Fact]) -> None:
        self.stage, self.facts = stage, facts
        self.now = facts[-1] if facts else None
        self.orders = [fact for fact in facts if fact.what == "order"]
        self.head = len(self.orders)
        self.first = max(0, self.head - MOST_TILES)
        self.has = dict.fromkeys(stage.copies, 0)
        self.has |= {fact.copy: fact.position for fact in facts if fact.what == "copy"}
        last = {fact.who: fact for fact in facts if fact.who in stage.lanes}
        self.waits = {who: (one.copy, one.token) for who, one in last.items() if one.what == "asks" and one.token}

    def parts(self) -> Iterator[str]:
        yield from self.tiles()
        for name in self.has:
            yield from self.copy(name)
        for number, person in enumerate(self.stage.people):
            yield from self.lane(number, person)

    def x(self, position: int) -> float:
        """Return where the log ends after a position: the right edge of its tile."""
        return LEFT + max(0, position - self.first) * (TILE + GAP)

    def tiles(self) -> Iterator[str]:
        top = self.stage.tape
        yield label(14, top + 36, f"{LOG.marker} log", "strong", "start")
        width = WIDTH - LEFT - 4
        yield f'<rect x="{LEFT - 4}" y="{top}" width="{width}" height="{TAPE}" rx="6" style="fill:var(--ribbon)"/>'
        for one in self.orders[self.first :]:
            mine = self.now is not None and self.now.who == one.who
            body = (
                f'<rect width="{TILE}" height="{TAPE - 12}" rx="6" style="{tint(self.stage.keys.index(one.key))}"'
                f' stroke-width="{3 if mine else 1.5}"/>'
                + label(TILE / 2, 16, f"{one.position:,}", "strong")
                + label(TILE / 2, 31, shortened(one.key, 5), "small")
                + label(TILE / 2, 45, one.who[:1], "small faint")
            )
            yield keyed(("tile", one.position), self.x(one.position - 1), top + 6, body, origin=("person", one.who))

    def copy(self, name: str) -> Iterator[str]:
        top, end, front = self.stage.copy_middle(name) - 14, self.x(self.head), self.x(self.has[name])
        behind = self.head - self.has[name]
        yield label(14, top + 20, f"{READ.marker} copy {name}", "strong", "start", f"fill:{READ.paint}")
        yield (
            f'<rect{key("copy", name)} x="{LEFT - 4}" y="{top}" width="{front - LEFT + 4:g}" height="28" rx="4"'
            f' style="fill:var(--read-tint)"/>'
        )
        if behind:
            yield f'<path d="M {front:g} {top + 14} H {end:g}" class="way lag"/>'
            yield label(end + 28, top + 19, f"{behind} behind", "small faint", "start")
        if front > LEFT + 60:
            yield label(LEFT + 6, top + 19, f"has {self.has[name]:,}", "small", "start")
        mark = f'<path d="M 0 -18 V 18" style="stroke:{READ.paint}" stroke-width="5" stroke-linecap="round"/>'
        yield keyed(("front", name), front, top + 14, mark)

    def lane(self, number: int, person: str) -> Iterator[str]:
        y, here = self.stage.lanes[person], self.now is not None and self.now.who == person
        badge = SHAPES[number % len(SHAPES)] + label(0, 5, person[:1], "strong")
        yield keyed(("person", person), 30, y, badge)
        yield label(54, y + 5, shortened(person, 9), "strong" if here else "", "start")
        yield f'<path d="M {LEFT} {y} H {WIDTH - 14}" style="stroke:var(--line)" stroke-width="{2 if here else 1}"/>'
        own = [fact for fact in self.facts if fact.who == person]
        looks = [(at, fact) for at, fact in enumerate(own) if fact.what == "look"]
        begun = max((at for at, fact in enumerate(own) if fact.what == "order"), default=0)
        if own and begun < len(own):
            yield self.written(person, own[begun], y)
        if here and self.now is not None and self.now.what == "look":
            yield from self.arrow(self.now, y)
            yield from self.goes_back(self.now, looks, y)
        visit = [(at, fact) for at, fact in looks if at > begun]
        for at, fact in visit[-2:]:
            newest = visit[-1][1]
            if fact is newest or self.x(fact.position) != self.x(newest.position):  # one place has room for one mark
                yield self.mark((person, at), fact, y, at - begun)
        if here and self.now is not None and self.now.broken:
            yield self.words(self.now, y)
        yield from self.token(person, own, y)

    def arrow(self, fact: Fact, y: float) -> Iterator[str]:
        """Return the way from a person's lane to the copy that answered, at the place up to which it showed the log."""
        x, middle = self.x(fact.position), self.stage.copy_middle(fact.copy)
        paint, step = "var(--bad)" if fact.broken else "var(--person)", 1 if middle > y else -1
        end = middle - step * 16
        yield (
            f'<path d="M {x:g} {y + step * 14:g} V {end:g} M {x - 6:g} {end - step * 8:g} L {x:g} {end:g}'
            f' l 6 {-step * 8}" style="stroke:{paint};fill:none" stroke-width="3"/>'
        )

    def goes_back(self, fact: Fact, looks: Sequence[tuple[int, Fact]], y: float) -> Iterator[str]:
        """Return the way back from what was seen or written before, if the promise was to get no less."""
        seen = [one.position for _, one in looks if one is not fact]
        own = [one.position for one in self.orders if one.who == fact.who]
        before = max(seen if "monotonic reads" in fact.broken else own, default=0)
        if fact.broken and before > fact.position:
            start, end = self.x(before), self.x(fact.position)
            yield (
                f'<path d="M {start:g} {y - 12:g} Q {(start + end) / 2:g} {y - 34:g} {end + 11:g} {y - 12:g}"'
                ' style="stroke:var(--bad);fill:none" stroke-width="2.5" stroke-dasharray="5 3"/>'
                f'<path d="M {end + 11:g} {y - 21:g} v 9 h 9" style="stroke:var(--bad);fill:none" stroke-width="2.5"/>'
            )

    def mark(self, name: tuple[str, int], fact: Fact, y: float, number: int) -> str:
        sign = SIGNS[fact.broken.split(", ")[-1]] or str(number)
        shape = (
            '<path d="M 0 -15 L 15 0 L 0 15 L -15 0 z" style="fill:var(--card);stroke:var(--bad)" stroke-width="3"/>'
            if fact.broken
            else '<circle r="11" style="fill:var(--card);stroke:var(--person)" stroke-width="2.5"/>'
        )
        style = "fill:var(--bad)" if fact.broken else ""
        body = shape + label(0, 5, sign, "strong small", style=style)
        return keyed(("look", *name), self.x(fact.position), y, body, origin=("front", fact.copy))

    def written(self, person: str, order: Fact, y: float) -> str:
        """Return the mark of a person's order, at its place in the log."""
        square = f'<rect x="-7" y="-7" width="14" height="14" style="fill:{WRITE.paint}"/>'
        return keyed(("written", person, order.position), self.x(order.position), y, square, origin=("person", person))

    def words(self, fact: Fact, y: float) -> str:
        said = " and ".join(f"{SIGNS[one]} {WORDS[one]}" for one in fact.broken.split(", "))
        newest = max(one.position for one in self.facts if one.who == fact.who)
        after, before, long = self.x(max(newest, fact.position)) + 24, self.x(fact.position) - 24, LETTER * len(said)
        places = [(after, 5, "start")] if after + long < WIDTH else [(before, 5, "end")] if before - long > LEFT else []
        x, down, anchor = (*places, (WIDTH - 16, 22, "end"))[0]
        return label(x, y + down, said, "strong label", anchor, "fill:var(--bad)")

    def token(self, person: str, own: Sequence[Fact], y: float) -> Iterator[str]:
        """Return a token that is carried: on the lane, or at the copy that it waits at."""
        told = [one.position for one in own if one.what in ("order", "receipt", "look")]
        if not self.stage.tokens or not told:
            return
        place, newest = y - 14, max(told)
        if person in self.waits:
            copy, newest = self.waits[person]
            stand = [(where, self.x(token)) for where, token in self.waits.values()]
            # At one place they stand one below the other.
            above = stand[: list(self.waits).index(person)].count((copy, self.x(newest)))
            place = self.stage.copy_middle(copy) + 21 * above
        shape = "M -20 -11 H 20 V -4 a 4 4 0 0 0 0 8 V 11 H -20 V 4 a 4 4 0 0 0 0 -8 z"
        body = f'<path d="{shape}" style="fill:var(--person-tint);stroke:var(--person)" stroke-width="2"/>'
        body += label(0, 5, f"{person[:1]} {newest:,}", "strong small")
        yield keyed(("token", person), self.x(newest), place, body, origin=("tile", newest))

"""The scene: the page, the rules, the log, the projectors and their tables, and what travels between them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from html import escape

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.read.queries import Answer
from cqrs_lab.show.doors import instance
from cqrs_lab.show.few_columns import few_columns
from cqrs_lab.show.icons import icon, icon_of, word_of
from cqrs_lab.show.page import cards, outline
from cqrs_lab.show.picture import Picture, drawing, key
from cqrs_lab.show.recorded_run import RecordedRun, RecordedStep
from cqrs_lab.show.scene_past import Past
from cqrs_lab.show.shapes import keyed, label, painted, pill
from cqrs_lab.show.step_tables import message, positions, screen
from cqrs_lab.show.style import LOG, READ, WRITE
from cqrs_lab.show.view import Control, View
from cqrs_lab.words import count, shortened

WIDTH = 960
PAGE_LEFT, PAGE_WIDTH = 14, 162
RULES_LEFT, RULES_WIDTH = 214, 140
TAPE_LEFT, TILE_WIDTH, TILE_GAP = 374, 68, 4
TABLE_LEFT, TABLE_WIDTH = 214, 316
LENS_LEFT, LENS_WIDTH = 546, 66
QUEUE_LEFT, TICKET_GAP = 628, 38
TOP, TAPE_HEIGHT, RAIL_HEIGHT, LANE_HEIGHT = 24, 92, 22, 134
MOST_ROWS, MOST_TICKETS = 3, 7


def scene(run: RecordedRun) -> View:
    """Show a recorded run as a scene with one control: the step.

    A command goes from the page through the rules into the log, and the receipt comes back. The event waits as a
    ticket before each projector until this one has read it; then it is in the table. A query meets the table as it is.

    Parameters
    ----------
    run : RecordedRun
        Steps recorded later are not shown.

    Returns
    -------
    View
        `frame()`: one row per step so far, as `RecordedRun.frame`.
    """
    instance("run", run, RecordedRun, "a recorded run; give RecordedRun(store, bus, queries, [projector])")
    if not run.steps:
        raise InvalidArgument("the run has no steps; record one: run.send(command), run.ask(query), run.catch_up(name)")
    steps, frame, person = tuple(run.steps), run.frame(), run.person
    past = Past(steps)

    def draw(step: int) -> Picture:
        says = f"Step {step} of {len(steps) - 1}. {steps[step].says}"
        moment = _Scene(steps, step, past, person)
        html = (
            f"<figure>{moment.drawn()}<figcaption>{escape(says)}</figcaption></figure>"
            f'<div class="beside"><div>{positions(steps[step])}{screen(moment.seen(), person)}</div>'
            f"<div>{message(steps[step])}</div></div>"
        )
        return Picture(html, says, frame.iloc[: step + 1])

    return View(draw, [Control("step", "Step", 0, len(steps) - 1, 0, plays=True)])


# --- the drawing ------------------------------------------------------------------------------------------


class _Scene:
    """One moment. What has a key is the same thing in the next moment, and glides; a new one comes from its origin."""

    def __init__(self, steps: Sequence[RecordedStep], number: int, past: Past, person: str) -> None:
        self.steps, self.number, self.now, self.before = steps, number, steps[number], steps[max(0, number - 1)]
        self.last_answer, self.last_receipt = past.answer[number], past.receipt[number]
        self.tints, self.person = past.tints, person
        self.names = list(self.now.positions)
        self.lanes_top = TOP + TAPE_HEIGHT + 10 + RAIL_HEIGHT * len(self.names) + 10
        self.height = max(430, self.lanes_top + LANE_HEIGHT * len(self.names))

    def seen(self) -> Answer | None:
        """Return what the page shows, which is the last answer."""
        shown = None if self.last_answer is None else self.steps[self.last_answer].shown
        return shown if isinstance(shown, Answer) else None

    def drawn(self) -> str:
        name = f"{self.person}'s page, the rules, the log, and {count(len(self.names), 'table')}. {self.now.says}"
        parts = [self.ways(), self.tape(), self.rails(), self.rules(), *map(self.lane, range(len(self.names)))]
        return drawing(WIDTH, self.height, name, [*parts, self.page(), self.travelling()])

    def ways(self) -> str:
        """Return the ways that messages take, faint, with the one taken in this step set apart."""
        middle, right = TOP + TAPE_HEIGHT // 2, PAGE_LEFT + PAGE_WIDTH
        low = self.lane_middle(self.asked())
        ways = {
            "command": (f"M {right} {middle - 14} H {RULES_LEFT - 12}", WRITE),
            "receipt": (f"M {RULES_LEFT} {middle + 18} H {right + 12}", WRITE),
            "events": (f"M {RULES_LEFT + RULES_WIDTH} {middle} H {TAPE_LEFT}", WRITE),
            "query": (f"M {right} {low - 12} H {TABLE_LEFT - 12}", READ),
            "answer": (f"M {TABLE_LEFT} {low + 16} H {right + 12}", READ),
        }
        drawn = []
        for way, (path, part) in ways.items():
            now = self.now.way == way
            dashes = f' stroke-dasharray="{part.dashes}"' if part.dashes else ""
            paint = part.paint if now else "var(--line)"
            tip = f' marker-end="url(#tip-{part.name.split()[0]})"' if now else ""
            css = "way now" if now else "way"
            drawn.append(f'<path class="{css}" d="{path}"{dashes} style="stroke:{paint}"{tip}/>')
        return "".join(drawn)

    def asked(self) -> int:
        return self.names.index(self.now.reads[0]) if self.now.way in ("query", "answer") else 0

    def lane_middle(self, number: int) -> int:
        return self.lanes_top + LANE_HEIGHT * number + (LANE_HEIGHT - 14) // 2

    # -- the write side

    def rules(self) -> str:
        refused, answered = self.now.label == "refused", self.now.way in ("events", "receipt")
        colour, mark = ("var(--bad)", "✕ refused") if refused else ("var(--good)", "✓ accepted" if answered else "")
        middle = RULES_LEFT + RULES_WIDTH // 2
        return (
            f'<g{key("rules")}><rect class="box" x="{RULES_LEFT}" y="{TOP}" width="{RULES_WIDTH}"'
            f' height="{TAPE_HEIGHT}" rx="8" style="stroke:{WRITE.paint}"/>'
            + painted(icon("rules", RULES_LEFT + 10, TOP + 7), WRITE.paint)
            + label(RULES_LEFT + 40, TOP + 24, "Rules", "strong", "start")
            + label(middle, TOP + 82, mark, "strong", style=f"fill:{colour}")
            + "</g>"
        )

    def travelling(self) -> str:
        """Return the message of this step, where it arrives."""
        at, low = ("message", self.number + 1), self.lane_middle(self.asked())
        if self.now.way == "command":
            words = shortened(self.now.label, 16)
            body = pill(20 + 8.2 * len(words), words, f"fill:var(--write-tint);stroke:{WRITE.paint}")
            return keyed(at, RULES_LEFT + RULES_WIDTH // 2, TOP + 52, body, origin=("page",))
        if self.now.way == "query":
            body = (
                f'<circle r="15" class="box" style="stroke:{READ.paint}"/>{painted(icon("ask", -11, -11), READ.paint)}'
            )
            return keyed(at, (PAGE_LEFT + PAGE_WIDTH + TABLE_LEFT) // 2, low - 12, body, origin=("page",))
        return ""

    # -- the log

    def tape(self) -> str:
        left, end = TAPE_LEFT - 10, self.tile_left(len(self.now.latest)) + 8
        notches = "".join(f"L {end + (at % 2) * 5} {TOP + at * 11.5:g} " for at in range(9))
        shape = f"M {left} {TOP} H {end} {notches} H {left} z"
        head = self.now.head
        title = f"{LOG.marker} The log, {count(head, 'event')}"
        band = f'<path d="{shape}" style="fill:var(--ribbon)"/>'
        return band + label(TAPE_LEFT, TOP - 8, title, "strong", "start") + "".join(self.tiles())

    def tile_left(self, place: int) -> int:
        return TAPE_LEFT + place * (TILE_WIDTH + TILE_GAP)

    def tiles(self) -> Iterator[str]:
        new = len(self.now.shown) if self.now.way == "events" else 0
        for at, one in enumerate(self.now.latest):
            weight = 3 if at >= len(self.now.latest) - new else 1.5
            fill, word = self.tints[one.stream], word_of(type(one.event))
            body = (
                f'<rect width="{TILE_WIDTH}" height="76" rx="7" stroke-width="{weight}" style="{fill}"/>'
                + label(7, 19, f"{one.position:,}", "strong", "start")
                + icon(icon_of(type(one.event)), TILE_WIDTH / 2 - 11, 25)
                + label(TILE_WIDTH // 2, 67, shortened(word, 10), "small")
            )
            yield keyed(("tile", one.position), self.tile_left(at), TOP + 8, body, origin=("rules",))

    def rails(self) -> str:
        """Return how far each projector has read, as a bar below the tape."""
        first = self.now.head - len(self.now.latest)
        end = self.tile_left(len(self.now.latest)) - TILE_GAP
        rails = []
        for number, (name, position) in enumerate(self.now.positions.items()):
            top = TOP + TAPE_HEIGHT + 8 + number * RAIL_HEIGHT
            here = max(TAPE_LEFT, self.tile_left(position - first) - TILE_GAP)
            gap = f'<path d="M {here} {top + 9} H {end}" class="way lag"/>'
            mark = f'<path d="M -6 7 L 0 -6 L 6 7 z" style="fill:{READ.paint}"/>'
            rails.append(
                f'<rect x="{TAPE_LEFT - 10}" y="{top}" width="{here - TAPE_LEFT + 10}" height="18" rx="4"'
                f' style="fill:var(--read-tint)"/>{gap if here < end else ""}'
                + keyed(("front", name), here, top + 9, mark)
                + label(TAPE_LEFT - 4, top + 14, name, "small label", "start")
            )
        return "".join(rails)

    # -- the read side

    def lane(self, number: int) -> str:
        name, top = self.names[number], self.lanes_top + LANE_HEIGHT * number
        middle, height = self.lane_middle(number), LANE_HEIGHT - 14
        reading = self.now.way == "follows" and name in self.now.reads
        read_up_to = self.now.positions[name]
        lens = painted(icon("lens", LENS_LEFT + LENS_WIDTH / 2 - 14, middle - 14, 28), READ.paint)
        return (
            f'<g{key("table", name)}>'
            f'<rect class="box" x="{TABLE_LEFT}" y="{top}" width="{TABLE_WIDTH}" height="{height}" rx="8"'
            f' stroke-dasharray="{READ.dashes}" style="stroke:{READ.paint}"/>'
            + label(TABLE_LEFT + 12, top + 22, f"{READ.marker} {name}", "strong", "start")
            + label(TABLE_LEFT + TABLE_WIDTH - 12, top + 22, f"as of {read_up_to:,}", "small faint", "end")
            + "</g>"
            + "".join(self.rows(name, top + 30))
            + f'<rect x="{LENS_LEFT}" y="{middle - 32}" width="{LENS_WIDTH}" height="64" rx="8"'
            f' style="fill:var(--read-tint);stroke:{READ.paint}" stroke-width="{3 if reading else 2}"/>{lens}'
            + "".join(self.queue(name, middle))
        )

    def rows(self, name: str, top: int) -> Iterator[str]:
        """Return the last rows of a table, with those that have changed in this step set apart."""
        shown = self.now.tables[name]
        if shown.empty:
            yield label(TABLE_LEFT + TABLE_WIDTH // 2, top + 42, "no rows yet", "small faint")
            return
        cells = few_columns(shown)
        places = [TABLE_LEFT + 12 + round(at * (TABLE_WIDTH - 16) / cells.shape[1]) for at in range(cells.shape[1])]
        for place, column in zip(places, cells.columns, strict=True):
            yield label(place, top + 17, column, "small faint", "start")
        before = few_columns(self.before.tables[name]).to_dict("index")
        for at, (which, row) in enumerate(cells.tail(MOST_ROWS).to_dict("index").items()):
            changed = before.get(which) != row
            back = (
                f'<rect x="-6" y="-16" width="{TABLE_WIDTH - 12}" height="22" rx="4" class="fresh"/>' if changed else ""
            )
            texts = (
                label(place - TABLE_LEFT - 12, 0, str(value), "strong" if changed else "small", "start")
                for place, value in zip(places, row.values(), strict=True)
            )
            yield keyed(("row", name, which), TABLE_LEFT + 12, top + 38 + at * 22, back + "".join(texts))

    def queue(self, name: str, middle: int) -> Iterator[str]:
        """Return the events that wait before a projector, as tickets; the oldest stands first."""
        waiting = [one for one in self.now.latest if one.position > self.now.positions[name]]
        behind = self.now.head - self.now.positions[name]
        hidden = behind - len(waiting[-MOST_TICKETS:])
        if hidden:
            yield label(QUEUE_LEFT + 8, middle + 5, f"+{hidden:,}", "strong", "middle")
        for at, one in enumerate(waiting[-MOST_TICKETS:]):
            x = QUEUE_LEFT + 16 + (at + bool(hidden)) * TICKET_GAP
            yield keyed(("ticket", name, one.position), x, middle, self.ticket(one), origin=("tile", one.position))
        says = "✓ up to date" if not behind else f"{count(behind, 'event')} behind"
        yield f'<path d="M {QUEUE_LEFT} {middle + 28} H {WIDTH - 18}" style="stroke:var(--line)" stroke-width="2"/>'
        colour = READ.paint if behind else "var(--good)"
        yield label(QUEUE_LEFT, middle + 48, says, "strong", "start", style=f"fill:{colour}")

    def ticket(self, one: RecordedEvent) -> str:
        shape = "M-15 -19H15V-4a4 4 0 0 0 0 8V19H-15V4a4 4 0 0 0 0 -8z"
        return (
            f'<path d="{shape}" style="{self.tints[one.stream]}" stroke-width="1.5"/>'
            + icon(icon_of(type(one.event)), -9, -17, 18)
            + label(0, 15, f"{one.position:,}", "strong small")
        )

    # -- the page

    def page(self) -> str:
        left, width, bottom = PAGE_LEFT, PAGE_WIDTH, self.height - 12
        middle = left + width // 2
        head = outline(left, TOP - 12, width, bottom - TOP + 12, self.person)
        return f'<g{key("page")}>{head}</g>{self.answer(middle)}{self.receipt(middle, bottom)}'

    def answer(self, middle: int) -> str:
        answer, number, top = self.seen(), self.last_answer, TOP + 60
        if answer is None or number is None:
            return label(middle, top + 60, "not asked yet", "faint")
        body = "".join(cards(answer, top))
        if answer.value is not None:
            body += label(0, self.height - 108, f"as of event {answer.position:,}", "small faint")
        return keyed(("answer", number), middle, 0, body, origin=("table", self.steps[number].reads[0]))

    def receipt(self, middle: int, bottom: int) -> str:
        if self.last_receipt is None:
            return ""
        number, step = self.last_receipt, self.steps[self.last_receipt]
        refused = step.label == "refused"
        words = "✕ refused" if refused else f"receipt: {getattr(step.shown, 'position', '')}"
        paint = "var(--bad)" if refused else WRITE.paint
        body = pill(126, words, f"fill:var(--card);stroke:{paint}")
        return keyed(("receipt", number), middle, bottom - 34, body, origin=("rules",))

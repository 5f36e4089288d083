"""Answers to the exercises of lesson 10: right ones in several styles, and wrong ones with what each is told."""

import functools
import itertools
import re
from dataclasses import asdict, replace
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pandas as pd

import cqrs_lab as lab
from cqrs_lab import EventBatch
from cqrs_lab.course.exercises.lesson_10 import (
    CENTS,
    CHANGES,
    LETTER,
    MACHINE,
    NOT_RECORDED,
    OVERDRAWN,
    OrderTaken,
)

# --- 10.1 -------------------------------------------------------------------------------------------------


def upcast(old):
    street, _, city = old.ship_to.rpartition(", ")
    return OrderTaken(
        old.order_id, old.customer, street, city, old.cups, old.total_mills // old.cups, channel=NOT_RECORDED
    )


def by_fields(old):
    kept = {name: value for name, value in vars(old).items() if name in ("order_id", "cups")}
    *street, city = old.ship_to.split(", ")
    each = int(old.total_mills / old.cups)
    return OrderTaken(
        **kept, customer_id=old.customer, street=", ".join(street), city=city, each_mills=each, channel=NOT_RECORDED
    )


def but(**changed):
    return lambda old: replace(upcast(old), **{name: work(old) for name, work in changed.items()})


def moves_the_fields(old):
    new, values = upcast(old), vars(old)
    values["customer_id"] = values.pop("customer")
    return new


def needs_a_comma(old):
    street, city = old.ship_to.rsplit(", ", 1)
    return replace(upcast(old), street=street, city=city)


def leaves_a_field_out(old):
    new = upcast(old)
    return OrderTaken(new.order_id, new.customer_id, new.street, new.city, new.cups, new.each_mills)


def cuts_at_the_first_comma(old):
    street, _, city = old.ship_to.partition(", ")
    return replace(upcast(old), street=street if city else "", city=city or street)


def leaves_the_space(old):
    street, _, city = old.ship_to.rpartition(",")
    return replace(upcast(old), street=street, city=city)


def cuts_where_no_comma_is(old):
    street, _, city = old.ship_to.partition(", ")
    return replace(upcast(old), street=street, city=city)


def refuses(old):
    if not old.ship_to.startswith("1"):
        return upcast(old)
    raise ValueError("unknown street")


# --- further right ones


def with_a_regular_expression(old):
    street, city = re.fullmatch(r"(?:(.*), )?([^,]+)", old.ship_to).groups(default="")
    return OrderTaken(
        order_id=old.order_id,
        customer_id=old.customer,
        street=street,
        city=city.strip(),
        cups=old.cups,
        each_mills=divmod(old.total_mills, old.cups)[0],
        channel="not recorded",
    )


def by_match(old):
    match old.ship_to.rsplit(",", 1):
        case [street, city]:
            pass
        case [city]:
            street = ""
    values = asdict(old)
    total, _ = values.pop("total_mills"), values.pop("ship_to")
    values |= {"customer_id": values.pop("customer"), "street": street.strip(), "city": city.strip()}
    return OrderTaken(**values, each_mills=np.int64(total) // old.cups, channel=NOT_RECORDED)


class Upcaster:
    def __call__(self, old):
        return upcast(old)


def by_rounding(old):
    """The totals are whole, so the quotient is."""
    comma = old.ship_to.rfind(",")
    each = round(Fraction(old.total_mills, old.cups))
    street, city = (old.ship_to[:comma], old.ship_to[comma + 2 :]) if comma > 0 else ("", old.ship_to)
    return OrderTaken(old.order_id, old.customer, street, city, old.cups, each, NOT_RECORDED)


# --- further wrong ones


def takes_the_city_out(old):
    city = upcast(old).city
    return replace(upcast(old), street=old.ship_to.replace(city, "").rstrip(", "))


def two_arguments(old, channel):
    return replace(upcast(old), channel=channel)


def changes_a_field(old):
    object.__setattr__(old, "total_mills", old.total_mills // old.cups)
    return replace(upcast(old), each_mills=old.total_mills)


_first = {}


def keeps_the_first(old):
    return _first.setdefault("event", upcast(old))


ALSO_WRONG_UPCASTERS = (
    (but(city=lambda old: upcast(old).city.title()), "in other letters"),
    (but(city=lambda old: old.ship_to.split()[-1]), "The city comes after the last comma"),
    (but(street=lambda old: upcast(old).street.lower()), "in other letters"),
    (keeps_the_first, "under this name or another"),
    (OrderTaken, "What has the shop agreed to say there"),
    (lambda old: old, "Write your answer there"),
    (takes_the_city_out, "The city comes after the last comma"),
    (two_arguments, "What has the shop agreed to say there"),
    (changes_a_field, "The recorded event itself has changed"),
    (but(channel=lambda old: ""), "Which word has the shop agreed on for that"),
    (but(channel=lambda old: "unknown"), "Which word has the shop agreed on for that"),
    (but(channel=lambda old: "NOT_RECORDED"), "Write it without the quotes"),
    (but(channel=lambda old: "phone"), "made of guesses"),
    (but(each_mills=lambda old: str(old.total_mills // old.cups)), "under this name or another"),
    (but(each_mills=lambda old: old.total_mills // 3), "under this name or another"),
    (but(cups=lambda old: 1), "under this name or another"),
    (but(city=lambda old: old.ship_to), "Street and city are still in one"),
    (but(city=lambda old: ""), "the new one has forgotten it"),
    (lambda old: tuple(vars(upcast(old)).values()), "return the new event"),
    (lambda old: [upcast(old)], "return the new event"),
)
WRONG_UPCASTERS = {
    "rewrites the record": (moves_the_fields, "The recorded event itself has changed"),
    "forgets a field": (but(street=lambda old: ""), "the new one has forgotten it"),
    "guesses a value": (but(channel=lambda old: "web"), "made of guesses"),
    "leaves the new field out": (leaves_a_field_out, "What has the shop agreed to say there"),
    "says None": (but(channel=lambda old: None), "Which word has the shop agreed on"),
    "raises on the old shape": (needs_a_comma, "Why does it have no comma"),
    "refuses an old order": (refuses, "can never be refused again"),
    "a dict": (lambda old: dict(vars(upcast(old))), "What do they make of a dict"),
    "the old event": (replace, "Who is going to read it"),
    "nothing": (lambda old: None, "return the new event"),
    "a street of None": (lambda old: replace(upcast(old), street=upcast(old).street or None), "What do readers make"),
    "a name that is not there": (lambda old: OrderTaken(old.id), "There is nothing of that name"),
    "the whole address": (but(street=lambda old: old.ship_to), "What comes between them"),
    "a space too many": (leaves_the_space, "What comes right after the comma"),
    "a city in the street": (cuts_where_no_comma_is, "Where does the city land"),
    "the first comma": (cuts_at_the_first_comma, "How many commas"),
    "the total": (but(each_mills=lambda old: old.total_mills), "the price of all of them"),
    "a fraction": (but(each_mills=lambda old: old.total_mills / old.cups / 1000), "Which division leaves one"),
    "another customer": (but(customer_id=lambda old: old.order_id), "under this name or another"),
    "no function": (OrderTaken("o", "a", "", "", 1, 1, ""), "What turns old into new"),
}

# --- 10.2 -------------------------------------------------------------------------------------------------


def after(store, position, limit=None):
    return EventBatch(list(store.read_all(after=position, limit=limit)))


def rebuild(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(table=table, checkpoint=batch.last_position)
        yield
    tables.swap()


def in_memory(tables, store, projection):
    table, position = projection.schema.empty(), 0
    while len(batch := after(store, position, limit=4)):
        table, position = projection.merge(table, projection.summarise(batch)), batch.last_position
        yield
    tables.beside.save(table=table, checkpoint=position)
    tables.swap()


def tidies_up(tables, store, projection):
    yield from rebuild(tables, store, projection)
    tables.beside.save(table=tables.beside.table.iloc[:0], checkpoint=0)


def empties(tables, store, projection):
    tables.serving.save(table=projection.schema.empty(), checkpoint=0)
    yield
    yield from rebuild(tables, store, projection)


# --- further right ones


def as_far_as_the_serving_table(tables, store, projection):
    """The serving table follows by itself, so it says how far the log goes."""
    while tables.beside.checkpoint < tables.serving.checkpoint:
        _one_step(tables, store, projection, 3)
        yield "a step"
    tables.swap()


def _one_step(tables, store, projection, limit):
    batch = after(store, tables.beside.checkpoint, limit)
    if len(batch):
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(checkpoint=batch.last_position, table=table)
    return len(batch)


def until_nothing_comes(tables, store, projection):
    while True:
        if not _one_step(tables, store, projection, 1):
            tables.swap()
            return
        yield
        if not _one_step(tables, store, projection, 4):
            tables.swap()
            return
        yield


def a_function_of_steps(tables, store, projection):
    """Return the steps that another function takes."""
    return rebuild(tables, store, projection)


class Rebuild:
    def __init__(self):
        self.limit = 4

    def __call__(self, tables, store, projection):
        while _one_step(tables, store, projection, self.limit):
            yield
        tables.swap()


def one_event_after_the_other(tables, store, projection):
    """Iterate the log itself, with a pause at each event."""
    for one in store.read_all(after=tables.beside.checkpoint):
        table = projection.merge(tables.beside.table, projection.summarise(EventBatch([one])))
        tables.beside.save(table=table, checkpoint=one.position)
        yield
    yield from rebuild(tables, store, projection)


def starts_from_scratch(tables, store, projection):
    """After a crash, too."""
    tables.beside.save(table=projection.schema.empty(), checkpoint=0)
    yield
    yield from rebuild(tables, store, projection)


def says_what_failed(tables, store, projection):
    try:
        yield from rebuild(tables, store, projection)
    except ValueError as error:
        raise RuntimeError("the new version fails") from error


def with_iter(tables, store, projection):
    try:
        for _ in iter(lambda: _one_step(tables, store, projection, 4), 0):
            yield
    except Exception as error:
        print(error)
        raise
    tables.swap()
    yield


def event_by_event(tables, store, projection):
    while (head := store.head()) > tables.beside.checkpoint:
        few = list(itertools.islice(store.read_all(after=tables.beside.checkpoint), 4))
        rows = (projection.summarise(EventBatch([one])) for one in few)
        table = functools.reduce(projection.merge, rows, tables.beside.table)
        tables.beside.save(table=table, checkpoint=np.int64(few[-1].position))
        yield head
    return tables.swap()


# --- further wrong ones


def all_in_one_go(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        _one_step(tables, store, projection, None)
        yield
    tables.swap()


def yields_at_the_end(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        _one_step(tables, store, projection, 2)
    tables.swap()
    yield


def lists_the_log_first(tables, store, projection):
    for one in list(store.read_all()):
        table = projection.merge(tables.beside.table, projection.summarise(EventBatch([one])))
        tables.beside.save(table=table, checkpoint=one.position)
        yield
    yield from rebuild(tables, store, projection)


def passes_over_errors(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        try:  # noqa: SIM105
            _one_step(tables, store, projection, 2)
        except Exception:  # noqa: BLE001, S110 - the planted mistake
            pass
        yield
    tables.swap()


def leaves_out_what_fails(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=1)
        try:
            table = projection.merge(tables.beside.table, projection.summarise(batch))
        except Exception:  # noqa: BLE001 - the planted mistake
            table = tables.beside.table
        tables.beside.save(table=table, checkpoint=batch.last_position)
        yield
    tables.swap()


def passes_over_its_death(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        try:  # noqa: SIM105
            _one_step(tables, store, projection, 2)
        except:  # noqa: E722, S110 - the planted mistake
            pass
        yield
    tables.swap()


_built = {"table": None, "position": 0}


def keeps_it_in_the_notebook(tables, store, projection):
    """Keep what is built in a variable, and how far it is on the disk."""
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        table = projection.schema.empty() if _built["table"] is None else _built["table"]
        _built["table"] = projection.merge(table, projection.summarise(batch))
        tables.beside.save(table=_built["table"], checkpoint=batch.last_position)
        yield
    tables.swap()


def returns_a_list(tables, store, projection):
    return list(rebuild(tables, store, projection))


def of_the_cell(tables, store, projection):
    tables.mailer.checkpoint = 0
    tables.serving.save(table=projection.schema.empty(), checkpoint=0)
    head = store.head()
    while tables.serving.checkpoint < head:
        batch = lab.EventBatch(list(store.read_all(after=tables.serving.checkpoint, limit=2)))
        table = projection.merge(tables.serving.table, projection.summarise(batch))
        tables.serving.save(table=table, checkpoint=batch.last_position)
        yield


def puts_it_over_the_serving_table(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        _one_step(tables, store, projection, 2)
        yield
    tables.serving.save(table=tables.beside.table, checkpoint=tables.beside.checkpoint)


def forgets_the_first(tables, store, projection):
    tables.beside.checkpoint = 1
    yield from rebuild(tables, store, projection)


def misses_the_meantime(tables, store, projection):
    head = store.head()
    while tables.beside.checkpoint < head:
        batch = after(store, tables.beside.checkpoint, limit=min(2, head - tables.beside.checkpoint))
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(table=table, checkpoint=batch.last_position)
        yield
    tables.swap()


def pauses_before_the_swap(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(table=table, checkpoint=batch.last_position)
        yield
    yield
    tables.swap()


def says_it_has_the_meantime(tables, store, projection):
    table, position, head = projection.schema.empty(), 0, store.head()
    while position < head:
        batch = after(store, position, limit=min(2, head - position))
        table, position = projection.merge(table, projection.summarise(batch)), batch.last_position
        yield
    tables.beside.save(table=table, checkpoint=store.head())
    tables.swap()


def repeats_side_effects(tables, store, projection):
    if tables.beside.checkpoint == 0:
        tables.mailer.checkpoint = 0
    yield from rebuild(tables, store, projection)


def swaps_early(tables, store, projection):
    for step in rebuild(tables, store, projection):
        if tables.beside.checkpoint == 2:
            tables.swap()
            return
        yield step


def never_swaps(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(table=table, checkpoint=batch.last_position)
        yield


def swaps_at_once(tables, store, projection):
    tables.swap()
    yield from never_swaps(tables, store, projection)


def swaps_before_and_after(tables, store, projection):
    tables.swap()
    yield from rebuild(tables, store, projection)


def swaps_twice(tables, store, projection):
    yield from rebuild(tables, store, projection)
    tables.swap()


def swaps_back_later(tables, store, projection):
    yield from rebuild(tables, store, projection)
    yield
    tables.swap()


def checkpoint_apart(tables, store, projection):
    while tables.beside.checkpoint < store.head():
        batch = after(store, tables.beside.checkpoint, limit=2)
        tables.beside.table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.checkpoint = batch.last_position
        yield
    tables.swap()


def raises(tables, store, projection):
    yield
    tables.beside.write(projection.schema.empty())


def does_not_pause(tables, store, projection):
    tables.swap()


WRONG_REBUILDS = {
    "empties the serving table": (empties, "What does a visitor read until it is full again"),
    "misses the meantime": (misses_the_meantime, "What came in the meantime"),
    "repeats side effects": (repeats_side_effects, "says which emails are sent"),
    "pauses before the swap": (pauses_before_the_swap, "between your last look at the log and the swap"),
    "says it has the meantime": (says_it_has_the_meantime, "Which event was the last that is in it"),
    "swaps early": (swaps_early, "How far was the old version by then"),
    "never swaps": (never_swaps, "Who lets it serve"),
    "swaps at once": (swaps_at_once, "You swapped before anything was built"),
    "swaps twice": (swaps_twice, "What does another swap bring back"),
    "checkpoint apart": (checkpoint_apart, "What belongs together"),
    "raises": (raises, "There is nothing of that name"),
    "does not pause": (does_not_pause, "Where does it pause"),
}


def in_twenty_rounds(tables, store, projection):
    for _ in range(20):
        if tables.beside.checkpoint < store.head():
            _one_step(tables, store, projection, 4)
            if tables.beside.checkpoint < store.head():
                yield
    tables.swap()


WRONG_REBUILDS |= {
    "all in one go": (all_in_one_go, "All that time nobody could order or ask"),
    "passes over errors": (passes_over_errors, "went on as if it had been. Who hears about that"),
    "passes over its death": (passes_over_its_death, "What does a bare except catch"),
}


def builds_before_it_yields(tables, store, projection):
    """A plain function: whatever it does is done when it is called."""
    while _one_step(tables, store, projection, 4):
        pass
    tables.swap()
    return iter(())


def says_the_mails_are_sent(tables, store, projection):
    tables.mailer.save(table=tables.mailer.table, checkpoint=store.head())
    yield from rebuild(tables, store, projection)


def assigns_in_place_of_the_swap(tables, store, projection):
    while _one_step(tables, store, projection, 4):
        yield
    tables.serving = tables.beside


def pauses_for_ever(tables, store, projection):
    while True:
        yield


def goes_on_with_the_serving_table(tables, store, projection):
    while tables.serving.checkpoint < store.head():
        batch = after(store, tables.serving.checkpoint, 2)
        table = projection.merge(tables.serving.table, projection.summarise(batch))
        tables.serving.save(table=table, checkpoint=batch.last_position)
        yield


def ends_the_process(tables, store, projection):
    yield
    raise SystemExit


def asks_for_the_head_last(tables, store, projection):
    """Save what an empty batch says when it is called again after everything was built: position 0."""
    while True:
        batch = after(store, tables.beside.checkpoint, 2)
        table = projection.merge(tables.beside.table, projection.summarise(batch))
        tables.beside.save(table=table, checkpoint=batch.last_position)
        if tables.beside.checkpoint == store.head():
            tables.swap()
            return
        yield


def by_the_kit(tables, store, projection):
    for _ in lab.rebuild(tables.serving, to=projection):
        yield


# The misunderstandings above in other guises: told the same.
ALSO_WRONG_REBUILDS = (
    (asks_for_the_head_last, "What did it save then"),
    (by_the_kit, "these followers are plain tables"),
    (in_twenty_rounds, "a log of 150 events"),
    (builds_before_it_yields, "All that time nobody could order or ask"),
    (says_the_mails_are_sent, "says which emails are sent"),
    (assigns_in_place_of_the_swap, "Which call swaps both tables in one write"),
    (pauses_for_ever, "Where does your function build the new table"),
    (goes_on_with_the_serving_table, "Where does your function build the new table"),
    (ends_the_process, "called ends_the_process(tables, store, projection)"),
    (yields_at_the_end, "All that time nobody could order or ask"),
    (lists_the_log_first, "All that time nobody could order or ask"),
    (leaves_out_what_fails, "Who hears about that"),
    (keeps_it_in_the_notebook, "or forgot where it was"),
    (returns_a_list, "Where does it pause"),
    (puts_it_over_the_serving_table, "You wrote into the serving table"),
    (forgets_the_first, "Which event was the last that is in it"),
    (lambda tables, store: None, "Which arguments does the task name"),
    (lambda tables, store, projection: store.heads(), "There is nothing of that name"),
    ("rebuild", "the function, or what it returned"),
    (of_the_cell, "Write your answer there"),
    (swaps_before_and_after, "You swapped before anything was built"),
    (swaps_back_later, "What does another swap bring back"),
)

# --- 10.3 -------------------------------------------------------------------------------------------------


def chosen(change, choice):
    return CHANGES | {change: choice}


WRONG_CHANGES = {
    "overdrawn, upcaster": (chosen(OVERDRAWN, "upcaster"), "Which table could answer"),
    "overdrawn, from now on": (chosen(OVERDRAWN, "from now on"), "throw years of answers away"),
    "overdrawn, nothing": (chosen(OVERDRAWN, "nothing"), "Nobody has worked it out yet"),
    "machine, rebuild": (chosen(MACHINE, "rebuild"), "From which event would you read the machine"),
    "machine, upcaster": (chosen(MACHINE, "upcaster"), "Which machine does a sum of money imply"),
    "machine, nothing": (chosen(MACHINE, "nothing"), "written down from today on"),
    "cents, rebuild": (chosen(CENTS, "rebuild"), "Who stumbles over the old name"),
    "cents, from now on": (chosen(CENTS, "from now on"), "Who could translate"),
    "cents, nothing": (chosen(CENTS, "nothing"), "meets the old name"),
    "letter, rebuild": (chosen(LETTER, "rebuild"), "Were the letters lost"),
    "letter, upcaster": (chosen(LETTER, "upcaster"), "which ones were sent"),
    "letter, from now on": (chosen(LETTER, "from now on"), "Does a rebuild move it"),
    "something else": (chosen(LETTER, "a broker"), "comes closest to what you mean"),
    "no choice": (CHANGES | {OVERDRAWN: ""}, "This one is still open"),
    "a list": (list(CHANGES), "What does each of the four changes need"),
}

ALSO_WRONG_CHANGES = (
    (dict.fromkeys(CHANGES, ""), "Write your answer there"),
    (dict.fromkeys(CHANGES, "rebuild"), "From which event would you read the machine"),
    (dict.fromkeys(CHANGES, "upcaster"), "Which table could answer"),
    (dict.fromkeys(CHANGES, "nothing"), "Nobody has worked it out yet"),
    (dict.fromkeys(CHANGES, "from now on"), "throw years of answers away"),
    ({change: right for change, right in CHANGES.items() if change != CENTS}, "This one is still open"),
    (CHANGES | {MACHINE: "never"}, "comes closest to what you mean"),
    (CHANGES | {MACHINE: ["rebuild"]}, "comes closest to what you mean"),
    ("rebuild", "What does each of the four changes need"),
    (CHANGES | {MACHINE: "rebuild", LETTER: "rebuild"}, "From which event would you read the machine"),
)

RIGHT = {
    "10.1": [
        upcast,
        by_fields,
        with_a_regular_expression,
        by_match,
        Upcaster(),
        by_rounding,
        but(each_mills=lambda old: old.total_mills / old.cups),
        but(each_mills=lambda old: Decimal(old.total_mills) / old.cups),
        but(each_mills=lambda old: Fraction(old.total_mills, old.cups)),
        but(each_mills=lambda old: np.float64(old.total_mills) / old.cups),
    ],
    "10.2": [
        rebuild,
        in_memory,
        tidies_up,
        as_far_as_the_serving_table,
        until_nothing_comes,
        a_function_of_steps,
        Rebuild(),
        one_event_after_the_other,
        starts_from_scratch,
        says_what_failed,
        functools.partial(rebuild),
        with_iter,
        event_by_event,
    ],
    "10.3": [
        dict(CHANGES),
        {change: f" {right.title()} " for change, right in CHANGES.items()},
        list(CHANGES.items()),
        pd.Series(CHANGES),
        {change.upper(): right.replace(" ", "_") for change, right in CHANGES.items()},
        pd.DataFrame({"asks for": CHANGES}),
    ],
}
WRONG = {"10.1": WRONG_UPCASTERS, "10.2": WRONG_REBUILDS, "10.3": WRONG_CHANGES}
ALSO_WRONG = {"10.1": ALSO_WRONG_UPCASTERS, "10.2": ALSO_WRONG_REBUILDS, "10.3": ALSO_WRONG_CHANGES}

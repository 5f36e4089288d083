"""Answers to the exercises of lesson 10: right ones in several styles, and wrong ones with what each is told."""

from dataclasses import replace

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


WRONG_UPCASTERS = {
    "rewrites the record": (moves_the_fields, "The recorded event itself is another one now"),
    "forgets a field": (but(street=lambda old: ""), "the new one has forgotten it"),
    "guesses a value": (but(channel=lambda old: "web"), "made of guesses"),
    "leaves the new field out": (leaves_a_field_out, "What has the shop agreed to say there"),
    "says None": (but(channel=lambda old: None), "Which word has the shop agreed on"),
    "raises on the old shape": (needs_a_comma, "What has it no comma for"),
    "refuses an old order": (refuses, "can never be refused again"),
    "a dict": (lambda old: dict(vars(upcast(old))), "What do they make of a dict"),
    "the old event": (lambda old: old, "Who is to read it"),
    "nothing": (lambda old: None, "give the new event back"),
    "the whole address": (but(street=lambda old: old.ship_to), "What stands between them"),
    "a space too many": (leaves_the_space, "What stands right behind the comma"),
    "a city in the street": (cuts_where_no_comma_is, "Where does the city land"),
    "the first comma": (cuts_at_the_first_comma, "How many commas"),
    "the total": (but(each_mills=lambda old: old.total_mills), "the price of all of them"),
    "a fraction": (but(each_mills=lambda old: old.total_mills / old.cups), "Which division leaves one"),
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
    "repeats side effects": (repeats_side_effects, "Whose checkpoint did you move"),
    "pauses before the swap": (pauses_before_the_swap, "between your last look at the log and the swap"),
    "says it has the meantime": (says_it_has_the_meantime, "Which event was the last that is in it"),
    "swaps early": (swaps_early, "How far was the old version by then"),
    "never swaps": (never_swaps, "Who lets it serve"),
    "swaps at once": (swaps_at_once, "You swapped before anything was built"),
    "swaps twice": (swaps_twice, "What does another swap bring back"),
    "checkpoint apart": (checkpoint_apart, "What belongs together"),
    "raises": (raises, "Which line raises it, and at which step"),
    "does not pause": (does_not_pause, "Where does it pause"),
}

# These swap too early, or too often, in another place; they are met as those above.
ALSO_SWAPPING = (
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
    "no choice": (dict.fromkeys(CHANGES, ""), "This one is still open"),
    "a list": (list(CHANGES), "What does each of the four changes ask for"),
}

RIGHT = {
    "10.1": [upcast, by_fields],
    "10.2": [rebuild, in_memory, tidies_up],
    "10.3": [dict(CHANGES), {change: f" {right.title()} " for change, right in CHANGES.items()}],
}
WRONG = {"10.1": WRONG_UPCASTERS, "10.2": WRONG_REBUILDS, "10.3": WRONG_CHANGES}

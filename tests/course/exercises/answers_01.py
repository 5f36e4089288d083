"""Answers to the exercises of lesson 1: right ones in several styles, and wrong ones with what each is told."""

import functools
import sqlite3
import threading
import time
from contextlib import closing, contextmanager
from types import MappingProxyType

import numpy as np
import pandas as pd

ON_HAND = "SELECT on_hand FROM stock WHERE product_id = ?"
SET = "UPDATE stock SET on_hand = ? WHERE product_id = ?"

# --- 01.1: right ------------------------------------------------------------------------------------------


def one_statement(file, product_id, quantity):
    sql = "UPDATE stock SET on_hand = on_hand - ? WHERE product_id = ? AND on_hand >= ?"
    return file.execute(sql, (quantity, product_id, quantity)).rowcount == 1


def locks_first(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    enough = row is not None and row[0] >= quantity
    if enough:
        file.execute(SET, (row[0] - quantity, product_id))
    file.execute("COMMIT")
    return enough


def by_version(file, product_id, quantity):
    while True:
        row = file.execute("SELECT on_hand, version FROM stock WHERE product_id = ?", (product_id,)).fetchone()
        if row is None or row[0] < quantity:
            return False
        sql = "UPDATE stock SET on_hand = ?, version = version + 1 WHERE product_id = ? AND version = ?"
        if file.execute(sql, (row[0] - quantity, product_id, row[1])).rowcount:
            return True


def by_the_number_itself(file, product_id, quantity):
    for (on_hand,) in iter(lambda: file.execute(ON_HAND, (product_id,)).fetchone() or (-1,), None):
        if on_hand < quantity:
            return False
        sql = f"{SET} AND on_hand = ?"
        if file.execute(sql, (on_hand - quantity, product_id, on_hand)).rowcount:
            return True


def by_returning(file, product_id, quantity):
    sql = """
        UPDATE stock SET on_hand = on_hand - :quantity
        WHERE product_id = :product_id AND on_hand >= :quantity RETURNING on_hand
    """
    return len(file.execute(sql, {"product_id": product_id, "quantity": quantity}).fetchall()) > 0


def leaves_it_to_the_check(file, product_id, quantity):
    try:
        sql = "UPDATE stock SET on_hand = on_hand - ? WHERE product_id = ?"
        return bool(file.execute(sql, (quantity, product_id)).rowcount)
    except sqlite3.IntegrityError:
        return False


def begins_again(file, product_id, quantity):
    for _ in range(20):
        file.execute("BEGIN")
        try:
            row = file.execute(ON_HAND, (product_id,)).fetchone()
            if row is None or row[0] < quantity:
                file.rollback()
                return False
            file.execute(SET, (row[0] - quantity, product_id))
            file.commit()
            return True
        except sqlite3.OperationalError:
            file.rollback()
    raise TimeoutError


def writes_to_get_the_lock(file, product_id, quantity):
    with file:
        file.execute("BEGIN")
        file.execute("UPDATE stock SET on_hand = on_hand WHERE product_id = ?", (product_id,))
        row = file.execute(ON_HAND, (product_id,)).fetchone()
        if not row or row[0] < quantity:
            return np.False_
        file.execute(SET, (row[0] - quantity, product_id))
        return np.True_


@contextmanager
def exclusive(file):
    with closing(file.cursor()) as cursor:
        cursor.execute("begin exclusive")
        try:
            yield cursor
        finally:
            cursor.execute("end" if file.in_transaction else "select 1")


class Till:
    def __call__(self, file, product_id, quantity):
        with exclusive(file) as cursor:
            stock = dict(cursor.execute("select product_id, on_hand from stock"))
            stock[product_id] = stock.get(product_id, -1) - quantity
            if stock[product_id] < 0:
                return 0
            cursor.executemany("update stock set on_hand = ? where product_id = ?", [(n, p) for p, n in stock.items()])
            return 1


def by_python_s_own_transaction(file, product_id, quantity):
    file.isolation_level = "IMMEDIATE"
    with file:
        file.execute("UPDATE stock SET version = version + 1 WHERE product_id = ?", (product_id,))
        table = pd.read_sql("SELECT * FROM stock", file, index_col="product_id")["on_hand"]
        enough = bool(table.get(product_id, 0) >= quantity)
        if enough:
            file.execute(SET, (int(table[product_id]) - quantity, product_id))
    return enough


RIGHT_SELL = [
    one_statement,
    locks_first,
    by_version,
    by_the_number_itself,
    by_returning,
    leaves_it_to_the_check,
    begins_again,
    writes_to_get_the_lock,
    Till(),
    by_python_s_own_transaction,
]

# --- 01.1: wrong ------------------------------------------------------------------------------------------


def checks_then_writes(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    file.execute(SET, (row[0] - quantity, product_id))
    return True


def sleeps(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    time.sleep(0.001)
    if row is None or row[0] < quantity:
        return False
    file.execute(SET, (row[0] - quantity, product_id))
    return True


def reads_in_a_transaction(file, product_id, quantity):
    with file:
        file.execute("BEGIN")
        return checks_then_writes(file, product_id, quantity)


def reads_before_the_lock(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    file.execute("BEGIN IMMEDIATE")
    file.execute(SET, (row[0] - quantity, product_id))
    file.execute("COMMIT")
    return True


def never_looks_at_rowcount(file, product_id, quantity):
    row = file.execute("SELECT on_hand, version FROM stock WHERE product_id = ?", (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    sql = "UPDATE stock SET on_hand = ?, version = version + 1 WHERE product_id = ? AND version = ?"
    file.execute(sql, (row[0] - quantity, product_id, row[1]))
    return True


def counts_the_version_up(file, product_id, quantity):
    row = file.execute("SELECT on_hand, version FROM stock WHERE product_id = ?", (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    sql = "UPDATE stock SET on_hand = ?, version = ? WHERE product_id = ?"
    file.execute(sql, (row[0] - quantity, row[1] + 1, product_id))
    return True


def gives_up(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    return file.execute(f"{SET} AND on_hand = ?", (row[0] - quantity, product_id, row[0])).rowcount == 1


def second_try_is_blind(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    if file.execute(f"{SET} AND on_hand = ?", (row[0] - quantity, product_id, row[0])).rowcount == 1:
        return True
    return checks_then_writes(file, product_id, quantity)


def subtracts_after_a_check(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    file.execute("UPDATE stock SET on_hand = on_hand - ? WHERE product_id = ?", (quantity, product_id))
    return True


def never_commits(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        file.execute("ROLLBACK")
        return False
    file.execute(SET, (row[0] - quantity, product_id))
    return True


def forgets_to_end_a_refusal(file, product_id, quantity):
    file.execute("BEGIN IMMEDIATE")
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    file.execute(SET, (row[0] - quantity, product_id))
    file.execute("COMMIT")
    return True


def locks_in_python(file, product_id, quantity):
    with threading.Lock():
        return checks_then_writes(file, product_id, quantity)


def raises(file, product_id, quantity):
    if not one_statement(file, product_id, quantity):
        raise ValueError("too few")
    return True


def returns_nothing(file, product_id, quantity):
    one_statement(file, product_id, quantity)


def always(file, product_id, quantity):
    file.execute("UPDATE stock SET on_hand = max(on_hand - ?, 0) WHERE product_id = ?", (quantity, product_id))
    return True


def every_product(file, product_id, quantity):
    return file.execute("UPDATE stock SET on_hand = on_hand - ?1 WHERE on_hand >= ?1", (quantity,)).rowcount > 0


def keeps_one(file, product_id, quantity):
    sql = "UPDATE stock SET on_hand = on_hand - ?1 WHERE product_id = ?2 AND on_hand > ?1"
    return file.execute(sql, (quantity, product_id)).rowcount == 1


def promises_anyway(file, product_id, quantity):
    sql = "UPDATE stock SET on_hand = on_hand - ?1 WHERE product_id = ?2 AND on_hand >= ?1"
    file.execute(sql, (quantity, product_id))
    return True


def closes(file, product_id, quantity):
    with closing(file):
        return one_statement(file, product_id, quantity)


GUARDED = "UPDATE stock SET on_hand = on_hand - ?1 WHERE product_id = ?2 AND on_hand >= ?1"


def counts_every_change(file, product_id, quantity):
    file.execute(GUARDED, (quantity, product_id))
    return file.total_changes > 0


def asks_for_changes_of_no_statement(file, product_id, quantity):
    with file:
        file.execute("BEGIN IMMEDIATE")
        if file.execute(f"{ON_HAND} AND on_hand >= ?", (product_id, quantity)).fetchone():
            file.execute(GUARDED, (quantity, product_id))
        return file.execute("SELECT changes()").fetchone()[0] == 1


def replaces_and_asks_for_the_last_row(file, product_id, quantity):
    sql = "REPLACE INTO stock SELECT product_id, on_hand - ?1, 1 FROM stock WHERE product_id = ?2 AND on_hand >= ?1"
    return file.execute(sql, (quantity, product_id)).lastrowid > 0


def keeps_a_note_in_the_connection(file, product_id, quantity):
    file.execute("CREATE TEMP TABLE IF NOT EXISTS sold (product_id)")
    if file.execute(GUARDED, (quantity, product_id)).rowcount:
        file.execute("INSERT INTO sold VALUES (?)", (product_id,))
    return file.execute("SELECT 1 FROM sold WHERE product_id = ?", (product_id,)).fetchone() is not None


def ends_the_process(file, product_id, quantity):
    raise SystemExit


def never_ends(file, product_id, quantity):
    while True:
        pass


CHECK_THEN_WRITE = "Between your SELECT and your UPDATE"
WRONG_SELL = {
    "check then write": (checks_then_writes, CHECK_THEN_WRITE),
    "sleep": (sleeps, "You sleep, and so does the other clerk"),
    "a wider transaction that still reads first": (reads_in_a_transaction, "A transaction that begins with reading"),
    "reads before it has the lock": (reads_before_the_lock, "You read before BEGIN IMMEDIATE"),
    "never looks at rowcount": (never_looks_at_rowcount, "What does rowcount say about that"),
    "counts the version up": (counts_the_version_up, "compare it with nothing"),
    "gives up": (gives_up, "yours gave up"),
    "a blind second try": (second_try_is_blind, "the second one writes whatever it finds"),
    "leaves it to the CHECK, after a check": (subtracts_after_a_check, "the customer reads IntegrityError"),
    "never commits": (never_commits, "Which line of yours commits"),
    "leaves a refusal open": (forgets_to_end_a_refusal, "You refused, and left the transaction open"),
    "a lock of Python's": (locks_in_python, "known to one process"),
    "raises": (raises, "an everyday answer"),
    "returns nothing": (returns_nothing, "return"),
    "sells what is not there": (always, "What did you promise"),
    "sells every product": (every_product, "Whose stock did you change"),
    "keeps the last one": (keeps_one, "May the last one be sold"),
    "closes the connection": (closes, "You closed the connection"),
    "counts every change there ever was": (counts_every_change, "total_changes counts every row"),
    "changes() of an earlier call": (asks_for_changes_of_no_statement, "Did this call write at all"),
    "the row of an earlier call": (replaces_and_asks_for_the_last_row, "the row that an earlier call inserted"),
    "a note of an earlier call": (keeps_a_note_in_the_connection, "What does your function still know"),
    "no function": ("UPDATE stock", "without calling it"),
    "too few arguments": (lambda file, product_id: True, "Which arguments does the task name"),
    "ends the process": (ends_the_process, "end the whole kernel"),
    "never ends": (never_ends, "Either a loop has no end"),
}


def looks_twice(file, product_id, quantity):
    return bool(file.execute(f"{ON_HAND} AND on_hand >= ?", (product_id, quantity)).fetchone()) and checks_then_writes(
        file, product_id, quantity
    )


def reads_uncommitted(file, product_id, quantity):
    file.execute("PRAGMA read_uncommitted = 1")
    return checks_then_writes(file, product_id, quantity)


def replaces(file, product_id, quantity):
    row = file.execute(ON_HAND, (product_id,)).fetchone()
    if row is None or row[0] < quantity:
        return False
    file.execute("REPLACE INTO stock VALUES (?, ?, 1)", (product_id, row[0] - quantity))
    return True


def sleeps_and_looks_again(file, product_id, quantity):
    time.sleep(0.0001)
    return looks_twice(file, product_id, quantity)


LOCK = threading.RLock()


def one_lock_for_all(file, product_id, quantity):
    with LOCK:
        return checks_then_writes(file, product_id, quantity)


def drops_the_table(file, product_id, quantity):
    file.execute("DROP TABLE stock")
    return True


ALSO_WRONG_SELL = [
    (one_lock_for_all, "known to one process"),
    (drops_the_table, "The table itself is not as it was"),
    (looks_twice, CHECK_THEN_WRITE),
    (reads_uncommitted, CHECK_THEN_WRITE),
    (replaces, CHECK_THEN_WRITE),
    (sleeps_and_looks_again, "You sleep"),
    (promises_anyway, "What does rowcount say about that"),
    (lambda file, product_id, quantity: "yes", "Return True or False"),
    (lambda file, product_id, quantity: True, "What should the row say"),
    (lambda file, product_id, quantity: False, "What should the row say"),
    (lambda file, product_id, quantity: file.nothing, "nothing of that name"),
]

# --- 01.2 -------------------------------------------------------------------------------------------------

REMEMBERED = {
    "What did Ada pay for each cup on order 7?": "rows",
    "What did the pot cost last Tuesday, when nobody bought one?": "gone",
    "Who changed the price of the cup?": "gone",
    "How many cups are on the shelf now?": "rows",
    "How many people put a pot in their cart and removed it?": "gone",
    "Which orders are cancelled?": "rows",
    "Order 7 is delivered. When was it paid?": "gone",
    "Which products have never been ordered?": "rows",
    "How often was the shelf of cups empty last month?": "gone",
}
PAID, TUESDAY, WHO, NOW, CART, CANCELLED, WHEN, NEVER, EMPTY = REMEMBERED
RIGHT_REMEMBERED = [
    REMEMBERED,
    {question: word.upper() for question, word in REMEMBERED.items()},
    MappingProxyType(dict(reversed(REMEMBERED.items()))),
    pd.Series(REMEMBERED),
    list(REMEMBERED.items()),
    {question: np.str_(f" {word}. ") for question, word in REMEMBERED.items()},
]
WRONG_REMEMBERED = {
    "order lines follow the price": (REMEMBERED | {PAID: "gone"}, "Which price does a line keep"),
    "products keep old prices": (REMEMBERED | {TUESDAY: "rows"}, "stands in one place"),
    "rows know who": (REMEMBERED | {WHO: "rows"}, "In which of them is a person"),
    "stock is not kept": (REMEMBERED | {NOW: "gone"}, "What does on_hand say"),
    "carts remember": (REMEMBERED | {CART: "rows"}, "Which row would you count"),
    "cancelling deletes": (REMEMBERED | {CANCELLED: "gone"}, "keeps its row"),
    "every status has its time": (REMEMBERED | {WHEN: "rows"}, "changed_at holds one moment"),
    "what never happened is not kept": (REMEMBERED | {NEVER: "gone"}, "Which products are in only one"),
    "stock has a past": (REMEMBERED | {EMPTY: "rows"}, "Where are the numbers of last month"),
    "one left open": (REMEMBERED | {EMPTY: None}, "Which table would you look into"),
    "another word": (REMEMBERED | {WHO: "perhaps"}, "comes closest"),
    "only a word": ("rows", "or is the fact gone"),
}
ALSO_WRONG_REMEMBERED = [
    (dict.fromkeys(REMEMBERED, "rows"), "stands in one place"),
    (dict.fromkeys(REMEMBERED, "gone"), "Which price does a line keep"),
    ({}, "Which table would you look into"),
]

# --- 01.3: right ------------------------------------------------------------------------------------------

COUNT = "SELECT count(*) FROM loans WHERE member = ?"


def lends_in_one_statement(file, copy, member):
    sql = f"INSERT OR IGNORE INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) < 3"
    return file.execute(sql, (copy, member)).rowcount == 1


def counts_under_the_lock(file, copy, member):
    file.execute("BEGIN IMMEDIATE")
    [[loans]] = file.execute(COUNT, (member,)).fetchall()
    out = file.execute("SELECT 1 FROM loans WHERE copy = ?", (copy,)).fetchone()
    if loans >= 3 or out:
        file.execute("ROLLBACK")
        return False
    file.execute("INSERT INTO loans VALUES (?, ?)", (copy, member))
    file.execute("COMMIT")
    return True


def writes_then_counts(file, copy, member):
    file.execute("BEGIN")
    try:
        file.execute("INSERT INTO loans VALUES (?, ?)", (copy, member))
        [[loans]] = file.execute(COUNT, (member,)).fetchall()
        file.execute("COMMIT" if loans <= 3 else "ROLLBACK")
        return loans <= 3
    except sqlite3.IntegrityError:
        file.execute("ROLLBACK")
        return False


def counts_again(file, copy, member):
    while True:
        try:
            with file:
                file.execute("BEGIN DEFERRED")
                loans = dict(file.execute("SELECT copy, member FROM loans"))
                if copy in loans or list(loans.values()).count(member) > 2:
                    return False
                file.execute("INSERT INTO loans VALUES (?, ?)", (copy, member))
            return True
        except sqlite3.OperationalError:
            continue


def by_returning_a_copy(file, copy, member):
    sql = """
        INSERT INTO loans SELECT :copy, :member
        WHERE NOT EXISTS (SELECT 1 FROM loans WHERE member = :member LIMIT 1 OFFSET 2)
        ON CONFLICT DO NOTHING RETURNING copy
    """
    return file.execute(sql, {"copy": copy, "member": member}).fetchall() != []


class Desk:
    def __call__(self, library, title, reader):
        with exclusive(library) as cursor:
            rows = cursor.execute("select copy, member from loans").fetchall()
            table = pd.DataFrame(rows, columns=["copy", "member"])
            lends = bool(table["member"].eq(reader).sum() < 3 and not table["copy"].eq(title).any())
            if lends:
                cursor.execute("insert into loans values (?, ?)", (title, reader))
            return lends


RIGHT_BORROW = [
    lends_in_one_statement,
    counts_under_the_lock,
    writes_then_counts,
    counts_again,
    by_returning_a_copy,
    Desk(),
]

# --- 01.3: wrong ------------------------------------------------------------------------------------------


def counts_then_inserts(file, copy, member):
    [[loans]] = file.execute(COUNT, (member,)).fetchall()
    if loans >= 3:
        return False
    return file.execute("INSERT OR IGNORE INTO loans VALUES (?, ?)", (copy, member)).rowcount == 1


def sleeps_and_lends(file, copy, member):
    time.sleep(0.0001)
    return counts_then_inserts(file, copy, member)


def counts_in_a_transaction(file, copy, member):
    with file:
        file.execute("BEGIN")
        return counts_then_inserts(file, copy, member)


def counts_before_the_lock(file, copy, member):
    [[loans]] = file.execute(COUNT, (member,)).fetchall()
    if loans >= 3:
        return False
    with file:
        file.execute("BEGIN IMMEDIATE")
        return file.execute("INSERT OR IGNORE INTO loans VALUES (?, ?)", (copy, member)).rowcount == 1


def takes_it_back(file, copy, member):
    if not file.execute("INSERT OR IGNORE INTO loans VALUES (?, ?)", (copy, member)).rowcount:
        return False
    [[loans]] = file.execute(COUNT, (member,)).fetchall()
    if loans > 3:
        file.execute("DELETE FROM loans WHERE copy = ?", (copy,))
    return loans <= 3


def counts_everybody(file, copy, member):
    sql = "INSERT OR IGNORE INTO loans SELECT ?, ? WHERE (SELECT count(*) FROM loans) < 3"
    return file.execute(sql, (copy, member)).rowcount == 1


def lends_four(file, copy, member):
    sql = f"INSERT OR IGNORE INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) <= 3"
    return file.execute(sql, (copy, member)).rowcount == 1


def lends_two(file, copy, member):
    sql = f"INSERT OR IGNORE INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) < 2"
    return file.execute(sql, (copy, member)).rowcount == 1


def lets_the_key_raise(file, copy, member):
    sql = f"INSERT INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) < 3"
    return file.execute(sql, (copy, member)).rowcount == 1


def steals(file, copy, member):
    sql = f"REPLACE INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) < 3"
    return file.execute(sql, (copy, member)).rowcount == 1


def says_yes(file, copy, member):
    lends_in_one_statement(file, copy, member)
    return True


def never_ends_it(file, copy, member):
    file.execute("BEGIN IMMEDIATE")
    return lends_in_one_statement(file, copy, member)


def only_ends_what_it_lends(file, copy, member):
    file.execute("BEGIN IMMEDIATE")
    if not lends_in_one_statement(file, copy, member):
        return False
    file.execute("COMMIT")
    return True


def gives_up_when_another_writes(file, copy, member):
    try:
        return counts_in_a_transaction(file, copy, member)
    except sqlite3.OperationalError:
        return False


LENDS = f"INSERT OR IGNORE INTO loans SELECT ?1, ?2 WHERE ({COUNT.replace('?', '?2')}) < 3"


def lends_and_counts_every_change(file, copy, member):
    file.execute(LENDS, (copy, member))
    return file.total_changes > 0


def lends_and_asks_for_the_last_row(file, copy, member):
    return bool(file.execute(LENDS, (copy, member)).lastrowid)


def lends_and_asks_sqlite_for_the_last_row(file, copy, member):
    file.execute(LENDS, (copy, member))
    return file.execute("SELECT last_insert_rowid() > 0").fetchone()[0]


def lends_and_asks_for_changes_of_no_statement(file, copy, member):
    with file:
        file.execute("BEGIN IMMEDIATE")
        if file.execute(COUNT, (member,)).fetchone()[0] < 3:
            file.execute("INSERT OR IGNORE INTO loans VALUES (?, ?)", (copy, member))
        return file.execute("SELECT changes()").fetchone()[0]


@functools.lru_cache
def lends_from_memory(file, copy, member):
    return lends_in_one_statement(file, copy, member)


def lends_and_is_silent(file, copy, member):
    lends_in_one_statement(file, copy, member)


def raises_at_three(file, copy, member):
    if not lends_in_one_statement(file, copy, member):
        raise ValueError("three are enough")
    return True


WRONG_BORROW = {
    "count, then insert": (counts_then_inserts, "Between your count and your INSERT"),
    "sleep": (sleeps_and_lends, "You sleep"),
    "a transaction that counts first": (counts_in_a_transaction, "A transaction that begins with reading"),
    "counts before it has the lock": (counts_before_the_lock, "You read before BEGIN IMMEDIATE"),
    "inserts, counts, deletes": (takes_it_back, "Who sees a row before its transaction commits"),
    "counts everybody's": (counts_everybody, "Whose loans did you count"),
    "four": (lends_four, "How many may she have"),
    "two": (lends_two, "May she have a third"),
    "lets the key raise": (lets_the_key_raise, "the member reads IntegrityError"),
    "steals": (steals, "now another member has it"),
    "says yes": (says_yes, "You said yes, and no row was written"),
    "leaves it open": (never_ends_it, "Which line of yours commits"),
    "leaves a refusal open": (only_ends_what_it_lends, "You refused, and left the transaction open"),
    "gives up": (gives_up_when_another_writes, "yours gave up"),
    "counts every change there ever was": (lends_and_counts_every_change, "total_changes counts every row"),
    "changes() of an earlier call": (lends_and_asks_for_changes_of_no_statement, "Did this call write at all"),
    "the row of an earlier call": (lends_and_asks_for_the_last_row, "the row that an earlier call inserted"),
    "from memory": (lends_from_memory, "What does your function still know"),
    "returns nothing": (lends_and_is_silent, "return"),
    "raises": (raises_at_three, "an everyday answer"),
    "no function": (3, "without calling it"),
}

RIGHT = {"01.1": RIGHT_SELL, "01.2": RIGHT_REMEMBERED, "01.3": RIGHT_BORROW}
WRONG = {"01.1": WRONG_SELL, "01.2": WRONG_REMEMBERED, "01.3": WRONG_BORROW}
ALSO_WRONG_BORROW = [(lends_and_asks_sqlite_for_the_last_row, "the row that an earlier call inserted")]
ALSO_WRONG = {"01.1": ALSO_WRONG_SELL, "01.2": ALSO_WRONG_REMEMBERED, "01.3": ALSO_WRONG_BORROW}

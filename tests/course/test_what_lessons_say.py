"""What the prose of lessons 0, 2 and 3 says about their runs is what these runs show."""

import ast
import linecache
import re
import sqlite3
from contextlib import suppress
from functools import cache

import pytest

from cqrs_lab.course import check
from cqrs_lab.course.predictions import SAID_TO
from cqrs_lab.errors import CommandRejected
from tests.lessons import cells_of, let_go

from .exercises import answers_02, answers_03

CELLS = {number: cells_of(number) for number in ("00", "02", "03")}
REVEAL = re.compile(r'reveal\("(\d\d\.\d)", (.*)\)$', re.M)


RAN = []


@pytest.fixture(autouse=True, scope="module")
def doors_closed():
    yield
    for names in RAN:
        let_go(names)


def run(number, until="## Summary"):
    """Run a lesson's code up to the cell that holds a text, and return its names."""
    names = {}
    RAN.append(names)
    for cell in CELLS[number]:
        if until in cell["source"]:
            return names
        if cell["cell_type"] == "code":
            exec(cell["source"], names)
    raise AssertionError(f"no cell of lesson {number} holds {until!r}")


@cache
def whole(number):
    return run(number)


def test_lesson_0_s_steps_are_those_of_the_recording():
    names = whole("00")
    steps = names["run"].steps
    head = next(number for number, step in enumerate(steps) if step.head > steps[0].head)
    seen = [
        number
        for number, step in enumerate(steps)
        if step.way == "answer" and step.shown.value is not None and "placed_at" in step.shown.value
    ]
    shows = next(number for number in seen if len(steps[number].shown.value))
    apart = [number for number, step in enumerate(steps) if len(set(step.positions.values())) > 1]
    assert (names["safe"], names["shown"]) == (head, shows)
    assert list(names["apart"]) == apart == list(range(apart[0], apart[-1] + 1))


def test_lesson_0_shows_what_was_asked_for_beside_the_word_fresh():
    answer = run("00", until="*Fresh* does not mean up to date")["answer"]
    assert (answer.freshness, answer.position) == ("fresh", 2)
    told = next(cell for cell in CELLS["00"] if "asked for: position 0 or later" in cell["source"])
    assert "".join(told["outputs"][0]["text"]).startswith("asked for: position 0 or later.  Answer: as of position 2")


def test_lesson_2_s_second_run_is_another_list_and_has_as_many_prices():
    names = run("02", until="Now **run that cell again**")
    first = names["answers"]
    asking = next(
        cell["source"] for cell in CELLS["02"] if "price_of(" in cell["source"] and "reveal" in cell["source"]
    )
    exec(asking, names)
    assert names["answers"] != first
    assert len(set(names["answers"])) == len(set(first)) == 2


def test_lesson_0_s_shop_takes_the_price_that_ada_names():
    names = run("00", until="Here she may.")
    rows = names["cheap_shop"].queries.ask(names["read"].OrdersOf("ada"), at_least=3).value
    assert rows["value_mills"].tolist() == [2 * names["cheap_cups"].unit_price_mills] == [20]


def test_lesson_2_s_rule_and_page_have_one_column_in_common_of_those_its_answer_counts():
    names = run("02", until="## A shape for each use")
    told = SAID_TO["02.2"]["one"]
    assert names["in_common"] == {"product.id"} and "It is the id" in told
    assert (len(names["whole"]), len(names["whole"]) - len(names["rule"])) == (10, 8) and "eight of the ten" in told
    assert len({one.partition(".")[0] for one in names["page"]}) == 3 and "from three tables" in told


def prices(names):
    return [
        names["write_door"].execute(f"SELECT price_mills FROM {table} WHERE id = 'cup'").fetchone()[0]
        for table in ("pricing", "listing")
    ]


def test_lesson_2_s_two_tables_change_together_or_not_at_all():
    names = run("02", until="That is all there is to CQRS")
    change = names["change_price"]
    assert prices(names) == [2400, 2400]
    with pytest.raises(CommandRejected, match="1.50"):
        change(names["ChangePrice"]("cup", 1499))
    names["write_door"].execute(
        "CREATE TRIGGER torn BEFORE UPDATE ON listing BEGIN SELECT RAISE(ABORT, 'the page is torn'); END"
    )
    with pytest.raises(sqlite3.IntegrityError, match="torn"):
        change(names["ChangePrice"]("cup", 2000))
    assert prices(names) == [2400, 2400]
    names["write_door"].execute("DROP TRIGGER torn")
    change(names["ChangePrice"]("cup", 1500))
    assert prices(names) == [1500, 1500]


def test_lesson_2_s_read_door_shows_the_cost_and_writes_nothing():
    names = run("02", until="That is all there is to CQRS")
    door = names["read_door"]
    assert door.execute("SELECT cost_mills FROM pricing WHERE id = 'cup'").fetchall() == [(1500,)]
    for table in ("pricing", "listing"):
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            door.execute(f"DELETE FROM {table}")


def test_lesson_2_s_message_that_both_doors_refuse_is_the_one_its_answer_names():
    names = whole("02")
    view = names["two_doors"](names["open_doors"], names["messages"])
    refused = {
        at for at in range(len(names["messages"])) if all("refuses" in view.at(message=at, door=d).says for d in (0, 1))
    }
    assert [names["messages"][at].price_mills for at in refused] == [-1]


@pytest.mark.parametrize(
    ("message", "door", "refused"),
    [
        ('write.ListProduct("pan", "Pan", 900, noon)', 0, False),
        ("read.ListProducts()", 1, False),
        ("read.ListProducts()", 0, True),
        ('write.ChangePrice("cup", -2, noon)', 0, True),
        ("write.ChangePrice", 0, True),
        ("read.PageOf", 1, True),
    ],
)
def test_lesson_2_s_own_message_is_sent_and_its_answer_seen(message, door, refused):
    names = dict(whole("02"))
    mine = eval(message, names) if "PageOf" not in message else names["PageOf"]("cup")
    picture = names["two_doors"](names["open_doors"], names["messages"], mine).at(message=4, door=door)
    assert ("✗ refused" in picture.html, "✓ accepted" in picture.html) == (refused, not refused)


def test_no_message_of_lesson_2_passes_through_both_doors():
    names = whole("02")
    view = names["two_doors"](names["open_doors"], names["messages"], names["mine"])
    accepted = ~view.frame()["refused"].to_numpy().reshape(-1, 2)
    assert not accepted.all(axis=1).any()


def test_lesson_3_s_two_screens_are_the_two_stocks_of_one_log():
    names = run("03", until="## The time machine")
    opening = CELLS["03"][0]["source"]
    assert f"screen says {names['on_the_shelf'](names['facts'])} cups" in opening
    assert f"page says {names['free_to_sell']()}." in opening


def test_lesson_3_s_days_are_those_of_its_events():
    names = run("03", until="## A mistake")
    days = {type(one.event).__name__: one for one in names["store"].read_all()}
    assert f"{days['StockReceived'].event.received_at:%A}" == "Friday"
    assert f"{days['StockAdjusted'].event.adjusted_at:%A}" == "Sunday" and "on Sunday" in SAID_TO["03.1"]["11"]
    assert f"{names['day'](5):%A} morning" in CELLS["03"][0]["source"]


def test_lesson_3_s_time_machine_shows_the_reason_and_the_day_and_nobody_s_name():
    names = run("03", until="## A mistake")
    html = names["time_machine"](names["store"], "stock-cup", names["write"].stock).at(position=3).html
    assert "broken" in html and "2026-01-04" in html and "slip 31" in html
    assert not re.search("Mona|Cleo|clerk|user|by_whom", html)


def the_duel(**given):
    names = whole("03")
    return names["duel"](names["sell"], "stock-cup", names["one_cup"], names["requests"], left=names["free"], **given)


def ended(view, order, check=0):
    view.move(order=order, check=check)
    view.move(**{one["name"]: one["most"] for one in view.controls if one["name"] == "step"})
    return view.picture


def test_in_no_order_of_lesson_3_s_duel_do_both_get_the_cup_while_the_store_checks():
    for order in range(6):
        came = ended(the_duel(), order).frame
        won = came[(came["does"] == "appends StockReserved") & ~came["refused"]]
        assert len(won) == 1 and came["does"].iloc[-1] == "appends StockReservationRefused"


def test_the_orders_that_sell_lesson_3_s_cup_twice_are_those_in_which_both_load_first():
    for order in range(6):
        picture = ended(the_duel(), order, check=1)
        both_load_first = picture.frame["does"].tolist()[:2] == ["loads", "loads"]
        assert ("✕ oversold" in picture.html) == both_load_first == (picture.frame["left"].min() < 0)


def test_lesson_3_s_rule_with_the_mistake_that_its_prose_proposes_oversells_in_every_order():
    cell = next(cell["source"] for cell in CELLS["03"] if "def sell(" in cell["source"])
    names = {**whole("03"), "task": lambda view, key: view}
    exec(cell.replace("free(facts) > 0", "free(facts) >= 0"), names)
    assert all("✕ oversold" in ended(names["race"], order).html for order in range(6))


def test_lesson_3_s_own_store_is_seen_to_be_right_and_without_its_check_to_be_wrong():
    class NoCheck(whole("03")["HalfStore"]):
        def append(self, stream, facts, expected):
            found = self.version(stream)
            self.log += [(len(self.log) + at, stream, found + at, fact) for at, fact in enumerate(facts, 1)]

    right, wrong = the_duel(store=answers_03.AllAtOnce), the_duel(store=NoCheck)
    for order in range(6):
        assert ended(right, order).html == ended(the_duel(), order).html
        both_load_first = ended(right, order).frame["does"].tolist()[:2] == ["loads", "loads"]
        assert ("✕ oversold" in ended(wrong, order).html) == both_load_first


STORES = [*answers_03.RIGHT["03.1"], *(kind for kind, _ in answers_03.WRONG_STORES.values())]


@pytest.mark.parametrize("store", [kind for kind in STORES if isinstance(kind, type)])
def test_any_answer_to_lesson_3_s_first_exercise_is_drawn(store):
    names = whole("03")
    for order in range(6):
        assert repr(ended(the_duel(store=store), order))
    mine = store()
    with suppress(Exception):  # the append's own
        for one in names["store"].read_all():
            mine.append(one.stream, [one.event], mine.version(one.stream))
    assert repr(names["time_machine"](mine, "stock-cup", names["write"].stock))


def test_who_put_lesson_3_s_mistake_right_stands_beside_the_event():
    names = run("03", until="## The last cup")
    last = names["last"]
    assert (last.caused_by, last.metadata) == ("stock-cup@2", {"who": "Mona"})
    html = names["time_machine"](names["corrected"], "stock-cup", names["write"].stock).picture.html
    assert "noted: who" in html and "Mona" in html


@pytest.mark.parametrize("number", sorted(CELLS))
def test_what_is_revealed_is_computed_and_never_a_literal(number):
    revealed = [found for cell in CELLS[number] for found in REVEAL.findall(cell["source"])]
    assert len(revealed) >= 2
    literals = [key for key, outcome in revealed if isinstance(ast.parse(outcome, mode="eval").body, ast.Constant)]
    assert literals == []


@pytest.mark.parametrize("number", sorted(CELLS))
def test_between_a_question_and_its_reveal_nothing_says_what_comes(number):
    told = re.compile(r"meant to fail|<summary>|Nobody did|no row", re.I)
    offenders, asked = [], False
    for cell in CELLS[number]:
        if cell["cell_type"] == "code":
            asked = (asked or "predict(" in cell["source"]) and "reveal(" not in cell["source"]
        elif asked and told.search(cell["source"]):
            offenders.append(cell["source"])
    assert offenders == []


def text_of(cell):
    return " ".join("".join(one.get("data", {}).get("text/plain", "")) for one in cell["outputs"])


@pytest.mark.parametrize("number", sorted(CELLS))
def test_every_outcome_has_its_reason(number):
    keys = [key for cell in CELLS[number] for key, _ in REVEAL.findall(cell["source"])]
    for key in keys:
        revealed = next(text_of(cell) for cell in CELLS[number] if f'reveal("{key}"' in cell["source"])
        reasons = [reason for choice, reason in SAID_TO[key].items() if f": {choice}. (" in revealed]
        assert len(reasons) == 1 and reasons[0] in revealed


CHECK = re.compile(r'^check\("(\d\d\.\d)", (.*)\)$', re.M)


@pytest.mark.parametrize("number", sorted(CELLS))
def test_a_cell_that_nobody_touched_is_said_to_be_as_it_was(number):
    names, learner = run(number), cells_of(number, solved=False)
    came = {}
    for cell in learner:
        source = "".join(cell["source"])
        if "exercise" in cell["metadata"].get("tags", []):
            exec(source, names)
        for key, answer in CHECK.findall(source):
            came[key] = check(key, eval(answer, names)).came
    assert came and {key: words for key, words in came.items() if not words.startswith("the cell as it was")} == {}


ERRORS = {
    "02.2 in the handler": (
        "02.2",
        "def handle(command, accounts):\n    return accounts[command.sender]",
        "(answers_02.TransferMoney, handle, answers_02.asks)",
        ("called handle(TransferMoney(source='ada'", "AttributeError", "accounts[command.sender]"),
    ),
    "02.2 in the question": (
        "02.2",
        "def balance_of(account, accounts):\n    return accounts.balance",
        "(answers_02.TransferMoney, answers_02.in_place, balance_of)",
        ("called balance_of('ada', {'ada': 700", "AttributeError", "accounts.balance"),
    ),
    "02.3": (
        "02.3",
        "def may(role, message, commands):\n    return role.is_manager",
        "may",
        ("called may('clerk', ChangePrice()", "AttributeError", "role.is_manager"),
    ),
    "03.1": (
        "03.1",
        "class Mine(answers_03.HalfStore):\n    def append(self, stream, events, expected):\n        self.logg",
        "Mine",
        ("called append('order-7', ['a', 'b'], 0)", "AttributeError", "self.logg"),
    ),
    "03.2": (
        "03.2",
        "def on_hand_at(facts, moment):\n    return facts[99].quantity",
        "on_hand_at",
        ("called on_hand_at([StockReceived(", "IndexError", "facts[99]"),
    ),
    "03.3": (
        "03.3",
        "def lowest_balance(facts):\n    return min(fact.amount for fact in facts)",
        "lowest_balance",
        ("called lowest_balance([MoneyMoved(pence=500)", "AttributeError", "fact.amount"),
    ),
    "03.5": (
        "03.5",
        "class Mine(answers_03.FromNothing):\n    def read_all(self, after=0, limit=None):\n        return self.al",
        "Mine",
        ("called read_all(0, None)", "AttributeError", "self.al"),
    ),
}


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_of_the_learner_s_comes_with_the_call_and_their_line(name):
    key, source, answer, (called, came, line) = ERRORS[name]
    names = {"answers_02": answers_02, "answers_03": answers_03}
    file = f"<ipython-input-{name}>"
    linecache.cache[file] = (len(source), None, source.splitlines(keepends=True), file)
    exec(compile(source, file, "exec"), names)
    verdict = check(key, eval(answer, names))
    assert (verdict.done[: len(called)], verdict.came[: len(came)]) == (called, came), verdict
    assert line in verdict.line, verdict

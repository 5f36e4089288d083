"""A report says true, false or unknown of each claim, and shows the smallest case of what is false."""

import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.own_report.about_never import ANY as ANY_LAW
from cqrs_lab.own_report.about_numbers import SAYS as MEANT
from cqrs_lab.own_report.claim import FALSE, TRUE, UNKNOWN
from cqrs_lab.own_report.schedules import tried
from cqrs_lab.shop import fulfilment, parties, read, visits, write
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, simulate_world
from cqrs_lab.simulation.faults import ProcessStory, Story, nothing_compared, on_disk, simulate_faults, table_first
from tests.own_report import bank

BROKEN_WORKERS = {"counts twice": on_disk(nothing_compared), "crashes between": on_disk(table_first)}
PLANTED = {
    "store": ({"store": bank.NothingChecked}, "The event store keeps the laws of the log."),
    "clock": (
        {"register": bank.with_a_clock},
        "The rules are pure: the same history and command lead to the same decision.",
    ),
    "list": (
        {"register": bank.with_a_list},
        "The rules are pure: the same history and command lead to the same decision.",
    ),
    "limit": ({"register": bank.with_no_limit, "never": bank.NEVER}, "Never: an account is below zero."),
    "sign": ({"projections": [bank.WithdrawalsAdd], "expected": bank.BY_HAND}, MEANT),
    "cut": (
        {"projections": [bank.LastOneOnly]},
        "However the log is cut, the merged summaries are the summary of the whole (law 5).",
    ),
    **{
        name: (
            {"worker": worker},
            "After every fault the table is the fold of the log, and readers see nothing that they must not.",
        )
        for name, worker in BROKEN_WORKERS.items()
    },
}


@pytest.fixture
def report(tmp_path):
    return lambda **given: lab.report(tmp_path / "report.html", **given)


def verdicts(report):
    return {(claim.part, claim.says): claim.verdict for claim in report.claims}


def false_ones(report):
    return [claim for claim in report.claims if claim.verdict == FALSE]


def pasted(claim, **names):
    """Run the code of a claim where the system is defined, and return what its last line returns."""
    names = {"lab": lab} | names
    *lines, last = claim.again.split("\n")
    exec("\n".join(lines), names)
    return eval(last, names)


@cache
def trace(policy):
    tea = Domain(write.register, visits.order_one, visits.UnitsOrdered, keys=("cup", "pot"))
    model = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
    return simulate_world(model, tea, visits=12, think=Fixed(0.5), policy=policy).trace


def test_of_the_bank_all_is_true_that_was_given(report):
    whole = report(store=lab.MemoryEventStore, never=bank.NEVER, expected=bank.BY_HAND, **bank.GIVEN)
    of_part = {part: {claim.verdict for claim in whole.claims if claim.part == part} for part, _ in verdicts(whole)}
    assert of_part == {
        **dict.fromkeys(("event store", "rules", "balances"), {TRUE}),
        **dict.fromkeys(("process", "readers", "lag"), {UNKNOWN}),
    }


@pytest.mark.parametrize("name", PLANTED)
def test_of_a_planted_fault_exactly_that_claim_is_false(report, name):
    planted, says = PLANTED[name]
    (claim,) = false_ones(found := report(**bank.GIVEN | planted))
    assert claim.says == says and claim.witness and not found.ok and (claim.again or says == MEANT)
    assert says in found.path.read_text() and "is-false" in found.path.read_text()


@pytest.mark.parametrize("name", ["limit", "sign"])
def test_what_only_the_owner_can_know_is_unknown_where_they_say_nothing(report, name):
    planted = {key: value for key, value in PLANTED[name][0].items() if key not in ("never", "expected")}
    found = report(**bank.GIVEN | planted)
    assert not false_ones(found) and UNKNOWN == verdicts(found)["rules", ANY_LAW] == verdicts(found)["balances", MEANT]


def test_what_must_never_be_has_its_fewest_commands_and_they_show_it_again(report):
    well_ordered = [bank.Deposit("ada", 500), bank.Deposit("ben", 40), bank.Withdraw("ada", 200)]
    planted = {"register": bank.with_no_limit, "commands": well_ordered, "never": bank.NEVER}
    (claim,) = false_ones(report(**bank.GIVEN | planted))
    assert "1 command." in claim.came and "Withdraw(" in claim.witness
    assert pasted(claim, **{name: planted[name] for name in ("register", "commands", "never")}) is True
    assert not false_ones(report(**bank.GIVEN | planted | {"register": bank.register}))


def test_a_table_that_was_worked_out_by_hand_may_have_any_order_and_plain_numbers(report):
    turned = {"balances": bank.BY_HAND["balances"].iloc[::-1].astype("int32")}
    assert verdicts(report(**bank.GIVEN, expected=turned))["balances", MEANT] == TRUE


@pytest.mark.parametrize("name", BROKEN_WORKERS)
def test_a_fault_has_the_smallest_case_and_a_ticket_that_replays(report, name):
    worker = BROKEN_WORKERS[name]
    (claim,) = false_ones(report(**bank.GIVEN | {"worker": worker}))
    names = {"register": bank.register, "commands": bank.commands, "Balances": bank.Balances, "worker": worker}
    run = pasted(claim, **names)
    assert not run.ok and len(run.plan) == 1 and "the first command, and" in claim.came
    assert str(run.plan) in claim.came and claim.view is not None


def test_the_code_of_a_projection_shows_its_broken_law_again(report):
    (claim,) = false_ones(report(**bank.GIVEN | {"projections": [bank.LastOneOnly]}))
    again = pasted(claim, register=bank.register, commands=bank.commands, LastOneOnly=bank.LastOneOnly)
    assert not again.ok and all(fault.law in claim.came for fault in again.faults)


def test_what_breaks_without_a_fault_leaves_open_what_faults_do(report):
    found = report(**bank.GIVEN | {"projections": [bank.LastOneOnly]})
    assert [claim.verdict for claim in found.claims if claim.part == "last_one_only"] == [FALSE, UNKNOWN, UNKNOWN]


def test_a_process_that_gives_up_on_nothing_waits_forever(report):
    patient = replace(fulfilment.process, overdue=lambda state, now: [])
    silent = replace(parties.draw_parties(seed=1), bank={})
    found = report(process=ProcessStory(write.register, patient, silent), runs=2)
    (claim,) = false_ones(found)
    assert claim.part == "process" and "nothing waits forever" in claim.came
    run = pasted(claim, process=ProcessStory(write.register, patient, silent))
    assert "nothing waits forever" in " ".join(run.broken)


def test_readers_who_miss_their_own_write_are_shown(report):
    seen = trace("eventual")
    found = report(trace=seen)
    claim = false_ones(found)[0]
    assert "read your writes" in claim.says
    assert pasted(claim, trace=seen).picture.says == claim.view.picture.says


def test_a_trace_without_reads_tells_nothing(report):
    seen = trace("eventual")
    found = report(trace=seen[seen["op"] == "w"])
    assert {claim.verdict for claim in found.claims} == {UNKNOWN}


@pytest.mark.parametrize(("promise", "verdict"), [(1.0, TRUE), (0.005, FALSE)])
def test_the_lag_is_held_to_the_promise(report, promise, verdict):
    given = {"rate": 50, "handling_ms": 8, "think_seconds": 1, "log_events": 1_000, "events": 5_000}
    system = lab.your_system(**given, objective_seconds=promise)
    found = report(system=system)
    assert found.claims[-1].verdict == verdict and f"within {promise:g} s" in found.claims[-1].says


def test_of_nothing_given_nothing_is_known(report):
    found = report()
    assert set(verdicts(found).values()) == {UNKNOWN} and found.ok
    assert all(claim.came.startswith("Give ") for claim in found.claims)
    assert "<script" not in found.path.read_text()


def test_a_projection_whose_events_never_come_is_unknown(report):
    found = report(**bank.GIVEN | {"projections": [read.Cart]})
    cart = [claim for claim in found.claims if claim.part == "cart"]
    assert {claim.verdict for claim in cart} == {UNKNOWN} and "CartLineSet" in cart[0].came


def test_the_same_seed_gives_the_same_bytes_and_another_other_schedules(tmp_path):
    given = bank.GIVEN | {"store": lab.MemoryEventStore, "worker": BROKEN_WORKERS["counts twice"]}
    files = [lab.report(tmp_path / name, **given).path.read_bytes() for name in ("one.html", "two.html")]
    assert files[0] == files[1]
    story = Story(bank.register, tuple(bank.commands), bank.Balances)
    struck = [tried(story, simulate_faults, seed, 8, lambda: None).struck for seed in (1, 1, 2)]
    assert struck[0] == struck[1] != struck[2]


def test_a_half_file_never_stands_there(tmp_path, monkeypatch):
    path = tmp_path / "report.html"
    path.write_text("the old one")

    class Interrupts(bank.Balances):
        def merge(self, table, rows):
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        lab.report(path, **bank.GIVEN | {"projections": [Interrupts]})
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        lab.report(path)
    assert path.read_text() == "the old one" and list(tmp_path.iterdir()) == [path]


def test_it_prints_as_its_verdicts_and_says_where_the_file_is(report):
    found = report(**bank.GIVEN)
    lines = repr(found).splitlines()
    assert lines[0] == "9 claims: 3 true, 0 false, 6 unknown." and lines[-1] == f"The report is in {found.path}."
    assert lines[2] == "✓ true     rules: the rules are pure: the same history and command lead to the same decision"
    assert list(found.frame().columns) == ["part", "claim", "verdict", "tried", "came"]
    assert "<caption>9 claims" in found._repr_html_()


def test_headings_and_links_are_in_order(report):
    page = report(**bank.GIVEN | {"worker": BROKEN_WORKERS["counts twice"]}).path.read_text()
    levels = [int(level) for level in re.findall(r"<h(\d)", page)]
    assert levels[0] == 1 and all(after - before <= 1 for before, after in zip(levels, levels[1:], strict=False))
    assert set(re.findall(r'href="#([^"]+)"', page)) == set(re.findall(r'id="(claim-\d+)"', page))
    assert not re.findall(r'(?:src|href)="(?!#|data:)', page)


def test_what_a_system_says_of_itself_is_text_and_no_markup(report):
    class Odd(bank.LastOneOnly):
        name = "<b>odd</b>"

    text = report(name="<i>Us</i>", **bank.GIVEN | {"projections": [Odd]}).path.read_text()
    assert "<b>odd" not in text and "<i>Us" not in text and "&lt;i&gt;Us" in text


WRONG = [
    ({"to": 7}, "to=7 is not a file to write"),
    ({"to": "no/such/folder/report.html"}, "a folder that is there"),
    ({"to": "report.pdf"}, "ends in .html"),
    ({"name": ""}, "is not a name"),
    ({"seed": -1}, "is not a seed"),
    ({"runs": 0}, "is not a number of runs"),
    ({"runs": 5_000}, "from 1 to 1,000"),
    ({"store": lab.MemoryEventStore()}, "a function that makes a new, empty store"),
    ({"commands": bank.commands}, "give register="),
    ({"register": bank.register}, "give commands="),
    ({"register": 3, "commands": bank.commands}, "registers your deciders"),
    ({"commands": "x"}, "is not a list of commands"),
    ({"projections": bank.Balances}, "is not a list of projections"),
    ({"projections": [bank.Balances]}, "give commands="),
    (bank.GIVEN | {"projections": [bank.Balances()]}, "a projection's class"),
    (bank.GIVEN | {"projections": [int]}, "a projection's class"),
    (bank.GIVEN | {"commands": bank.commands * 30}, "150 commands are too many"),
    (bank.GIVEN | {"never": ["no debts"]}, "a function for each sentence"),
    (bank.GIVEN | {"never": {"debts": 3}}, "never, 'debts'=3"),
    ({"never": bank.NEVER}, "there is nothing to try it on"),
    (bank.GIVEN | {"expected": 3}, "a table for each name"),
    (bank.GIVEN | {"expected": {"balances": 301}}, "expected, 'balances'=301"),
    (
        bank.GIVEN | {"expected": {"Balances": bank.BY_HAND["balances"]}},
        "no projection has that name; there is balances",
    ),
    (bank.GIVEN | {"worker": 3}, "what applies the batches"),
    ({"worker": on_disk(table_first)}, "has no projection to apply"),
    ({"process": fulfilment.process}, "ProcessStory"),
    ({"trace": [1]}, "give a DataFrame"),
    ({"trace": pd.DataFrame({"op": []})}, "trace"),
    ({"system": {"rate": 5}}, "lab.your_system"),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=lambda one: one if isinstance(one, str) else "")
def test_nonsense_is_refused_before_anything_is_tried(given, said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(lab.InvalidArgument, match=re.escape(said)):
        lab.report(**given)
    assert list(tmp_path.iterdir()) == []

"""Faults strike process managers: goods and money add up, whatever dies and whoever answers late."""

import subprocess
import sys
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import pytest

import cqrs_lab as lab
from cqrs_lab.shop import events, fulfilment, parties, write
from cqrs_lab.simulation.faults import (
    Crash,
    Delay,
    Duplicate,
    FaultPlan,
    LostReceipt,
    ProcessStory,
    draw_plan,
    every_crash,
    find_failure,
    replay,
    simulate_process,
)

RUNS, PARTS = 10_000, 20
ACTS = (Crash, Delay, LostReceipt)


def day(seed, process=fulfilment.process):
    return ProcessStory(write.register, process, parties.draw_parties(seed))


def kinds(run):
    return [type(one.event).__name__ for one in run.events]


# --- whatever strikes, the books balance -------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(PARTS))
def test_money_and_stock_balance_in_every_one_of_ten_thousand_random_runs(part):
    """Every other run with faults: crashes at any site, hours of sleep, answers said twice."""
    ended, size = set(), RUNS // PARTS
    for seed in range(part * size, (part + 1) * size):
        story = day(seed)
        sizes = {"events": 30, "commands": len(story.parties.commands) + 3, "seconds": 3 * 3600}
        sites = {"before send": 15, "after send": 15, "before save": 12, "after save": 12}
        plan = draw_plan(seed, sites, kinds=ACTS, **sizes) if seed % 2 else FaultPlan()
        run = simulate_process(story, plan)
        assert run.ok, f"seed {seed}: {run}"
        ended.update(kinds(run))
    every_end = {"OrderShipped", "OrderCancelled", "PaymentRefunded", "PaymentWithdrawn", "ParcelCancelled"}
    assert every_end | {"StockReleased", "StockReservationRefused"} <= ended


@pytest.mark.parametrize("seed", [0, 3, 11])
def test_a_crash_at_any_site_leaves_the_log_of_an_uninterrupted_run(seed):
    story = day(seed)
    undisturbed, plans = simulate_process(story), list(every_crash(story, simulate=simulate_process))
    assert undisturbed.ok and len(plans) > 20
    for plan in plans:
        assert simulate_process(story, plan).events == undisturbed.events, plan


def says_yes_in_time(answers, minutes):
    """Tell whether yes is the first word, and in time; None if between the deadline and the next look at deadlines."""
    if "no" in answers:
        return False  # a yes after it comes too late
    first = min(answers.get("yes", (9999,)))
    return None if minutes - 1 < first < minutes + 15 else first < minutes


def test_without_faults_an_order_ends_as_its_parties_behave():
    """An oracle that knows nothing of the process: who said what, and when, decides how an order ends."""
    ends = []
    for seed in range(200):
        story = day(seed)
        run = simulate_process(story)
        refused = {one.event.order_id for one in run.events if isinstance(one.event, events.StockReservationRefused)}
        called_off = {command.order_id for command in story.parties.commands if isinstance(command, write.CancelOrder)}
        shipped = {one.event.order_id for one in run.events if isinstance(one.event, events.OrderShipped)}
        for command in story.parties.commands:
            if isinstance(command, write.PlaceOrder) and command.order_id not in called_off | refused:
                free = not command.charges and all(line.unit_price_mills == 0 for line in command.lines)
                bank = free or says_yes_in_time(story.parties.bank[command.order_id], 30)
                carrier = says_yes_in_time(story.parties.carrier[command.order_id], 240)
                if bank is not None and carrier is not None:
                    assert (command.order_id in shipped) == (bank and carrier), (seed, command.order_id)
                    ends.append(bank and carrier)
    assert ends.count(True) > 50 < ends.count(False)


def test_who_slept_looks_at_the_log_before_the_clock_and_ships_what_was_answered_meanwhile():
    shipped = 0
    for seed in range(60):
        story = ProcessStory(write.register, fulfilment.process, parties.draw_parties(seed, orders=1))
        if any(isinstance(command, write.CancelOrder) for command in story.parties.commands):
            continue
        slept = simulate_process(story, [Delay(position, 3 * 3600) for position in range(1, 12)])
        assert slept.ok, slept
        if "OrderShipped" in kinds(simulate_process(story)):
            assert "OrderShipped" in kinds(slept), seed
            shipped += 1
    assert shipped > 10


# --- a mistake is found, and its plan is small -------------------------------------------------------------------


def undo_without(*forgotten):
    def react(event, state):
        return [one for one in fulfilment.react(event, state) if not isinstance(one, forgotten)]

    return replace(fulfilment.process, react=react)


def first_product_only(event, state):
    commands = fulfilment.react(event, state)
    releases = [one for one in commands if isinstance(one, write.ReleaseStock)]
    return [one for one in commands if one not in releases[1:]]


def deaf_to_late_money(event, state):
    return [] if state.stage == "cancelled" and state.reserved else fulfilment.react(event, state)


FAULTY_PROCESSES = {
    "forgets the goods": undo_without(write.ReleaseStock),
    "forgets the money": undo_without(write.WithdrawPayment),
    "forgets the carrier": undo_without(write.CancelParcel),
    "frees the first product only": replace(fulfilment.process, react=first_product_only),
    "undoes nothing once goods are set aside": replace(fulfilment.process, react=deaf_to_late_money),
    "waits for ever": replace(fulfilment.process, deadline=lambda state: None),
    "does not listen to refusals": replace(
        fulfilment.process,
        instance=lambda event: None if "Refused" in type(event).__name__ else fulfilment.instance(event),
        deadline=lambda state: None,
    ),
}


@pytest.mark.parametrize("name", FAULTY_PROCESSES)
def test_a_process_that_forgets_something_is_found_out_without_any_fault(name):
    runs = (simulate_process(day(seed, FAULTY_PROCESSES[name])) for seed in range(40))
    assert any("the books balance" in law for run in runs for law in run.broken)


class FindsNothing(dict):
    def get(self, key, default=None):
        return default


class LooksNothingUp(lab.MemoryEventStore):
    """Writes command ids down, and compares them with none; the log shows them, a stream does not."""

    def __init__(self, clock):
        super().__init__(clock)
        self._receipts = FindsNothing()

    def read_stream(self, stream, *, after=0, limit=None):
        return iter([replace(one, command_id=None) for one in super().read_stream(stream, after=after, limit=limit)])


def test_each_law_is_broken_by_a_fault_of_its_own():
    deaf = replace(fulfilment.process, overdue=lambda state, now: [])
    runs = [simulate_process(day(seed, deaf)) for seed in range(20)]
    assert any("nothing waits forever" in law for run in runs for law in run.broken)
    unknowing = [simulate_process(day(seed), [Crash("after save", 3)], KnowsNothingAnew) for seed in range(20)]
    assert any("what it knows is the fold of the log" in law for run in unknowing for law in run.broken)
    forgetful = simulate_process(LETTERS, [Crash("after send")], store=LooksNothingUp)
    assert any("law 3" in law and "mail-1-1; expected one commit; got 2" in law for law in forgetful.broken)


PLACED = events.OrderPlaced("1", "ada", "Ireland", (events.OrderLine(1, "cup", "Tea cup", 2, 2550),), (), parties.OPENS)
CAME = events.StockReceived("cup", 2, parties.OPENS)
ASIDE = events.StockReserved("cup", "1", 2, parties.OPENS)
TAKEN, SHIPPED = events.PaymentTaken("1", 5100, parties.OPENS), events.OrderShipped("1", parties.OPENS)
CANCELLED = events.OrderCancelled("1", "ada", PLACED.lines, (), parties.OPENS)
BOOKED, ACCEPTED = events.ParcelBooked("1", parties.OPENS), events.ParcelAccepted("1", parties.OPENS)
WHOLE = [CAME, PLACED, ASIDE, TAKEN, BOOKED, ACCEPTED, SHIPPED]


@pytest.mark.parametrize(
    ("log", "wrong"),
    [
        ([*WHOLE, CANCELLED], "both shipped and cancelled"),
        ([CAME, PLACED], "neither shipped nor cancelled"),
        ([one for one in WHOLE if one != TAKEN], "5100 mills should have been kept, and 0 were"),
        ([CAME, PLACED, TAKEN, CANCELLED], "0 mills should have been kept, and 5100 were"),
        ([one for one in WHOLE if one != CAME], "more cup is set aside than ever came in"),
        ([CAME, PLACED, ASIDE, CANCELLED], "0 cup should be set aside, 2 are"),
        ([*WHOLE, events.StockReserved("mug", "1", 1, parties.OPENS)], "0 mug should be set aside, 1 are"),
        ([one for one in WHOLE if one != ACCEPTED], "the last event of its parcel is ParcelBooked"),
        ([*WHOLE, events.ParcelCancelled("1", parties.OPENS)], "the last event of its parcel is ParcelCancelled"),
        ([CAME, PLACED, BOOKED, CANCELLED], "the last event of its parcel is ParcelBooked"),
        ([CAME, PLACED, events.PaymentRequested("1", 5100, parties.OPENS), CANCELLED], "still asked for money"),
    ],
)
def test_the_audit_sees_each_thing_that_does_not_add_up(log, wrong):
    assert day(0).parties.audit(WHOLE) == []
    assert any(wrong in one for one in day(0).parties.audit(log))


def test_a_process_that_answers_itself_for_ever_is_told_so():
    echo = replace(MAIL, instance=lambda event: event.to, react=lambda event, nothing: [SendLetter(event.to)])
    with pytest.raises(lab.InvalidArgument, match="beyond 1,300 events. If the process answers its own events"):
        simulate_process(ProcessStory(register_letters, echo, Readers()))


class SavesFirst(lab.ProcessManager):
    """Says that an event is handled before its commands are sent."""

    def _handle(self, recorded):
        self._save(recorded.position)
        super()._handle(recorded)


class KnowsNothingAnew(lab.ProcessManager):
    """Begins a new life at the saved position without looking at what was before."""

    def __init__(self, store, bus, process, position=0, save=lambda position: None):
        super().__init__(store, bus, process, 0, save)
        self.position = position


class EndsAtARejection(lab.ProcessManager):
    """Takes a rejected command for the end of all."""

    def _send(self, commands, cause, **why):
        before = len(self.rejected)
        super()._send(commands, cause, **why)
        if len(self.rejected) > before:
            self.waiting.clear()
            self._process = replace(self._process, react=lambda event, state: [])


@pytest.mark.parametrize("manager", [SavesFirst, KnowsNothingAnew, EndsAtARejection])
def test_a_faulty_manager_is_caught_and_shrunk_to_at_most_three_faults(manager):
    for seed in range(30):
        run = find_failure(day(seed), manager, simulate=simulate_process, seeds=range(20))
        if run is not None:
            break
    assert not run.ok and len(run.plan) <= 3, run
    for number in range(len(run.plan)):
        assert simulate_process(day(seed), run.plan.without(number), manager).ok, "a fault could be left out"


# --- ids ---------------------------------------------------------------------------------------------------------

NINE = datetime(2026, 1, 5, 9)


@dataclass(frozen=True)
class WriteLetter:
    to: str
    at: datetime


@dataclass(frozen=True)
class LetterWritten:
    to: str


@dataclass(frozen=True)
class LetterSent:
    to: str


@dataclass(frozen=True)
class SendLetter:
    to: str


class Readers:
    """Three readers of a library, each of whom is to get one letter."""

    start, end = NINE, NINE + timedelta(hours=1)
    commands = tuple(WriteLetter(name, NINE + timedelta(minutes=at)) for at, name in enumerate(("ada", "ben", "cleo")))

    def answers(self, event, now):
        return []

    def audit(self, log):
        sent = [event.to for event in log if isinstance(event, LetterSent)]
        return [f"{name} got {sent.count(name)} letters" for name in ("ada", "ben", "cleo") if sent.count(name) != 1]


def register_letters(bus):
    def decide(command, nothing):
        return [LetterWritten(command.to) if isinstance(command, WriteLetter) else LetterSent(command.to)]

    post = lab.Decider(None, decide, lambda nothing, event: None)
    bus.register(WriteLetter, post, stream=lambda command: "desk")
    bus.register(SendLetter, post, stream=lambda command: "post")


MAIL = lab.Process(
    "mail",
    None,
    instance=lambda event: event.to if isinstance(event, LetterWritten) else None,
    evolve=lambda nothing, event: None,
    react=lambda event, nothing: [SendLetter(event.to)],
)
LETTERS = ProcessStory(register_letters, MAIL, Readers())


class NewIds(lab.ProcessManager):
    """Gives each command an id that was never given before."""

    def _send(self, commands, cause, **why):
        for command in commands:
            self.store.given = getattr(self.store, "given", 0) + 1
            self._bus.send(command, command_id=f"new-{self.store.given}")


def test_a_letter_is_sent_once_wherever_the_manager_dies():
    for plan in every_crash(LETTERS, simulate=simulate_process):
        assert simulate_process(LETTERS, plan).ok


def test_a_manager_that_makes_new_ids_sends_a_letter_twice_after_one_crash():
    run = find_failure(LETTERS, NewIds, simulate=simulate_process)
    assert str(run.plan) in ("a crash after send (visit 1)", "a crash before save (visit 1)")
    assert "ada got 2 letters" in run.broken[0]


# --- patrols that are left out -----------------------------------------------------------------------------------


class Waits(dict):
    """The instances that wait; not empty, even where there is none."""

    def __bool__(self):
        return True


class GoesOnEveryPatrol(lab.ProcessManager):
    """Seems to wait for something all the time, so that none of its patrols is left out."""

    @property
    def waiting(self):
        return Waits(super().waiting)


def test_a_patrol_that_is_left_out_changes_nothing_not_even_a_time():
    seconds = (0, 599.5, 600, 600.5, 1_800.9, 1_801, 1_801.5)  # around patrols, each of which takes a second
    parties_of = Readers()
    parties_of.commands = tuple(WriteLetter(f"{at}", NINE + timedelta(seconds=at)) for at in seconds)
    stories = [(replace(LETTERS, parties=parties_of), ()), *((day(seed), [Delay(5, 900)]) for seed in range(20))]
    for story, plan in stories:
        left_out, all_of_them = (simulate_process(story, plan, *one) for one in ((), (GoesOnEveryPatrol,)))
        assert left_out.events == all_of_them.events and left_out.visits == all_of_them.visits


# --- plan and ticket ---------------------------------------------------------------------------------------------


def test_a_ticket_makes_the_same_run_in_a_fresh_process():
    run = find_failure(LETTERS, NewIds, simulate=simulate_process)
    code = (
        "import sys; from tests.simulation.test_process_faults import *;"
        "print(repr(replay(sys.argv[1], LETTERS, NewIds, simulate_process)))"
    )
    fresh = subprocess.run([sys.executable, "-c", code, run.ticket], capture_output=True, text=True, check=True)
    assert fresh.stdout == f"{run!r}\n"
    with pytest.raises(lab.InvalidArgument, match="give the same story"):
        replay(run.ticket, LETTERS, simulate=simulate_process)


def test_a_fault_that_cannot_strike_is_refused():
    with pytest.raises(lab.InvalidArgument, match="cannot strike a process manager; give one of Crash, Delay"):
        simulate_process(LETTERS, [Duplicate(1)])


def test_the_log_is_told_as_a_table():
    log = simulate_process(LETTERS).log
    assert list(log["event"]) == ["LetterWritten", "LetterSent"] * 3
    assert log.at[2, "at"] == NINE + timedelta(seconds=1) and log.at[2, "command_id"] == "mail-1-1"

"""The replay into a log of its own file: killed half-way and started again, it ends as one that was never killed."""

from __future__ import annotations

import signal
import subprocess
import sys
import time

import pytest

import cqrs_lab as lab
from cqrs_lab import cli
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.shop.online_retail import replay

from .test_online_retail import lines, row

INVOICES = 400
PLACES = (1, 120, 300)
LONG_SECONDS = 120


@pytest.fixture(scope="module")
def trade(tmp_path_factory):
    """A file of some hundred invoices, credit notes and adjustments."""
    rows = []
    for n in range(INVOICES):
        at = f"2011-01-{1 + n // 60:02d} {8 + n % 60 // 10:02d}:{n % 10:02d}:00"
        rows += [row(str(1000 + n), f"{100 + n % 7}", f"CUP {n % 7}", 1 + n % 5, at, "2.55", str(n % 30), "France")]
        rows += [row(str(1000 + n), "POST", "POSTAGE", 1, at, "18.0", str(n % 30), "France")] * (n % 3 == 0)
    rows += [row(f"C{1000 + n}", "101", "CUP 1", -1, "2011-01-29 10:00:00", "2.55", str(n % 30)) for n in range(9)]
    path = tmp_path_factory.mktemp("trade") / "trade.csv"
    path.write_bytes(lines(*rows))
    return path


def recorded(store):
    return [(one.stream, one.version, one.event, one.command_id) for one in store.read_all()]


@pytest.fixture(scope="module")
def never_killed(trade):
    store = lab.MemoryEventStore()
    replay(trade, store)
    assert store.head() > max(PLACES) + 50
    return recorded(store)


def kill_once_it_holds(events, path, command):
    """Start the command, and kill it as soon as the log in the file holds so many events."""
    running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    give_up_at = time.monotonic() + LONG_SECONDS
    with lab.open_event_store(f"sqlite:///{path}", events=EVENTS) as store:
        while store.head() < events and running.poll() is None and time.monotonic() < give_up_at:
            time.sleep(0.001)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL, "it had ended before"
        return store.head()


def test_killed_at_three_places_and_started_again_it_ends_the_same(trade, never_killed, tmp_path, capsys):
    path = tmp_path / "shop.db"
    # Fewer at a time than there are between two of the places.
    code = "import sys; from cqrs_lab import cli; from cqrs_lab.shop.online_retail import sending"
    replay_it = ["replay", str(trade), "--store", f"sqlite:///{path}"]
    command = [sys.executable, "-c", f"{code}; sending.TOGETHER = 40; sys.exit(cli.main())", *replay_it]
    reached = [kill_once_it_holds(events, path, command) for events in PLACES]
    assert reached == sorted(reached) and reached[-1] < len(never_killed)
    assert cli.main(replay_it) == cli.DONE
    assert "Everything reconciles." in capsys.readouterr().out
    with lab.open_event_store(f"sqlite:///{path}", events=EVENTS) as store:
        assert recorded(store) == never_killed


def test_what_a_file_holds_already_is_not_sent_again(trade, tmp_path):
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=EVENTS) as store:
        first = replay(trade, store)
        again = replay(trade, store)
    assert first.recorded > 0 and again.recorded == 0
    for name, projector in first.projectors.items():
        assert lab.compare_tables(projector.table, again.projectors[name].table).empty


NO_STORES = [("shop.db", "give memory://"), ("mysql://x", "sqlite:///"), ("sqlite:///no/such/shop.db", "no/such")]


@pytest.mark.parametrize(("url", "says"), NO_STORES)
def test_a_store_that_cannot_be_opened_is_refused_in_one_line(url, says, trade, capsys):
    assert cli.main(["replay", str(trade), "--store", url]) == cli.REFUSED
    told = capsys.readouterr().err
    assert says in told and told.count("\n") == 1

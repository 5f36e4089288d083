"""Only the URL changes; and what cannot be opened is refused in one sentence."""

import subprocess
import sys
import traceback
from pathlib import Path

import pytest

import cqrs_lab as lab
from cqrs_lab.log.contract import EVENTS, Happened
from cqrs_lab.log.stores.sqlite import SqliteEventStore

ROOT = Path(__file__).parents[3]


def test_a_log_in_memory_needs_no_declaration_and_takes_one():
    for events in (None, EVENTS):
        with lab.open_event_store("memory://", events=events) as store:
            assert isinstance(store, lab.MemoryEventStore) and store.head() == 0
        store.close()
        assert store.append("a", [Happened(1)], expected=0).position == 1


def test_three_slashes_lead_from_this_folder_and_four_from_the_root(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with lab.open_event_store("sqlite:///shop.db", events=EVENTS) as store:
        store.append("a", [Happened(1)], expected=0)
        monkeypatch.chdir("/")  # the file stays the one that was meant
        assert store.head() == 1
    with lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", EVENTS) as store:
        assert isinstance(store, SqliteEventStore) and store.head() == 1


@pytest.mark.parametrize(
    "url",
    ["shop.db", "", "sqlite:/shop.db", "sqlite://shop.db", "sqlite://", "sqlite:///", "sqlite:///:memory:", None, 5,
     "memory://shop", "mysql://localhost/shop", "nats://localhost:4222",
     "sqlite:///folder/", "sqlite:///shop.db?mode=ro", "SQLITE:///shop.db"],
)  # fmt: skip
def test_a_url_that_is_no_store_is_refused(url, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(lab.InvalidArgument, match=r"^url=.* is not (an?|the) .*; give .*(memory|sqlite|nats):"):
        lab.open_event_store(url, events=EVENTS)
    assert list(tmp_path.iterdir()) == []


def test_missing_events_are_asked_for(tmp_path):
    with pytest.raises(lab.InvalidArgument, match="must know their types; give events="):
        lab.open_event_store(f"sqlite:///{tmp_path}/shop.db")
    with pytest.raises(lab.InvalidArgument, match='the name it is to have in the log: {"happened": Happened'):
        lab.open_event_store(f"sqlite:///{tmp_path}/shop.db", events=[Happened])
    assert list(tmp_path.iterdir()) == []


def test_without_msgspec_the_package_works_and_says_what_to_install():
    code = """
import sys
sys.modules["msgspec"] = None  # as if it were not installed
import cqrs_lab as lab
assert lab.open_event_store("memory://").head() == 0
try:
    lab.open_event_store("sqlite:///shop.db", events={"a": int})
except lab.MissingExtra as error:
    assert isinstance(error, ImportError) and error.extra == "sqlite"
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert 'run: pip install "cqrs-lab[sqlite]"' in done.stdout


def test_without_nats_it_is_said_what_to_install_and_no_password():
    code = """
import sys
sys.modules["nats"] = None  # as if it were not installed
import cqrs_lab as lab
try:
    lab.open_event_store("nats://ada:secret@one/SHOP", events={"a": int})
except lab.MissingExtra as error:
    assert error.extra == "jetstream"
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    install = 'needs nats-py, which is not installed; run: pip install "cqrs-lab[jetstream]"'
    assert done.stdout == f"nats://one/SHOP {install}\n"


@pytest.mark.parametrize("url", ["nats://ada:secret@one/SHOP", "mysql://ada:secret@one/SHOP"])
def test_no_refusal_says_a_password(url):
    with pytest.raises(lab.InvalidArgument) as refused:
        lab.open_event_store(url)
    assert "secret" not in str(refused.value) and "one/SHOP" in str(refused.value)


def test_to_import_the_package_loads_no_msgspec_and_no_sqlite():
    code = "import sys, cqrs_lab; print({'msgspec'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    assert done.stdout == "set()\n"


def test_a_url_of_a_server_opens_the_log_in_that_database(server):
    server.execute("CREATE DATABASE shop")
    url = server.url.removesuffix("postgres") + "shop"
    for number in (1, 2):
        with lab.open_event_store(url, events=EVENTS) as store:
            assert store.append("a", [Happened(number)], expected=number - 1).position == number


BAD = ["postgresql://ada:se%cret@h/d", "postgresql://ada:secret@host:port/d", "postgresql://ada:secret@h/d?nosuch=secret",
       "postgresql://ada:secret@127.0.0.1:1/shop", "postgresql://ada:secret@127.0.0.1:1/shop?password=secret",
       "postgresql://127.0.0.1:1/shop?password=secret&user=ada", "postgres://ada:secret@h/d"]  # fmt: skip


@pytest.mark.parametrize("url", BAD)
@pytest.mark.parametrize("events", [EVENTS, None])
def test_no_password_is_in_what_a_server_that_cannot_be_opened_raises(url, events):
    with pytest.raises((lab.InvalidArgument, lab.StoreUnavailable)) as caught:
        lab.open_event_store(url, events=events)
    said = "".join(traceback.format_exception(caught.value))
    assert "secret" not in said and "cret@" not in said
    if events and "shop" in url:
        assert "postgresql://127.0.0.1:1/shop cannot be reached; start the server" in said


def test_without_psycopg_the_message_says_what_to_install():
    code = """
import sys
sys.modules["psycopg"] = None  # as if it were not installed
import cqrs_lab as lab
try:
    lab.open_event_store("postgresql://ada:secret@localhost/shop", events={"a": int})
except lab.MissingExtra as error:
    print(error)
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True, text=True)
    wanted = 'postgresql://localhost/shop needs psycopg, which is not installed; run: pip install "cqrs-lab[postgres]"'
    assert done.stdout == f"{wanted}\n"

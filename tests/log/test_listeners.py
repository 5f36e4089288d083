"""Listeners hear of every commit, and none of them can fail an append or silence another one."""

from __future__ import annotations

import threading

import pytest

import cqrs_lab as lab


@pytest.fixture
def uncaught(monkeypatch):
    told = []
    monkeypatch.setattr(threading, "excepthook", lambda about: told.append(about.exc_value))
    return told


def test_a_listener_that_raises_neither_fails_the_append_nor_silences_the_others(uncaught):
    store, heard = lab.MemoryEventStore(), []
    for wrong in (ValueError("boom"), lab.ConcurrencyError("other", 1, 2)):
        store.subscribe(lambda wrong=wrong: (_ for _ in ()).throw(wrong))
    store.subscribe(lambda: heard.append(store.head()))
    assert store.append("a", ["x"], expected=0) == lab.Appended("a", 1, 1)
    assert heard == [1]
    assert [type(one) for one in uncaught] == [ValueError, lab.ConcurrencyError]
    assert uncaught[0].__notes__ == ["A listener of the event store raised this. The commit it heard of stands."]


@pytest.mark.filterwarnings("default")
def test_what_a_listener_raises_is_printed_where_a_notebook_shows_it(capsys, monkeypatch):
    monkeypatch.setattr(threading, "excepthook", threading.__excepthook__)
    store = lab.MemoryEventStore()
    store.subscribe(lambda: {}["till"])
    store.append("a", ["x"], expected=0)
    shown = capsys.readouterr().err
    assert "KeyError: 'till'" in shown and "The commit it heard of stands" in shown


@pytest.mark.parametrize("stop", [KeyboardInterrupt, SystemExit, GeneratorExit])
def test_an_interrupt_in_a_listener_is_not_swallowed_and_the_commit_stands(stop, uncaught):
    store, heard = lab.MemoryEventStore(), []

    def interrupt():
        if store.head() == 1:
            raise stop

    store.subscribe(interrupt)
    store.subscribe(lambda: heard.append(store.head()))
    with pytest.raises(stop):
        store.append("a", ["x"], expected=0, command_id="c")
    assert store.append("a", ["x"], expected=0, command_id="c") == lab.Appended("a", 1, 1)
    store.append("a", ["y"], expected=1)
    assert (heard, uncaught) == ([2], [])


def test_one_function_subscribed_twice_and_ended_once_is_called_once():
    store, heard = lab.MemoryEventStore(), []
    ends = [store.subscribe(on_growth) for on_growth in [lambda: heard.append("heard")] * 2]
    store.append("a", ["x"], expected=0)
    ends[0](), ends[0]()
    store.append("a", ["y"], expected=1)
    assert heard == ["heard"] * 3
    ends[1]()
    store.append("a", ["z"], expected=2)
    assert heard == ["heard"] * 3


def test_a_listener_may_append_read_subscribe_and_end_itself(uncaught):
    store, heard = lab.MemoryEventStore(), []

    def answer():
        heard.append([one.event for one in store.read_all()])
        if store.head() == 1:
            store.append("b", ["answer"], expected=0)
            store.subscribe(lambda: None)
            end()

    end = store.subscribe(answer)
    store.append("a", ["question"], expected=0)
    store.append("a", ["more"], expected=1)
    assert heard == [["question"], ["question", "answer"]]
    assert [one.event for one in store.read_all()] == ["question", "answer", "more"] and uncaught == []

"""The board says how far everybody is, and the teacher's plugs reach those who are there."""

import threading

import pytest

import cqrs_lab as lab
from cqrs_lab.classroom.board import SHOWN_SECONDS, SILENT_SECONDS, standings
from cqrs_lab.classroom.folders import joined
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.shop import write
from cqrs_lab.shop.events import EVENTS
from cqrs_lab.shop.visits import order_one
from cqrs_lab.write.command_bus import CommandBus
from tests.classroom.conftest import BEGUN


def test_an_empty_room_says_what_to_do(a_class):
    view = a_class.room.board()
    assert view.says == "Nobody has joined yet: let everybody run me = lab.join(…) with a name."
    assert view.frame().empty and str(a_class.room) == "The room '10 c': 0 seats."


def test_the_board_counts_what_waits_for_each(a_class):
    ada, ben, cleo = a_class.join_all("Ada", "Ben", "Cleo")
    for seat, times in ((ada, 3), (ben, 1), (cleo, 1), (ada, 2)):
        seat.work(times, pause_seconds=0)
    view = a_class.room.board()
    frame = view.frame()
    assert frame["position"].to_dict() == {"Ada": 3, "Ben": 3, "Cleo": 3}
    assert frame["waits"].to_dict() == {"Ada": 2, "Ben": 2, "Cleo": 2}
    hour = a_class.room.hour()
    assert 0 < frame.loc["Ben", "oldest_waits_seconds"] < hour.until - hour.log[3].at
    ben.work(1)
    view.move(look=2)
    assert view.frame().loc["Ben", "waits"] == 0 and view.frame().loc["Cleo", "waits"] == 2
    assert view.says == "5 events in the log, 3 seats. Furthest behind is Ada: 2 events waiting."


def test_each_seat_has_a_tile_that_picks_it(a_class):
    a_class.join_all("Ada", "Ben")[0].work(1)
    view = a_class.room.board()
    assert "The staircase of Ada, writer: what was seen has come to event 0; 1 event waiting" in view.picture.html
    view.move(who=1)
    assert "The staircase of Ben, projector: the table has come to event 0" in view.picture.html
    assert view.picture.html.count('role="option"') == 2 and view.picture.html.count('aria-selected="true"') == 1
    a_class.join("Cleo").work(1)
    view.move(look=2)  # who came later has a tile, too
    assert view.picture.html.count('role="option"') == 3


def test_the_board_says_who_is_not_at_work(a_class):
    ada, ben, cleo = a_class.join_all("Ada", "Ben", "Cleo")
    a_class.room.pull("Ada").pull("Ben", "stop")
    ada.work(1)
    assert a_class.room.board().says.endswith("Not at work: Ada (killed), Ben (stopped).")
    for _ in range(int(SILENT_SECONDS * 10)):
        a_class.clock()
    assert a_class.room.board().frame()["worker"].to_dict() == {"Ada": "killed", "Ben": "stopped", "Cleo": "silent"}
    assert "… silent" in a_class.room.board().picture.html
    a_class.join("Ada")
    assert a_class.room.board().frame().loc["Ada", "worker"] == "works"


def test_the_board_reads_the_last_minute_and_shows_what_the_whole_hour_would(a_class):
    ada, ben, cleo, _, emil = a_class.join_all("Ada", "Ben", "Cleo", "Dora", "Emil")
    for seat, times in ((ada, 3), (ben, 1), (emil, 1), (ada, 2), (ben, 1), (cleo, 3)):
        seat.work(times, pause_seconds=0)
    for _ in range(int(SHOWN_SECONDS * 10)):  # longer ago than a minute
        a_class.clock()
    ada.work(1)
    shown, whole = a_class.room.board().frame(), a_class.room.hour()
    assert len(a_class.room._hour(whole.until - SHOWN_SECONDS).looks) < len(whole.looks)
    assert shown["position"].to_dict() == {one.seat: one.position for one in standings(whole)}
    assert shown["position"]["Ben"] == 5 and shown["position"]["Cleo"] > 0


def test_a_board_leaves_no_thread_behind(a_class):
    a_class.join("Ada").work(2, pause_seconds=0)
    before = threading.active_count()
    view = a_class.room.board()
    view.move(look=2)
    assert threading.active_count() == before


def test_plugs_go_to_somebody_who_is_there(a_class):
    with pytest.raises(lab.InvalidArgument, match="name='Ada' is not in this room.*nobody has yet"):
        a_class.room.pull("Ada")
    a_class.join_all("Ada", "Ben", "Cleo")
    with pytest.raises(lab.InvalidArgument, match="'Dora' is not in this room; give one of Ada, Ben, Cleo"):
        a_class.room.put_back("Dora")
    with pytest.raises(lab.InvalidArgument, match="what='shout' is not a plug; give one of kill, stop, twice"):
        a_class.room.pull("Ada", "shout")
    with pytest.raises(lab.InvalidArgument, match="Cleo is a reader"):
        a_class.room.pull("Cleo", "twice")
    assert a_class.room.hour().plugs == ()


def test_an_hour_that_is_read_while_others_write_is_whole(a_class):
    """The log may have grown since the commands were read: what nobody is known to have asked for yet is left out."""
    ada = a_class.join("Ada")
    ada.work(2, pause_seconds=0)
    notes = a_class.room._notes
    asked = notes.asked()
    known = notes.acknowledged()
    ada.work(1)
    notes.asked, notes.acknowledged = lambda since: asked, lambda: known  # as they were before Ada's last order
    hour = a_class.room.hour()
    assert len(hour.log) == 2 and a_class.room.judge().ok
    del notes.asked, notes.acknowledged
    assert len(a_class.room.hour().log) == 3


def test_what_a_stranger_has_written_into_the_log_is_seen(a_class):
    ada = a_class.join("Ada")
    ada.work(1)
    with open_event_store(f"sqlite:///{a_class.folder / 'log.db'}", EVENTS) as store:
        bus = CommandBus(store)
        write.register(bus)
        bus.send(order_one(1, "a stranger", "cup"))
    ada.work(1)
    judged = a_class.room.judge()
    assert [fault.came for fault in judged.laws.faults] == ["command 0 of nobody"]


def test_the_teachers_kernel_may_be_restarted(a_class, monkeypatch):
    a_class.join("Ada").work(2, pause_seconds=0)
    assert joined(BEGUN + 60) == a_class.folder
    monkeypatch.setattr("time.time", lambda: BEGUN + 60)
    again = lab.room("10 c")
    assert again.hour().head == 2 and again.judge().ok

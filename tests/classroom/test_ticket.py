"""A ticket is the hour, byte for byte, and is judged as the room was."""

import gzip
import json

import pytest

import cqrs_lab as lab
from cqrs_lab.classroom.replayed import ReplayedHour
from cqrs_lab.classroom.ticket import read_ticket, write_ticket
from cqrs_lab.shop import visits


@pytest.fixture
def hour(a_class):
    seats = a_class.join_all("Ada", "Ben", "Cleo", "Åsa")
    a_class.room.pull("Ada").pull("Ben", "twice").pull("Cleo", "stop")
    for _ in range(3):
        for seat in seats:
            seat.work(1)
    return a_class.room.hour()


def test_an_hour_comes_back_as_it_was(hour, tmp_path):
    write_ticket(hour, tmp_path / "one.ticket")
    write_ticket(hour, tmp_path / "two.ticket")
    assert read_ticket(tmp_path / "one.ticket") == hour
    assert (tmp_path / "one.ticket").read_bytes() == (tmp_path / "two.ticket").read_bytes()


def test_the_room_writes_it_and_at_home_it_is_judged_alike(a_class, hour, tmp_path):
    path = a_class.room.ticket(tmp_path / "hour.ticket")
    again = lab.replay_hour(str(path))
    assert again.judge() == a_class.room.judge() and again.judge().ok
    assert again.trace.drop(columns="ret").equals(a_class.room.hour().trace.drop(columns="ret"))
    assert str(again).startswith("The room '10 c': 4 events, 4 seats, ")


def test_its_commands_sent_again_are_the_same_log(hour):
    store = ReplayedHour(hour).store()
    events = list(store.read_all())
    assert [(one.position, one.command_id, one.recorded_at) for one in events] == [
        (one.position, f"{one.seat}-{one.number}", one.at) for one in hour.log
    ]
    ben = lab.Projector(store, visits.UnitsOrdered())
    ben.catch_up(limit=hour.visits[-1].upto)
    assert ben.table["units"].to_dict() == dict(hour.visits[-1].units)


def test_the_board_of_any_second_can_be_seen_at_home(hour):
    view = ReplayedHour(hour).board()
    assert view.frame()["worker"].to_dict() == {"Ada": "killed", "Ben": "works", "Cleo": "stopped", "Åsa": "works"}
    positions = [view.at(moment=moment).frame["position"].max() for moment in range(view.values["moment"] + 1)]
    assert positions[0] == 0 and positions == sorted(positions) and positions[-1] > 2


def test_a_file_that_is_no_ticket_is_refused(hour, tmp_path):
    path = tmp_path / "hour.ticket"
    write_ticket(hour, path)
    whole = path.read_bytes()
    told = json.loads(gzip.decompress(whole))
    for wrong in (b"", b"no ticket", whole[:-30], whole[:20], gzip.compress(b"[]"), gzip.compress(b"{"),
                  gzip.compress(json.dumps(told | {"version": 2}).encode())):  # fmt: skip
        path.write_bytes(wrong)
        with pytest.raises(lab.InvalidArgument, match="ticket"):
            lab.replay_hour(path)
    with pytest.raises(lab.InvalidArgument, match="is not there; give a file that room.ticket"):
        lab.replay_hour(tmp_path / "another.ticket")


def test_a_ticket_goes_into_a_folder_that_is_there(a_class, hour, tmp_path):
    for wrong in (tmp_path, tmp_path / "nowhere" / "hour.ticket"):
        with pytest.raises(lab.InvalidArgument, match="a file in a folder that is there"):
            a_class.room.ticket(wrong)

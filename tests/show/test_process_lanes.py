"""The lanes of a process: what is drawn and said is what the run tells."""

import itertools
import re
from datetime import datetime, timedelta
from functools import cache

import pandas as pd
import pytest

import cqrs_lab as lab
from cqrs_lab.shop import one_order, played
from cqrs_lab.show import process_lanes
from cqrs_lab.show.icons import PATHS, icon_named
from cqrs_lab.show.label_places import Label, crosses, meet
from cqrs_lab.show.lane_marks import HALF
from cqrs_lab.show.picture import joined
from cqrs_lab.show.style import tint
from cqrs_lab.write.refusal import Refusal

STOCK = one_order.FAILURES.index("not enough stock")
REFUSES, LATE, SILENT, DECLINES = (
    one_order.FAILURES.index(f"the {who}")
    for who in ("carrier refuses", "bank answers after the time-out", "bank never answers", "bank declines")
)


see_through = cache(one_order.see_through)  # a setting that several tests look at is played once


@pytest.fixture
def view():
    return process_lanes(see_through, one_order.FAILURES, one_order.LANES)


def marks(html):
    """Count the marks, of what the process led to and from outside: tiles, tiles on their corner, refusals."""
    drawn = re.findall(r'class="mark ([\w-]+) (led|outside)"', html.partition("</figure>")[0])
    return tuple(drawn.count((kind, whence)) for kind in ("goes-on", "undoes", "no") for whence in ("led", "outside"))


def test_every_event_has_its_mark(view):
    assert marks(view.picture.html) == (6, 3, 0, 0, 0, 0)  # Ada, the bank and the carrier speak from outside
    assert marks(view.at(failure=REFUSES).html) == (5, 2, 4, 0, 0, 1)
    assert marks(view.at(failure=LATE).html) == (3, 2, 4, 1, 0, 0)


def test_a_mark_has_the_icon_of_its_event_and_the_colour_of_its_lane(view):
    html, log = view.picture.html, view.picture.frame["event"]
    for event, lane in (("OrderPlaced", 0), ("StockReserved", 1), ("PaymentTaken", 2), ("ParcelBooked", 3)):
        begins = f'data-key="{joined("event", log.index[log == event][0])}'
        mark = html.partition(begins)[2].partition("</g></g></g>")[0]
        assert PATHS[icon_named(event)] in mark and tint(lane).partition(";")[2] in mark, event


def test_who_says_no_has_a_mark_of_its_own_and_the_legend_tells_it(view):
    assert marks(view.at(failure=STOCK).html) == (1, 1, 2, 0, 1, 0)  # the store-room's no answers the process
    assert marks(view.at(failure=DECLINES).html)[-2:] == (0, 1)  # the bank's comes from outside
    meant = view.picture.html.partition('<ul class="legend">')[2].partition("</ul>")[0]
    assert len(re.findall(r'class="mark [\w-]+ \w+"', meant)) == 4 and "somebody says no" in meant


def labels(html):
    """Find the labels of the marks: their words' boxes, by the width of the font that pictures are looked at in."""
    texts = re.findall(r'<text x="(\S+)" y="(\S+)" text-anchor="(\w+)" class="small label"[^>]*>([^<]+)<', html)
    return [Label((word,), float(x), float(y), anchor).box for x, y, anchor, word in texts]


def lines(html):
    """Find what no label may touch: arrows, and the lines where time was up and where the process died."""
    drawn = html.partition("</figure>")[0]
    found = re.findall(r'<line x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)" style="([^"]+)"', drawn)
    return [tuple(map(float, ends)) for *ends, style in found if "var(--line)" not in style]


@pytest.mark.parametrize("failure", range(len(one_order.FAILURES)))
def test_no_label_touches_an_arrow_another_label_or_a_line(view, failure):
    for cancel in (0, 1, 5, 6, 25, 26, 30):
        for crash in range(11):
            picture = view.at(failure=failure, cancel=cancel, crash=crash)
            boxes, drawn = labels(picture.html), lines(picture.html)
            assert len(boxes) == len(picture.frame)
            assert [box for box in boxes for line in drawn if crosses(line, box)] == []
            assert [one for one, other in itertools.combinations(boxes, 2) if meet(one, other)] == []


def test_a_label_stays_where_it_is_while_the_events_are_shown_one_by_one(view):
    shown = [labels(view.at(failure=REFUSES, step=step).html) for step in range(1, 13)]
    assert all(shown[-1][: len(some)] == some for some in shown)


def test_every_command_of_the_process_has_its_arrow_and_what_undoes_is_dashed(view):
    for failure in range(len(one_order.FAILURES)):
        picture = view.at(failure=failure)
        by_process = picture.frame["sent"] > 0
        assert picture.html.count('marker-end="url(#tip-write)"') == sum(by_process & ~picture.frame["undoes"])
        assert picture.html.count('marker-end="url(#tip-undo)"') == sum(by_process & picture.frame["undoes"])
        assert picture.html.count("stroke-dasharray:7 4") == sum(by_process & picture.frame["undoes"])


def test_an_arrow_begins_at_its_cause_and_ends_at_its_effect(view):
    html = view.at(step=2).html
    ends = [
        float(one)
        for one in re.search(r'<line x1="(\S+)" y1="(\S+)" x2="(\S+)" y2="(\S+)"[^>]*tip-write', html).groups()
    ]
    tiles = re.findall(r'class="mark[^>]*><rect x="(\S+)" y="(\S+)"', html)[:2]
    (x1, y1), (x2, y2) = [(float(x) + HALF, float(y) + HALF) for x, y in tiles]
    assert x1 < ends[0] < ends[2] < x2 and y1 < ends[1] < ends[3] < y2


def test_a_missed_deadline_has_its_tick(view):
    assert "time is up" not in view.picture.html
    assert view.at(failure=SILENT).html.count("stroke-dasharray:2 5") == 1
    assert "since time was up and the process sent CancelOrder" in view.at(failure=SILENT, step=5).says


def test_the_steps_reveal_the_log_event_by_event(view):
    for step in range(1, 13):
        picture = view.at(failure=REFUSES, step=step)
        assert picture.frame.index.tolist() == list(range(3, 3 + step))
        assert sum(marks(picture.html)) == step
        assert picture.says.startswith(f"{step} of 12 events.")


def test_the_steps_end_where_the_run_ends(view):
    for failure in range(len(one_order.FAILURES)):
        view.move(failure=failure)  # all events are shown, and stay so
        log, _ = one_order.see_through(one_order.FAILURES[failure])
        assert view.values["step"] == view.controls[-1]["most"] == len(log) == len(view.frame())
    view.move(failure=0)
    assert view.at(failure=REFUSES).says.startswith("12 of 12 events.")
    with pytest.raises(lab.InvalidArgument, match="step=10: give a whole number from 1 to 9"):
        view.at(step=10)


def test_a_shorter_run_shows_no_more_steps_than_it_has(view):
    view.move(failure=REFUSES, step=11)
    view.set_state({"values": view.values | {"failure": 0}})
    assert view.values["step"] == 9 and view.says.startswith("9 of 9 events.")


def test_the_columns_stay_where_they_are_while_a_control_is_moved(view):
    def places(picture):
        return re.findall(r'<text x="(\S+)"[^>]*class="small strong">(\d+)<', picture.html)

    longest = places(view.at(failure=REFUSES))
    assert len(longest) == 12
    for setting in ({}, {"step": 4}, {"failure": LATE}, {"cancel": 7}, {"crash": 2}):
        assert places(view.at(**setting)) == longest[: len(places(view.at(**setting)))]


def test_a_crash_is_told_and_compared_with_the_run_without_it(view):
    picture = view.at(crash=3)
    assert "process died" in picture.html and "twice" in picture.html
    assert "died after command 3, RequestPayment" in picture.says
    assert picture.says.endswith("The log is the same as without the crash.")
    assert "did not die after number 7" in view.at(crash=7).says


def test_a_crash_that_leaves_another_log_is_told_too():
    def sends_it_twice(failure, cancels_after, crash_after):
        log, notes = one_order.see_through(failure, cancels_after, crash_after)
        return (pd.concat([log, log.tail(1).rename({11: 12})]) if crash_after else log), notes

    view = process_lanes(sends_it_twice, one_order.FAILURES, one_order.LANES)
    assert "The log is not the one without the crash." in view.at(crash=3).says


def test_what_is_held_stands_beside(view):
    assert "Set aside: 4 units; taken and not given back: 24,900 mills." in view.picture.says
    assert "Set aside: 0 units; taken and not given back: 0 mills." in view.at(failure=REFUSES).says
    assert '<td class="number">24,900</td>' in view.picture.html


def test_the_drawing_says_what_it_shows(view):
    name = re.search(r'aria-label="([^"]+)"', view.picture.html).group(1)
    assert name.startswith("A lane each for customer, order, store-room, bank, carrier;")
    assert view.picture.says in name


def test_every_move_changes_the_picture(view):
    for control in view.controls:
        for value in (control["least"], control["most"]):
            if value != view.values[control["name"]]:
                assert view.at(**{control["name"]: value}).html != view.picture.html
    for step in range(2, 10):
        assert view.at(step=step).says != view.at(step=step - 1).says


@pytest.mark.parametrize("failure", range(len(one_order.FAILURES)))
def test_with_all_events_shown_each_minute_and_each_command_makes_a_difference(view, failure):
    for control in ("cancel", "crash"):
        most = next(one["most"] for one in view.controls if one["name"] == control)
        pictures = [view.at(**{"failure": failure, control: value}).html for value in range(most + 1)]
        assert len(set(pictures)) == most + 1


def play(stream="order-7", drop=(), rows=None):
    log, notes = one_order.see_through("nothing fails")
    log = log.assign(stream=[stream, *log["stream"].iloc[1:]]).drop(columns=list(drop)).iloc[:rows]
    return lambda failure, cancels_after, crash_after: (log, notes)


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"failures": ()}, "is not a list of what may fail; give"),
        ({"failures": "nothing fails"}, "is not a list of what may fail; give"),
        ({"lanes": {}}, "is not a mapping from how a stream's name begins to its lane; give"),
        ({"columns": 0}, "columns=0 is not a whole number; give 1 or more"),
        ({"latest_cancel": -1}, "latest_cancel=-1 is not a whole number; give 0 or more"),
        ({"most_commands": 2.5}, "most_commands=2.5 is not a whole number; give 0 or more"),
        ({"play": play("voucher-7")}, "stream 'voucher-7' has no lane; .* order-, stock-, payment-, parcel-"),
        ({"play": play(drop=["cause"])}, "without the column 'cause'"),
        ({"play": play(rows=0)}, "a log without events"),
    ],
)
def test_what_cannot_be_drawn_is_refused_with_what_is_needed(bad, said):
    given = {"play": one_order.see_through, "failures": one_order.FAILURES, "lanes": one_order.LANES} | bad
    with pytest.raises(lab.InvalidArgument, match=said):
        process_lanes(**given)


def test_one_event_and_one_column_are_enough():
    view = process_lanes(play(rows=1), ["nothing"], one_order.LANES, columns=1, latest_cancel=0, most_commands=0)
    assert view.says.startswith("1 of 1 event.")


def refused(html):
    return re.findall(r'class="refused".*?>([^<]+)</text>', html)


def test_a_cancel_that_is_refused_is_drawn_at_its_time_though_it_leaves_no_event(view):
    picture = view.at(cancel=26)
    assert refused(picture.html) == ["CancelOrder refused, 12:26"] and "CancelOrder was refused" in picture.says
    assert refused(view.at(cancel=3).html) == refused(view.at(cancel=0).html) == []


def test_a_refused_command_is_drawn_whatever_the_words_are(view, monkeypatch):
    class Other(Refusal):
        def __new__(cls, at, command, reason):
            note = str.__new__(cls, f"nonsense {reason}")
            note.at, note.command, note.reason = at, command, reason
            return note

    monkeypatch.setattr(played, "Refusal", Other)
    html = process_lanes(one_order.see_through, one_order.FAILURES, one_order.LANES).at(cancel=26).html
    assert refused(html) == ["CancelOrder refused, 12:26"] and "nonsense order 7 is shipped" in html


def test_a_refusal_after_midnight_stands_after_what_came_before_it():
    night = datetime(2026, 1, 5, 23, 50)
    log, _ = one_order.see_through("nothing fails")
    log = log.iloc[:2].assign(at=[night, night + timedelta(minutes=5)])
    notes = [Refusal(night + timedelta(minutes=20), "CancelOrder", "too late"), "12:26: CancelOrder was refused: no."]
    view = process_lanes(lambda *setting: (log, notes), ["nothing"], one_order.LANES)
    assert refused(view.picture.html) == ["CancelOrder refused, 00:10"]
    assert refused(view.at(step=1).html) == []


def test_a_refused_command_is_not_drawn_before_the_events_that_came_first(view):
    events = len(view.at(cancel=30).frame)
    assert [len(refused(view.at(cancel=30, step=step).html)) for step in (1, events - 1, events)] == [0, 0, 1]

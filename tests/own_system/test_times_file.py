"""A file of times is read if it means one thing; what is wrong with it is said in one line that helps."""

import numpy as np
import pytest

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.own_system.times_file import read_times

COUNT = 120


def written(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "times.csv"
    path.write_text(text, encoding=encoding, newline="")
    return path


def rows(times, header="time,command", command="PlaceOrder", end="\n"):
    return end.join([header, *(f"{time},{command}" for time in times)]) + end


def seconds(change=None, count=COUNT):
    """Return times half a second apart as texts, some of them changed: {row: text}."""
    found = [f"{number / 2:g}" for number in range(count)]
    for row, text in (change or {}).items():
        found[row] = text
    return found


def clock(zone="", change=None, join="T"):
    found = [f"2026-03-02{join}09:{number // 60:02}:{number % 60:02}.500{zone}" for number in range(COUNT)]
    for row, text in (change or {}).items():
        found[row] = text
    return found


@pytest.mark.parametrize(
    ("text", "encoding", "gap"),
    [
        (rows(seconds()), "utf-8", 0.5),
        (rows(seconds(), end="\r\n"), "utf-8-sig", 0.5),
        (rows([f"{1_767_225_600 + number / 2}" for number in range(COUNT)]), "utf-8", 0.5),
        (rows(clock()), "utf-8", 1.0),
        (rows(clock("Z", join=" ")), "utf-8", 1.0),
        (rows(clock("+02:00", {COUNT - 1: "2026-03-02T07:01:59.500Z"})), "utf-8", 1.0),
        (rows(clock("+00")), "utf-8", 1.0),  # as PostgreSQL writes it
        (rows(clock(" UTC", {COUNT - 1: "2026-03-02 10:01:59.500 +0100"})), "utf-8", 1.0),
        (rows([f"{40_000 + number / 2}" for number in range(COUNT)]), "utf-8", 0.5),  # of a day
        ("\n\n" + rows(seconds()).replace("\n", "\n\n") + ",\n", "utf-8", 0.5),  # empty lines, and an empty row
        (rows([f"{number},7" for number in range(COUNT)], "Time,amount, COMMAND "), "utf-8", 1.0),
    ],
)
def test_these_files_mean_one_thing(tmp_path, text, encoding, gap):
    found = read_times(written(tmp_path, text, encoding))
    assert np.allclose(found.seconds, np.arange(COUNT) * gap)
    assert found.commands == {"PlaceOrder": COUNT}


def test_what_was_read_is_said(tmp_path):
    text = rows(seconds({1: "0", 2: "0"})) + "59.5,Cancel\n"
    assert read_times(written(tmp_path, text)).says == (
        "121 commands of 2 kinds, most of them 'PlaceOrder', in 59.5 s: 2.02 a second on average, and 3 in the busiest "
        "second."
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty; give a line 'time,command'"),
        (rows(seconds())[len("time,command\n") :], "has no header: its first line is '0,PlaceOrder'; put the header"),
        (rows(clock())[len("time,command\n") :], "has no header"),
        (rows(seconds()).replace(",", ";"), "separates its columns by ';'; save it with commas"),
        (rows(seconds(), "when,command"), "has no column 'time' among 'when', 'command'; name one column 'time'"),
        (rows(seconds(), "time,time"), "has 2 columns 'time' among"),
        (rows(seconds(), "time,what"), "has no column 'command'"),
        (rows(seconds(count=99)), "has 99 commands: of so few no p99 can be told; give 100 or more"),
        (rows(seconds(count=100_001)), "has more than 100,000 rows; give its busiest hours"),
        (rows(seconds({3: "0.9"})), "line 5: time '0.9' comes before '1' in line 4; sort the rows by time"),
        (rows(clock(change={9: "2026-03-02T08:00:00"})), "if the clock was set back, write all of them in UTC"),
        (rows(seconds({7: ""})), "line 9 has no time; fill it in"),
        (rows(seconds(), command=""), "line 2 has no command; fill it in"),
        (rows(seconds({7: "3,5"})), "line 9 has 3 cells, the header 2; put a cell with a comma in quotes, and write a"),
        (rows(seconds({0: "-4"})), "line 2: time '-4' is negative; count seconds from the first command"),
        (rows(seconds({7: "soon"})), "line 9: time 'soon' is no number of seconds, and the first one is"),
        (rows(seconds({7: "nan"})), "line 9: time 'nan' is no number of seconds"),
        (
            rows([f"{1_767_225_600_000 + one}" for one in range(COUNT)]),
            "if these are milliseconds since 1970, divide by 1,000",
        ),
        (rows([f"{1_767_225_600_000_000 + one}" for one in range(COUNT)]), "microseconds since 1970, divide by 1e6"),
        (rows([f"{(1_767_225_600 + one) * 10**9}" for one in range(COUNT)]), "nanoseconds since 1970, divide by 1e9"),
        (
            rows([f"{46_083.375 + one / 10_000}" for one in range(COUNT)]),
            "line 2: time '46083.375' may be a spreadsheet's day, 2026-03-02 09:00, or a number of seconds; write it",
        ),
        (rows(clock(" Europe/Berlin")), "names its time zone, Europe/Berlin, and a name may mean several offsets; wri"),
        (rows(clock("+01:00[Europe/Paris]")), "names its time zone, [Europe/Paris], and"),
        (rows(clock(" CET")), "names its time zone, CET, and"),
        (rows(["2026-03-02"] * COUNT), "time '2026-03-02' is a date without a time of day; write it as 2026-03-02T09"),
        (rows([f"2026/03/02 09:{one:02}" for one in range(COUNT)]), "is almost in ISO 8601; write it as 2026-03-02T"),
        (rows([f"03/02/2026 09:{one:02}" for one in range(COUNT)]), "may have the day or the month first; write it as"),
        (rows([f"9 o'clock {one}" for one in range(COUNT)]), "is in no form that is read; write it as 2026-03-02T09"),
        (
            rows(clock("Z", {5: "2026-03-02T09:00:05.500"})),
            "line 7: time '2026-03-02T09:00:05.500' has no time zone, un",
        ),
        (rows(clock("", {5: "2026-03-02T09:00:05.500Z"})), "has a time zone, unlike line 2; write all of them in UTC"),
        (rows(clock(change={COUNT - 1: "2026-02-30T09:00:00"})), "is on no calendar or clock"),
        (rows(["7"] * COUNT), "all times are '7'; give times with fractions of a second"),
        (rows(seconds()) + 'x,"', "save it as CSV with commas"),
    ],
)
def test_what_means_nothing_or_two_things_is_refused_in_one_line_that_helps(tmp_path, text, says):
    with pytest.raises(InvalidArgument) as refused:
        read_times(written(tmp_path, text))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value) and "times.csv" in str(refused.value)


def test_a_file_that_is_not_there_or_is_no_text_is_refused(tmp_path):
    with pytest.raises(InvalidArgument, match="there is no file .*; give its path"):
        read_times(tmp_path / "nowhere.csv")
    with pytest.raises(InvalidArgument, match="is not text in UTF-8; save it as CSV in UTF-8"):
        read_times(written(tmp_path, rows(seconds(), command="Größe"), "latin-1"))
    with pytest.raises(InvalidArgument, match="cannot be read"):
        read_times(tmp_path)


def test_times_in_whole_seconds_say_that_their_lag_seems_longer(tmp_path):
    whole = "".join(f"{number // 2},order\n" for number in range(200))
    exact = "".join(f"{number / 2},order\n" for number in range(200))
    assert "give times with fractions of a second" in read_times(written(tmp_path, f"time,command\n{whole}")).says
    assert "fractions" not in read_times(written(tmp_path, f"time,command\n{exact}")).says

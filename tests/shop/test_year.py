"""The invented year has the form and the oddities of the real one; a log is cut by the days it tells of."""

import csv
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pytest

import cqrs_lab as lab
from cqrs_lab.shop.online_retail import (
    FileRefused,
    RowOutcomes,
    account_for,
    by_day,
    compare_totals,
    open_year,
    read_online_retail,
    reconcile,
    replay,
)
from cqrs_lab.shop.online_retail.invented import DAYS, FIRST_DAY, write_invented_year

from .test_online_retail import SHOP_DAY, THREE_DAYS, dataset, row, written


def lines_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def invented(tmp_path_factory):
    path = tmp_path_factory.mktemp("invented") / "year.csv"
    write_invented_year(path, 13)
    return path


@pytest.fixture(scope="module")
def replayed(invented):
    return replay(invented, lab.MemoryEventStore())


def test_the_same_seed_writes_the_same_file_and_another_seed_another_one(invented, tmp_path):
    for seed in (13, 14):
        write_invented_year(tmp_path / f"{seed}.csv", seed)
    assert (tmp_path / "13.csv").read_bytes() == invented.read_bytes() != (tmp_path / "14.csv").read_bytes()


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_a_year_of_any_seed_reconciles(seed, tmp_path):
    write_invented_year(tmp_path / "year.csv", seed)
    found = reconcile(replay(tmp_path / "year.csv", lab.MemoryEventStore()))
    assert found.ok, found


def test_a_year_has_what_is_messy_in_the_real_one(invented, replayed):
    lines = lines_of(invented)
    assert any(line["UnitPrice"] == "0.001" for line in lines)
    assert 0.05 < sum(not line["CustomerID"] for line in lines) / len(lines) < 0.3
    assert len({tuple(line.values()) for line in lines}) < len(lines), "some lines stand twice"
    assert any(line["InvoiceNo"].startswith("A") and line["UnitPrice"].startswith("-") for line in lines)
    table = replayed.projectors[RowOutcomes.name].table
    ends = Counter(zip(table["outcome"], table["reason"], strict=True))
    assert set(ends) == {
        ("order line", ""),
        ("credit line", ""),
        ("charge", ""),
        ("stock adjustment", ""),
        ("rejected", "a test entry"),
        ("rejected", "no price and no customer: neither a sale nor a gift"),
    }
    bought = {line["CustomerID"] for line in lines if not line["InvoiceNo"].startswith("C")}
    assert {line["CustomerID"] for line in lines} - bought, "somebody has only a credit note"


def test_the_invented_shop_is_closed_on_saturdays_and_keeps_to_its_year(invented):
    times = [datetime.fromisoformat(line["InvoiceDate"]) for line in lines_of(invented)]
    assert {at.weekday() for at in times} == {0, 1, 2, 3, 4, 6}
    assert times == sorted(times)
    assert times[0] >= FIRST_DAY and times[-1] < FIRST_DAY + timedelta(days=DAYS)


# --- open_year --------------------------------------------------------------------------------------------


def test_without_a_path_the_year_is_invented_and_says_so():
    year = open_year()
    assert str(year).startswith(f"An invented year, drawn from seed 13: {len(year.file.rows):,} rows.")
    assert year.seed == 13 and year.file.path.parent == year.folder


def test_with_a_path_the_year_is_the_file_and_says_so(tmp_path):
    path = written(tmp_path / "shop.csv", SHOP_DAY)
    year = open_year(str(path))
    assert str(year) == "Your file shop.csv: 17 rows, with no published totals to compare with."
    assert year.file.rows.equals(read_online_retail(path).rows) and year.seed is None


def test_a_path_may_begin_with_the_home_folder(tmp_path, monkeypatch):
    written(tmp_path / "shop.csv", SHOP_DAY)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    assert len(open_year("~/shop.csv").file.rows) == 17


def test_a_file_whose_totals_are_published_says_so():
    assert str(open_year(dataset(THREE_DAYS))).endswith(": 7,419 rows, with published totals to compare with.")


def test_the_same_source_has_the_same_folder_and_another_one_another(tmp_path):
    path = written(tmp_path / "shop.csv", SHOP_DAY)
    other = written(tmp_path / "other.csv", SHOP_DAY)
    assert len({open_year(one).folder for one in (path, path, other, None)}) == 3
    assert open_year().folder == open_year().folder != open_year(seed=5).folder
    assert sorted(tmp_path.iterdir()) == [other, path], "nothing is written beside the reader's file"


def test_a_file_that_can_be_read_in_two_ways_is_read_as_the_reader_says(tmp_path):
    path = written(tmp_path / "shop.csv", [row(at="4/1/2011 10:00")])
    with pytest.raises(FileRefused, match="day first"):
        open_year(path)
    day_first, month_first = (open_year(path, dates=dates) for dates in ("dmy", "mdy"))
    assert [(at.month, at.day) for one in (day_first, month_first) for at in one.file.rows["at"]] == [(1, 4), (4, 1)]
    assert day_first.folder != month_first.folder, "what one makes is not taken for the other's"


def test_a_path_to_nothing_is_refused_and_says_where_the_file_is_published(tmp_path):
    with pytest.raises(FileRefused, match=r"there is no such file.*10\.24432/C5BW33"):
        open_year(tmp_path / "nothing.csv")


@pytest.mark.parametrize("path", ["", " ", 7, ["year.csv"], True])
def test_what_is_no_path_is_refused(path):
    with pytest.raises(lab.InvalidArgument, match="a file; give its path, or None for an invented year"):
        open_year(path)


@pytest.mark.parametrize("seed", [-1, "13", 1.5, None])
def test_what_is_no_seed_is_refused(seed):
    with pytest.raises(lab.InvalidArgument, match="a seed; give a whole number"):
        open_year(seed=seed)


# --- compare_totals and by_day ----------------------------------------------------------------------------


def test_totals_are_compared_one_by_one(replayed):
    recorded = replayed.projectors[RowOutcomes.name].table.reset_index()
    assert compare_totals(recorded, replayed.file)["agrees"].all()
    recorded.loc[0, "value_mills"] += 1
    differs = compare_totals(recorded, replayed.file).query("not agrees")
    assert set(differs.index) == {"net value", "value on other invoices"}
    ours, theirs = (float(differs.at["net value", one].replace(",", "")) for one in ("read models", "file"))
    assert round(ours - theirs, 6) == 0.001


def test_the_account_names_a_row_that_is_lost_or_stands_twice_and_a_mill_that_is_off(replayed):
    recorded = replayed.projectors[RowOutcomes.name].table.reset_index()
    counts = {"commands": 1, "events": 2, "again": 3}
    right = account_for(recorded, replayed.file, **counts)
    assert {right[name] for name in ("rows without a place", "rows with two places")} == {"0"}
    assert right["off from the file's own sum"] == "0.000"
    broken = recorded.drop(index=recorded.index[recorded["outcome"] == "rejected"][0])
    broken.loc[broken.index[:2], "times"] = 2
    broken.loc[broken.index[0], "value_mills"] -= 1
    wrong = account_for(broken, replayed.file, **counts)
    refused = int(right["refused, with a reason"])
    assert {name: wrong[name] for name in wrong if wrong[name] != right[name]} == {
        "refused, with a reason": f"{refused - 1}",
        "rows without a place": "1",
        "rows with two places": "2",
        "net value, pounds": "51,898.974",
        "off from the file's own sum": "-0.001",
    }
    assert right["off from the published sum"] == "none is published"


def test_each_event_stands_on_the_day_on_which_it_happened_in_the_order_of_the_log(invented, replayed):
    store = next(iter(replayed.projectors.values())).store
    days = by_day(store.read_all())
    documents = {line["InvoiceNo"]: line["InvoiceDate"][:10] for line in reversed(lines_of(invented))}
    seen = [recorded.position for batch in days.values() for recorded in batch]
    assert sorted(seen) == [recorded.position for recorded in store.read_all()]
    for day, batch in days.items():
        assert [one.position for one in batch] == sorted(one.position for one in batch)
        for recorded in batch:
            if (number := getattr(recorded.event, "order_id", "")) in documents:
                assert documents[number] == day.isoformat()


def test_days_without_an_event_are_there_and_empty(tmp_path):
    store = lab.MemoryEventStore()
    apart = [SHOP_DAY[0], [*SHOP_DAY[3][:4], "2011-01-08 10:00:00", *SHOP_DAY[3][5:]]]
    replay(written(tmp_path / "apart.csv", apart), store)
    days = by_day(store.read_all())
    assert list(days) == [date(2011, 1, day) for day in range(4, 9)]
    assert [len(batch) for batch in days.values()] == [2, 0, 0, 0, 2]
    assert by_day([]) == {}


@dataclass(frozen=True)
class Timeless:
    who: str


def test_an_event_that_has_no_time_is_refused():
    store = lab.MemoryEventStore()
    store.append("a", [Timeless("ada")], expected=0)
    with pytest.raises(lab.InvalidArgument, match="Timeless does not say when it happened; give a log of the shop"):
        by_day(store.read_all())

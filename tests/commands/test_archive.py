"""The shop's log as Parquet files, by the command."""

from datetime import datetime

import pytest

from cqrs_lab import cli
from cqrs_lab.log.stores.archive import Archive
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.shop.events import EVENTS, ProductRetired
from tests.log.stores.archived import a_day_of_trade


def test_it_archives_what_is_there_and_later_what_came_since(tmp_path, capsys):
    url, folder = f"sqlite:///{tmp_path / 'shop.db'}", str(tmp_path / "archive")
    with open_event_store(url, events=EVENTS) as store:
        for one in a_day_of_trade().read_all(limit=50):
            store.append(one.stream, [one.event], expected=one.version - 1)
    assert cli.main(["archive", folder, "--store", url, "--partitions", "2"]) == 0
    told = capsys.readouterr()
    assert told.out.startswith(f"{folder} holds the log up to position 50, in ") and told.err == ""
    with open_event_store(url, events=EVENTS) as store:
        store.append("product-x", [ProductRetired("x", datetime(2026, 1, 6))], expected=0)
        assert cli.main(["archive", folder, "--store", url]) == 0
        assert list(Archive(folder, EVENTS).read_all()) == list(store.read_all())


def test_a_store_has_to_be_named(tmp_path, capsys):
    with pytest.raises(SystemExit, match="2"):
        cli.main(["archive", str(tmp_path)])
    assert "--store" in capsys.readouterr().err

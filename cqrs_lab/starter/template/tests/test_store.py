"""The log in a file: what was recorded is there when the program starts again."""

from datetime import datetime

import pytest

import cqrs_lab as lab
from my_domain.commands import AnnounceWorkshop
from my_domain.events import RECORDED_NAMES, WorkshopAnnounced
from my_domain.wiring import open_workshops

NOON = datetime(2026, 1, 5, 12)


def test_the_log_is_read_again_from_a_file(tmp_path):
    pytest.importorskip("msgspec", reason='the file needs: pip install "cqrs-lab[sqlite]"')
    url = f"sqlite:///{tmp_path / 'my_domain.db'}"
    with lab.open_event_store(url, events=RECORDED_NAMES) as store:
        open_workshops(store).bus.send(AnnounceWorkshop("pottery", 3, NOON))
    with lab.open_event_store(url, events=RECORDED_NAMES) as store:
        assert [recorded.event for recorded in store.read_all()] == [WorkshopAnnounced("pottery", 3, NOON)]

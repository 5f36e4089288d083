"""A demo is served on this machine alone, to those who have the token."""

import json
import re
import threading
import urllib.request
from urllib.error import HTTPError

import pytest

from cqrs_lab.demo.demos import demo_of
from cqrs_lab.demo.serving import DemoServer
from cqrs_lab.demo.views import VIEWS


@pytest.fixture
def served():
    with DemoServer(demo_of("duel"), VIEWS["duel"]()) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def get(server, path, token=None, **how):
    address = f"http://127.0.0.1:{server.server_port}{path}?token={server.token if token is None else token}"
    with urllib.request.urlopen(urllib.request.Request(address, **how), timeout=20) as answer:
        return answer.headers, answer.read().decode()


def test_it_listens_on_loopback_alone(served):
    assert served.server_address[0] == "127.0.0.1"


@pytest.mark.parametrize("path", ["/", "/view.js", "/message", "/elsewhere"])
@pytest.mark.parametrize("token", ["", "wrong", "é".encode().hex()])
@pytest.mark.parametrize("data", [None, b"{}"], ids=["asked", "told"])
def test_without_the_token_nothing_is_shown_or_heard(served, path, token, data):
    with pytest.raises(HTTPError) as refused:
        get(served, path, token, data=data)
    assert refused.value.code == 403
    text = refused.value.read().decode()
    assert served.token not in text and "stock-cup" not in text and "open the address" in text


def test_the_page_asks_no_other_machine_and_keeps_its_token_to_itself(served):
    headers, page = get(served, "/")
    assert headers["Referrer-Policy"] == "no-referrer" and headers["Cache-Control"] == "no-store"
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert set(re.findall(r"(?:src|href)=\"(?!data:)[^\"]+", page)) == set()
    assert "Two buyers, one cup." in page


def test_the_page_shows_the_view_as_it_stands_when_it_is_opened_again(served):
    state = {"values": {"order": 1, "check": 0, "step": 0}, "asked": 1}
    _, answer = get(served, "/message", data=json.dumps({"method": "update", "state": state}).encode())
    assert {name for one in json.loads(answer) for name in one["state"]} >= {"answered"}
    _, page = get(served, "/")
    given = json.loads(re.search(r'id="given">(.*?)</script>', page)[1])
    assert given["state"]["values"] == state["values"]


def test_there_is_nothing_else_to_find(served):
    with pytest.raises(HTTPError, match="404"):
        get(served, "/elsewhere")


def test_two_demos_have_two_tokens(served):
    with DemoServer(demo_of("duel"), VIEWS["duel"]()) as other:
        assert other.token != served.token and len(other.token) >= 32

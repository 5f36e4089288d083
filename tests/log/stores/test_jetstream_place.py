"""A URL of servers and a stream; what may be a password is in no text."""

import pickle

import pytest

import cqrs_lab as lab
from cqrs_lab.log.stores.jetstream_place import JetStreamPlace


@pytest.mark.parametrize(
    ("url", "said", "who"),
    [
        ("nats://localhost/SHOP", "nats://localhost:4222/SHOP", ("", "")),
        ("nats://127.0.0.1:4333/my-shop_2", "nats://127.0.0.1:4333/my-shop_2", ("", "")),
        ("nats://a,b:5,[::1]:6/S", "nats://a:4222,b:5,[::1]:6/S", ("", "")),
        ("nats://ada:s%40c/ret@one/S", "nats://one:4222/S", ("ada", "s@c/ret")),
        ("nats://t0ken@one/S", "nats://one:4222/S", ("t0ken", "")),
        ("nats://ada:p@ss@one/S", "nats://one:4222/S", ("ada", "p@ss")),
    ],
)
def test_a_place_is_said_without_user_and_password(url, said, who):
    place = JetStreamPlace.of(url)
    assert str(place) == said and (place.user, place.password) == who
    assert who[1] == "" or who[1] not in repr(place)
    assert pickle.loads(pickle.dumps(place)) == place


@pytest.mark.parametrize(
    "url",
    [None, 5, "", "nats://", "nats://localhost", "nats://localhost/", "nats:///SHOP", "nats://localhost:x/SHOP",
     "nats://localhost/SHOP.1", "nats://localhost/a b", "nats://localhost/*", "nats://@one/S", "nats://a,,b/S",
     "http://localhost/SHOP", "nats://localhost/SHOP?replicas=3"],
)  # fmt: skip
def test_what_is_no_place_is_refused_with_an_example(url):
    with pytest.raises(lab.InvalidArgument, match="is not the servers and the name of a stream.*; give nats://local"):
        JetStreamPlace.of(url)


@pytest.mark.parametrize("url", ["nats://ada:secret@one/a b", "nats://ada:secret@/S", "nats://ada:secret@one"])
def test_a_refusal_says_no_password(url):
    with pytest.raises(lab.InvalidArgument) as refused:
        JetStreamPlace.of(url)
    with pytest.raises(lab.InvalidArgument) as opened:
        lab.open_event_store(url, events={})
    assert "secret" not in f"{refused.value}{opened.value}"

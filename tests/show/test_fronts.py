"""Fronts: at every moment each copy stands where the run says, and a look is marked where the checker blames it."""

import re
from urllib.parse import unquote

import numpy as np
import pytest

import cqrs_lab as lab
from cqrs_lab.shop import visits, write
from cqrs_lab.show import fronts
from cqrs_lab.simulation import Domain, Exponential, Fixed, LagModel, Poisson, guarantees, simulate_world
from cqrs_lab.simulation.visitors import POLICIES

TEA = Domain(write.register, visits.order_one, visits.UnitsOrdered, ("cup", "pot"))
BUSY = LagModel(Poisson(2.0), Exponential(0.4), replicas=2)
LEFT, TILE = 132, 44


@pytest.fixture(scope="module")
def world():
    return simulate_world(BUSY, TEA, visits=14, think=Fixed(0.5), seed=11)


def end(view):
    return view.controls[0]["most"]


def places(picture):
    """Return where each thing with a key stands, by its key."""
    found = re.findall(r'<g data-key="([^"]+)"[^>]* transform="translate\(([\d.]+) ([\d.]+)\)"', picture.html)
    return {unquote(name): (float(x), float(y)) for name, x, y in found}


def test_each_copy_stands_where_the_run_says(world):
    view = fronts(world)
    for step in range(1, end(view) + 1, 4):
        picture = view.at(step=step)
        moment, there = picture.frame["seconds"].iloc[-1], places(picture)
        for replica, name in enumerate("12"):
            has = int(np.sum(world.lag.visible_at[replica] <= moment))
            assert there[f"front/{name}"][0] == LEFT + TILE * has
        tiles = [name for name in there if name.startswith("tile/")]
        assert len(tiles) == int(np.sum(world.lag.committed_at <= moment))


@pytest.mark.parametrize("policy", POLICIES)
def test_a_look_is_marked_where_the_checker_blames_it(world, policy):
    run = world.again(policy=policy, think=Fixed(0.5))
    view = fronts(run)
    frame = view.at(step=end(view)).frame
    told = guarantees.check(run.trace)
    for name in ("read_your_writes", "monotonic_reads"):
        blamed = run.trace.loc[[case.operations[-1] for case in told[name].broken_by]]
        marked = frame[frame["broken"].str.contains(name.replace("_", " "))]
        assert sorted(zip(marked["seconds"], marked["who"], strict=True)) == sorted(
            zip(blamed["ret"], blamed["session"], strict=True)
        )
    looks = frame[frame["what"] == "look"]
    assert len(looks) == 28 and looks["seconds"].is_monotonic_increasing


def test_what_a_look_breaks_is_said_in_words_beside_a_sign(world):
    view = fronts(world)
    frame = view.at(step=end(view)).frame
    for at, broken in enumerate(frame["broken"], 1):
        html = view.at(step=at).html
        assert ("own order missing" in html) == ("read your writes" in broken)
        assert ("back in time</text>" in html) == ("monotonic reads" in broken)
    both = frame.index[frame["broken"] == "monotonic reads"][0] + 1
    picture = view.at(step=both)
    assert "↶ Back in time: Ada has seen event 4, and now it is gone." in picture.says
    assert re.search(r'stroke:var\(--bad\)[^>]*"/>', picture.html)


def test_a_look_meets_the_copy_at_the_place_that_it_shows(world):
    view = fronts(world)
    frame = view.at(step=end(view)).frame
    for at in frame.index[frame["what"] == "look"]:
        now, there = frame.loc[at], places(view.at(step=at + 1))
        mine = [place for name, place in there.items() if name.startswith(f"look/{now['who']}/")]
        assert mine[-1][0] == LEFT + TILE * now["position"] == there[f"front/{now['copy']}"][0]


def test_a_token_is_carried_to_the_copy_and_waits_there_until_the_front_has_passed(world):
    run = world.again(policy="token", think=Fixed(0.5))
    view = fronts(run)
    frame = view.at(step=end(view)).frame
    asks = frame[frame["what"] == "asks"]
    assert len(asks) > 3
    for at, now in asks.iterrows():
        there = places(view.at(step=at + 1))
        (x, y), front = there[f"token/{now['who']}"], there[f"front/{now['copy']}"]
        assert y in (front[1], front[1] + 21) and x == LEFT + TILE * now["token"] > front[0]
        later = frame[(frame["who"] == now["who"]) & (frame["what"] == "look") & (frame.index > at)].index[0]
        there = places(view.at(step=later + 1))
        assert there[f"token/{now['who']}"][0] <= there[f"front/{now['copy']}"][0]
    assert "token/" not in fronts(world).at(step=end(fronts(world))).html


def test_the_primary_answers_from_the_tape(world):
    view = fronts(world.again(policy="primary", think=Fixed(0.5)))
    frame = view.at(step=end(view)).frame
    looks = frame[frame["what"] == "look"]
    assert set(looks["copy"]) == {"primary"} and not looks["broken"].any()
    assert "looks at the primary, which has" in view.at(step=int(looks.index[0]) + 1).says


def test_a_function_of_your_own_is_seen_at_work(world):
    def at_once(shop, order):
        shop.send(order)
        return shop.ask().value

    def waits(shop, order):
        return shop.ask(at_least=shop.send(order).position).value

    wrong, right = (fronts(world.again(policy=mine, think=Fixed(0.5))) for mine in (at_once, waits))
    red = [[step for step in range(end(view) + 1) if "✕ own" in view.at(step=step).html] for view in (wrong, right)]
    assert len(red[0]) > 3 and red[1] == []
    assert "token/Ada" in right.at(step=end(right)).html and "token/" not in wrong.at(step=end(wrong)).html


def test_a_longer_log_moves_on_so_that_its_end_is_there():
    run = simulate_world(BUSY, TEA, visits=40, think=Fixed(0.5), seed=2)
    picture = fronts(run).at(step=end(fronts(run)))
    tiles = [name for name in places(picture) if name.startswith("tile/")]
    assert tiles == [f"tile/{position}" for position in range(26, 41)]
    assert all(x <= 940 for x, _ in places(picture).values())


def test_only_as_many_people_as_have_room_are_shown():
    run = simulate_world(BUSY, TEA, visits=30, think=Fixed(3.0), seed=2)
    picture = fronts(run).at(step=end(fronts(run)))
    assert len([name for name in places(picture) if name.startswith("person/")]) == 6 < run.trace["session"].nunique()
    assert set(picture.frame.loc[picture.frame["what"] == "look", "who"]) <= set(run.trace["session"].unique()[:6])


def test_names_and_keys_do_not_become_markup():
    domain = Domain(
        write.register,
        lambda number, person, key: visits.order_one(number, person, "cup"),
        visits.UnitsOrdered,
        ("<i>",),
    )
    run = simulate_world(BUSY, domain, visits=3, think=Fixed(0.5))
    assert "<i>" not in fronts(run).at(step=5).html


def test_what_is_no_world_is_refused():
    with pytest.raises(lab.InvalidArgument, match="give simulate_world"):
        fronts(3)


def test_no_copy_has_the_letter_that_stands_for_a_person(world):
    picture = fronts(world.again(policy="token", think=Fixed(0.5))).at(step=9)
    letters = {name.removeprefix("person/")[0] for name in places(picture) if name.startswith("person/")}
    assert letters and not letters & set(picture.frame["copy"])
    assert re.findall(r">▲ copy (\w+)<", picture.html) == ["1", "2"]


def test_no_words_are_cut_off_and_no_mark_lies_on_another():
    for model, seed in ((BUSY, 11), (BUSY, 18), (LagModel(Poisson(2.0), Exponential(1.2), replicas=3), 2)):
        policy = "token" if seed == 2 else "eventual"
        view = fronts(simulate_world(model, TEA, visits=30, think=Fixed(0.5), policy=policy, seed=seed))
        for step in range(1, end(view) + 1, 3):
            picture = view.at(step=step)
            marks = [place for name, place in places(picture).items() if name.startswith("look/")]
            assert len(marks) == len(set(marks))
            tokens = [place for name, place in places(picture).items() if name.startswith("token/")]
            assert len(tokens) == len(set(tokens))
            words = r'<text x="([\d.-]+)" y="[\d.]+" text-anchor="(\w+)" class="strong label"[^>]*>([^<]+)<'
            said = re.search(words, picture.html)
            if said:
                x, long = float(said[1]), 9.5 * len(said[3])
                left = x - long if said[2] == "end" else x
                assert left > LEFT and left + long < 940
            for x, words in re.findall(r'<text x="([\d.]+)"[^>]*>(\d+ behind)<', picture.html):
                assert float(x) + 9 * len(words) < 940

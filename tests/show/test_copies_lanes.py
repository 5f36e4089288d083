"""The lanes are as long as the rows they stand for; one that is cut says by how much it is longer."""

import random
import re

import pandas as pd
import pytest

from cqrs_lab.show.copies_lanes import LEFT, LONGEST, SHORTEST, drawn_lanes


def costs(**ways):
    frame = pd.DataFrame(ways, index=["written", "read"]).T.astype("float64")
    return frame.assign(total=frame.sum(axis=1))


def lanes(html):
    """Return what is written and read in each lane, in pixels, from the top lane down."""
    found, box = {}, r'key="(write|read)/(\w+)" x="([\d.]+)" y="(\d+)" width="([\d.]+)"'
    for part, way, left, top, long in re.findall(box, html):
        found.setdefault((int(top), way), {})[part] = (float(left), float(long))
    return {way: found[top, way] for top, way in sorted(found)}


@pytest.mark.parametrize("seed", range(20))
def test_a_lane_is_as_many_times_as_long_as_its_rows_are_as_many(seed):
    chance = random.Random(seed)
    ways = costs(**{name: [chance.randrange(200), chance.randrange(1, 3000)] for name in "abcd"})
    drawn = lanes(drawn_lanes(ways, "ways"))
    least = ways["total"].min()
    assert list(drawn) == list(ways.sort_values("total", kind="stable").index)
    for way, parts in drawn.items():
        written, read = parts.get("write", (LEFT, 0.0)), parts.get("read")
        assert written[0] == LEFT and (read is None or read[0] == pytest.approx(LEFT + written[1], abs=0.2))
        assert written[1] == pytest.approx(min(SHORTEST * ways.at[way, "written"] / least, LONGEST), abs=0.1)
        together = written[1] + (read[1] if read else 0.0)
        assert together == pytest.approx(min(SHORTEST * ways.at[way, "total"] / least, LONGEST), abs=0.1)


def test_a_lane_that_is_cut_is_torn_and_says_how_many_times_as_much_it_is():
    html = drawn_lanes(costs(own=[3, 7], join=[0, 100], log=[0, 101], all=[0, 20_000]), "ways")
    assert set(re.findall(r'key="torn/(\w+)"', html)) == {"log", "all"}
    assert re.findall(r">([^<]*(?:times|cheapest))<", html) == ["the cheapest", "10 times", "10 times", "2,000 times"]
    assert all(f">{rows}<" in html for rows in ("10 rows", "100 rows", "20,000 rows"))


def test_what_somebody_picks_is_said_beside_it():
    html = drawn_lanes(costs(own=[3, 7], join=[0, 25]), "ways", "join")
    assert ">2.5 times, your pick<" in html and ">the cheapest<" in html


def test_the_same_way_has_the_same_keys_wherever_its_lane_is():
    before, after = (drawn_lanes(costs(own=[3, 7], join=[join, 1]), "ways") for join in (1, 60))
    assert list(lanes(before)) == ["join", "own"] and list(lanes(after)) == ["own", "join"]
    assert set(re.findall(r'data-key="(.*?)"', before)) == set(re.findall(r'data-key="(.*?)"', after))

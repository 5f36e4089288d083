"""The view of the choice: what it says and draws is what `choose` returns, at any setting, for anybody's numbers."""

import re

import numpy as np
import pandas as pd
import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.show import should_you
from cqrs_lab.simulation.choice import COSTS, SystemPart, Traffic, choose
from cqrs_lab.simulation.choice_cases import CASES

MINE = dict(zip(COSTS, (1.0, 0.1, 20.0, 8.0, 0.2, 1.0, 40.0), strict=True))


@pytest.fixture(scope="module")
def view():
    return should_you({"mine": MINE, "cheap reads": MINE | {"crud_read": 0.5}}, unit="ms")


@pytest.mark.parametrize("name", CASES)
def test_a_part_is_shown_at_its_own_traffic(name):
    part = CASES[name]
    view, made = should_you(part, unit="ms"), choose(part.costs, part.traffic)
    assert f"hoose {made.choice}." in view.says
    frame = view.frame()
    assert frame["total"].to_list() == pytest.approx([made.crud, made.cqrs])
    assert frame.index[frame["chosen"]].to_list() == [made.choice]


def test_each_setting_reaches_the_model(view):
    moved = view.at(page=0, read_share=100, contention=30, rules=7, staleness=25).frame
    made = choose(MINE, Traffic(0.5, 0.3, 7, 2.5))
    assert moved["total"].to_list() == pytest.approx([made.crud, made.cqrs])
    assert moved["again"].to_list() == pytest.approx([0, made.work.at["CQRS", "again"]])


def test_the_page_is_part_of_the_question(view):
    assert "mine: choose CQRS." in view.at(page=0).says and "cheap reads: choose CRUD." in view.at(page=1).says


def test_every_control_moves_the_picture(view):
    here = view.at().html
    for moved in ({"page": 1}, {"read_share": 20}, {"contention": 50}, {"rules": 30}, {"staleness": 0}):
        assert view.at(**moved).html != here


def test_where_it_flips_is_said_and_drawn_with_its_interval():
    noise = np.random.default_rng(1).lognormal(0, 0.1, (10, len(COSTS)))
    costs = pd.DataFrame(noise * list(MINE.values()), columns=list(COSTS))
    flip = choose(costs, Traffic(0.9, staleness_seconds=10)).flips.loc["read_share"]
    picture = should_you(costs).picture
    said = re.search(r"a read share of ([\d.]+)% \(([\d.]+)% to ([\d.]+)%\)", picture.says)
    assert [float(one) / 100 for one in said.groups()] == pytest.approx(list(flip[["at", "low", "high"]]), abs=1e-3)
    assert f"flips at {said[1]}% ({said[2]}% to {said[3]}%)" in picture.html


def test_where_nothing_flips_it_says_so():
    picture = should_you(CASES["my orders"]).picture
    assert picture.says.endswith("Nothing that you can set flips it from here.")
    assert picture.html.count("nowhere along this line does CQRS win") == 4


def test_along_each_line_the_sides_are_named_and_the_setting_is_marked(view):
    html = view.picture.html
    assert len(re.findall(r'data-key="here/', html)) == 4 and html.count(">CQRS</text>") >= 4


def test_no_label_lies_on_another_and_none_is_cut():
    """In lines of text of one height, at no setting of a coarse grid: by the widths of the letters."""
    view = should_you(MINE)
    for read_share in range(0, 201, 40):
        for contention in (0, 60, 95):
            for staleness in (0, 5, 600):
                html = view.at(read_share=read_share, contention=contention, staleness=staleness).html
                assert crossing(html) == [], (read_share, contention, staleness)


def crossing(html):
    """Return pairs of labels that cross, and labels beyond the edge; those in bars have their own bound."""
    spans = []
    texts = r'<text x="([\d.-]+)" y="([\d.]+)" text-anchor="(\w+)" class="[^"]*">([^<]*)</text>'
    for x, y, anchor, words in re.findall(texts, re.sub(r"<g data-key=.part.*?</g>", "", html)):
        width = 7.3 * len(words)
        begin = float(x) - {"start": 0, "middle": 0.5, "end": 1}[anchor] * width
        spans.append((float(y), begin, begin + width, words))
    wrong = [words for _, begin, end, words in spans if begin < 0 or end > 960]
    for at, (y, begin, end, words) in enumerate(spans):
        wrong += [
            (words, other)
            for other_y, other_begin, other_end, other in spans[at + 1 :]
            if abs(y - other_y) < 14 and begin < other_end and other_begin < end
        ]
    return wrong


def test_a_reader_may_bring_a_part_of_their_own():
    own = SystemPart("ours", MINE, Traffic(0.8, staleness_seconds=3, rate_per_second=5))
    assert should_you(own).values == {"read_share": 160, "contention": 0, "rules": 0, "staleness": 30}


@pytest.mark.parametrize(
    ("costs", "words", "said"),
    [
        ("much", {}, "costs='much' is not costs; give a number for each of crud_write"),
        ({"crud_write": 1.0}, {}, "costs has no 'crud_rule'"),
        ({"page": {"crud_write": 1.0}}, {}, "costs has no 'crud_rule'"),
        (MINE, {"reads": 5}, "no control 'reads'; give one of read_share, contention, rules, staleness"),
        (MINE, {"read_share": 101}, "read_share=101 is not a setting; give a number from 0 to 100%"),
        (MINE, {"read_share": 0.8}, "read_share is in per cent: 0.8 would be 0.8 %; of a share of 0.8, give 80;"),
        (MINE, {"contention": 0.5}, "contention is in per cent: 0.5 would be 0.5 %; of a share of 0.5, give 50;"),
        (MINE, {"rate": 0}, "rate_per_second=0: give more than 0"),
        (MINE, {"worth": 0.5}, "worth=0.5 is not how many times as much; give 1 or more"),
        (MINE, {"unit": 3}, "unit=3 is not what costs are counted in"),
    ],
)
def test_what_means_nothing_is_refused(costs, words, said):
    with pytest.raises(InvalidArgument) as refused:
        should_you(costs, **words)
    assert said in str(refused.value)


def pans(picture):
    """Return how low the pan of each side hangs."""
    hangs = re.findall(r'data-key="pan[^"]*?(CRUD|CQRS)" transform="translate\(\S+ (\S+)\)"', picture.html)
    return {side: float(y) for side, y in hangs}


def test_the_side_that_is_chosen_is_the_lighter_one_and_at_a_flip_both_hang_level():
    view = should_you(CASES["best sellers"], unit="ms")
    shares = range(201)
    hang = {share: pans(view.at(read_share=share)) for share in shares}
    chosen = {share: view.at(read_share=share).frame["chosen"].idxmax() for share in shares}
    assert all(min(hang[share], key=hang[share].get) == chosen[share] for share in shares)
    [flip] = [share for share in shares[1:] if chosen[share] != chosen[share - 1]]
    assert abs(hang[flip]["CRUD"] - hang[flip]["CQRS"]) < 5 < abs(hang[0]["CRUD"] - hang[0]["CQRS"])

"""A chart takes the page's colours, says its name, and is the same each time."""

import re

import numpy as np
import pytest

from cqrs_lab.show import chart
from cqrs_lab.show.chart import INK, drawn, new_chart
from cqrs_lab.show.style import PARTS


def line(name="rising", colour=INK):
    figure, axes = new_chart()
    axes.plot([1, 2], [3, 4], color=colour)
    axes.set(xlabel="time (seconds)")
    return drawn(figure, name)


def test_a_chart_is_named_and_escapes_its_name():
    assert 'role="img" aria-label="a &lt; b"' in line("a < b") and line().count("<svg") == 1


def test_its_ink_is_the_colour_of_the_page_and_its_ground_is_clear():
    assert INK not in line() and "currentColor" in line() and "#ffffff" not in line()


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part.name)
def test_the_colour_of_a_part_is_the_one_of_the_theme(part):
    drawn = line(colour=part.colour)
    assert part.paint in drawn and part.colour not in drawn


def test_its_text_is_text():
    assert "time (seconds)</text>" in line()


def test_the_same_figure_gives_the_same_markup():
    assert line() == line() and "<dc:date>" not in line()


def test_places_are_kept_to_a_hundredth_of_a_point_and_words_as_they_are(monkeypatch):
    def picture():
        figure, axes = new_chart()
        axes.plot(np.linspace(0, 1, 50), np.sqrt(np.linspace(0, 1, 50)))
        axes.annotate('on "0.123456" it is 1.234567', (1 / 3, 0.5))
        return drawn(figure, "a curve: 0.123456")

    number = re.compile(r"-?\d+\.?\d*")
    short = picture()
    monkeypatch.setattr(chart, "PLACES", "no such thing")
    exact = picture()
    assert "1.234567" in short and "a curve: 0.123456" in short and len(short) < len(exact)
    ours, theirs = (np.array(number.findall(one), float) for one in (short, exact))
    assert len(ours) == len(theirs) and np.abs(ours - theirs).max() < 0.01


@pytest.mark.parametrize(("places", "clipped"), [(((0, 0.5), (1, 1)), False), (((0, 0.5), (1, 1.2)), True)])
def test_a_mark_at_the_edge_is_whole_and_one_beyond_it_is_not_drawn(places, clipped):
    figure, axes = new_chart()
    axes.plot(*zip(*places, strict=True), "s", markersize=11, gid="marks")
    axes.set(xlim=(0, 1), ylim=(0, 1))
    [marks] = re.findall(r'<g id="marks".*?</g>', drawn(figure, "marks"), flags=re.S)
    assert ("clip-path" in marks) == clipped

"""A chart takes the page's colours, says its name, and is the same each time."""

import pytest

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

"""The palette can be read: in both themes, on every ground, and the charts take the same colours."""

import re
from itertools import product

import pytest

from cqrs_lab.show.style import OF_PICTURES, OF_PRINTS, PARTS, STYLESHEET, TINTS, rules_for, tint

THEMES = {"light": r"^\.cqrs-lab \{(.*?)\}", "dark": r"^\[data-jp-theme-light=\"false\"\] \.cqrs-lab \{(.*?)\}"}
TEXT = {"light": "#212121", "dark": "#ffffff"}  # JupyterLab's own, at their faintest
ENOUGH_FOR_TEXT, ENOUGH_FOR_LINES = 4.5, 3.0


def palette(theme):
    """Return the colours of a theme by name, as the style sheet gives them."""
    block = re.search(THEMES[theme], STYLESHEET, re.S | re.M)[1]
    found = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{3,6});", block))
    return {
        name: value if len(value) == 7 else "#" + "".join(2 * one for one in value[1:]) for name, value in found.items()
    }


def contrast(one, other):
    def luminance(colour):
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_what_the_guidelines_say():
    assert contrast("#000000", "#ffffff") == pytest.approx(21) and contrast("#777777", "#ffffff") == pytest.approx(
        4.48, abs=0.01
    )


@pytest.mark.parametrize("theme", THEMES)
def test_text_can_be_read_on_every_ground_and_lines_be_seen(theme):
    colours = palette(theme)
    grounds = [*TINTS, "write-tint", "read-tint", "person-tint", "other-tint", "good-tint", "bad-tint", "none-tint"]
    grounds += ["stage", "card", "ribbon"]
    assert {name: contrast(TEXT[theme], colours[name]) >= ENOUGH_FOR_TEXT for name in grounds} == dict.fromkeys(
        grounds, True
    )
    words = list(product(("write", "read", "good", "bad", "person", "other"), ("stage", "card")))
    words += [(name, f"{name}-tint") for name in ("write", "read", "person", "other", "good", "bad", "none")]
    for word, ground in words:
        assert contrast(colours[word], colours[ground]) >= ENOUGH_FOR_TEXT, (word, ground)
    for name in TINTS:
        assert contrast(colours[f"{name}-edge"], colours[name]) >= ENOUGH_FOR_LINES, name


def test_both_themes_name_the_same_colours():
    assert palette("light").keys() == palette("dark").keys()


def test_the_charts_have_the_colours_of_the_light_theme():
    colours = palette("light")
    for part in PARTS[0], PARTS[2]:
        assert part.colour == colours[part.paint.removeprefix("var(--").removesuffix(")")]


def test_the_tints_come_in_their_order_and_then_again():
    assert len({tint(number) for number in range(5)}) == 5 and tint(5) == tint(0) and "honey" in tint(0)


def test_a_picture_keeps_the_rules_that_it_needs_and_no_others():
    plain, table = rules_for("<p>seven</p>"), rules_for('<table class="decisions"><td class="refusal"></td></table>')
    assert ".cqrs-lab {" in plain and ".decisions" not in plain and len(plain) < len(STYLESHEET) / 2
    assert ".decisions .refusal {" in table and ".decisions .nothing {" not in table and ".pieces" not in table


def test_what_the_rules_of_a_picture_say_is_what_the_whole_sheet_says_about_its_classes():
    """Every rule that names only classes of the page or of the picture is there, in the order of the sheet."""
    every = set(re.findall(r"\.([A-Za-z][\w-]*)", re.sub(r"url\([^)]*\)", "", OF_PICTURES)))
    assert re.sub(r"\s", "", rules_for(f'<p class="{" ".join(every)}">')) == re.sub(r"\s", "", OF_PICTURES)


def test_a_picture_leaves_the_prints_of_a_notebook_to_the_views_beside_it():
    assert OF_PRINTS in STYLESHEET and "jp-OutputArea" not in rules_for("<pre>seven</pre>")

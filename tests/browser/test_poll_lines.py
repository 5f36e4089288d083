"""In the picture of the skipped event no line of a poll goes through what is written above a transaction."""

import pytest

from cqrs_lab.show import skipped_event

pytestmark = pytest.mark.browser

MET = """() => {
  const box = (each) => each.getBoundingClientRect();
  const names = [...document.querySelectorAll("svg text")].filter((each) => /^(Ada|Ben): /.test(each.textContent));
  const lines = [...document.querySelectorAll("svg [id^=LineCollection] path, svg [id^=LineCollection] use")].map(box);
  const meets = (name) => lines.some((line) =>
    line.left < name.right && line.right > name.left && line.top < name.bottom && line.bottom > name.top);
  return [names.length, lines.length, names.filter((each) => meets(box(each))).map((each) => each.textContent)];
}"""


@pytest.mark.parametrize("setting", [{}, {"ada_takes": 9, "ben_takes": 8}, {"remedy": 1, "ada_lasts": 20}])
def test_no_line_of_a_poll_goes_through_a_name(show, setting):
    view = skipped_event()
    view.move(**setting)
    page = show(view)
    page.add_style_tag(content=view._css)
    names, lines, met = page.evaluate(MET)
    assert names == 2 and lines >= 10
    assert met == []

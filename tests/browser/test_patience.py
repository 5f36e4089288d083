"""A question on a page says so when no answer comes, and takes the answer when it does."""

import pytest

from cqrs_lab.course.ask import Ask

pytestmark = pytest.mark.browser

# A stand-in for the kernel's side of a widget: what is set is kept, and nobody answers by itself.
PAGE = """
async (source) => {
  const file = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const { default: widget } = await import(file);
  const questions = [{ key: "02.1", text: "How many?", choices: ["one", "two"] }];
  const state = { questions, given: {}, told: {}, refused: {} };
  const listeners = new Set();
  const model = {
    get: (name) => state[name],
    set: (name, value) => { state[name] = value; },
    save_changes: () => {},
    on: (_, listener) => listeners.add(listener),
    off: (_, listener) => listeners.delete(listener),
  };
  window.answer = (name, text) => { state[name] = { "02.1": text }; listeners.forEach((each) => each()); };
  widget.render({ model, el: document.body });
}
"""


@pytest.fixture
def page(browser):
    page = browser.new_page()
    page.clock.install()
    page.goto("about:blank")
    page.evaluate(PAGE, Ask._esm)
    yield page
    page.close()


def give(page):
    page.get_by_label("two").check()
    page.get_by_role("button").click()


def test_without_an_answer_it_asks_to_run_the_cell_again(page):
    give(page)
    status = page.get_by_role("status")
    page.clock.run_for(3000)
    assert "run this cell again" not in status.inner_text()
    page.clock.run_for(2000)
    assert "If it was restarted, run this cell again" in status.inner_text()
    page.evaluate("answer('told', 'Kept: two.')")
    assert status.inner_text() == "Kept: two."


def test_an_answer_in_time_is_all_that_is_said(page):
    give(page)
    page.evaluate("answer('told', 'Kept: two.')")
    page.clock.run_for(10000)
    assert page.get_by_role("status").inner_text() == "Kept: two."


def test_a_refusal_is_shown_and_the_button_stays(page):
    give(page)
    page.evaluate("answer('refused', 'no answer; give one of one, two')")
    page.clock.run_for(10000)
    assert page.get_by_role("status").inner_text().startswith("no answer")
    assert page.get_by_role("button").is_enabled()

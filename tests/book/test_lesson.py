"""A lesson that has run becomes the body of a page."""

import nbformat
import pandas as pd
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from cqrs_lab.book.in_the_kernel import QUESTIONS, VIEW
from cqrs_lab.book.lesson import body
from cqrs_lab.course.predict import reveal
from cqrs_lab.course.questions import QUESTIONS as RECALLED
from cqrs_lab.course.recall import recall
from cqrs_lab.show import Picture, View
from cqrs_lab.show.frozen import frozen
from cqrs_lab.show.view import Control


def shown(source, data=None, **more):
    outputs = [new_output("execute_result", {"text/plain": "text", **data})] if data else []
    return new_code_cell(source, outputs=outputs, **more)


def page(*cells, pages=("00_start_here",)):
    notebook = new_notebook(cells=list(cells))
    nbformat.validate(notebook)
    return body(notebook, "99_page", pages)


def test_prose_keeps_its_headings_as_places_to_search():
    made = page(new_markdown_cell("# One *question*?\n\nThe text."), new_markdown_cell("## A part\n\nIt's < more."))
    assert [(one.level, one.title, one.text) for one in made.sections] == [
        (1, "One question ?", "The text."),
        (2, "A part", "It's < more."),
    ]
    assert "¶" not in made.html


def test_links_lead_to_pages_and_only_to_those_that_are_there():
    table = '<a href="00_start_here.ipynb">zero</a> <a href="01_one_model.ipynb">one</a>'
    html = page(new_markdown_cell("[word](../docs/glossary.md)"), shown("x", {"text/html": table})).html
    assert '<a href="glossary.html">word</a>' in html
    assert '<a href="00_start_here.html">zero</a> one' in html


def test_the_answer_to_an_exercise_opens_on_a_click():
    html = page(shown("def mine():\n    ...\n\n# An answer:\ndef mine():\n    return 42")).html
    given, answer = html.split('<details class="answer">')
    assert "42" not in given and "42" in answer and "# An answer" not in html


def test_a_question_that_opens_a_lesson_has_a_reply_to_each_choice():
    html = page(shown('recall("02")', {QUESTIONS: recall("02").questions})).html
    assert html.count("<details>") == sum(len(one.answers) for one in RECALLED["02"])
    assert "recall" not in html


def test_a_prediction_opens_what_the_run_reveals_later():
    asked = {"key": "99.1", "text": "How many?", "choices": ("one", "two"), "least": None, "most": None}
    told = reveal("99.1", "two")
    cells = [
        shown('predict("99.1", "How many?", choices=["one", "two"])', {QUESTIONS: [asked]}),
        shown('reveal("99.1", "two")', {"text/html": told._repr_html_(), "text/plain": repr(told)}),
    ]
    html = page(*cells).html
    assert html.count("Answer: two.") == 2
    assert "guess" not in html and "<style>" not in html
    assert html.index("<li>one</li>") < html.index("<details>") < html.index("Answer: two.")


@pytest.mark.parametrize(("most", "few"), [(5, ""), (99_999, "settings are drawn here; a control steps over")])
def test_a_view_is_its_picture_with_its_states_beside(most, few):
    def draw(step):
        return Picture(f"<b>{step}</b>", f"step {step}", pd.DataFrame())

    view = View(draw, [Control("step", "Step", 0, most, 3)])
    view.veil = "Your guess (99.1) uncovers it."
    made = page(shown("view", {VIEW: frozen(view)._asdict()}))
    assert "<b>3</b>" in made.html and 'data-states="states/99_page-view-1.js"><div id="view-1">' in made.html
    assert few in made.html and ("settings are drawn" in made.html) == bool(few)
    assert "uncover the picture" in made.views["view-1"]["veil"] and "guess" not in made.views["view-1"]["veil"]


def test_what_was_printed_and_what_was_raised_is_text():
    cell = new_code_cell("x", outputs=[new_output("stream", text="<1>\n")])
    error = new_output("error", ename="E", evalue="no", traceback=["\x1b[31mE\x1b[0m: no"])
    html = page(cell, new_code_cell("y", outputs=[error])).html
    assert "&lt;1&gt;" in html and ">E</span>: no" in html


def test_of_a_progress_bar_nothing_stays():
    bar = {"application/vnd.jupyter.widget-view+json": {"model_id": "1"}}
    assert page(shown("run()", bar)).html.count("text") == 0

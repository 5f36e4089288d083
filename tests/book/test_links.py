"""A finished book is refused for a link that leads nowhere, a picture without a text, and what comes from elsewhere."""

import pytest

from cqrs_lab.book.links import faults

GOOD = """<link rel="stylesheet" href="book.css"><script src="book.js"></script>
<h1 id="top">Title</h1><a href="#top">up</a><a href="other.html#there">there</a>
<a href="https://example.org/">a page elsewhere</a><img src="data:," alt=""><img src="data:," alt="a cup">
<svg aria-label="a drawing"><marker id="tip"/><svg></svg></svg><svg aria-hidden="true"><marker id="tip"/></svg>"""


@pytest.fixture
def book(tmp_path):
    """A function that writes a page with more markup, beside another page, and returns what is wrong."""

    def book(more="", style=""):
        (tmp_path / "other.html").write_text('<h2 id="there">There</h2>')
        (tmp_path / "book.css").write_text(style)
        (tmp_path / "book.js").write_text("")
        (tmp_path / "index.html").write_text(GOOD + more)
        return faults(tmp_path)

    return book


def test_a_good_book_has_no_fault(book):
    assert book() == []


@pytest.mark.parametrize(
    ("markup", "fault"),
    [
        ('<a href="nowhere.html">', "leads nowhere"),
        ('<a href="#nowhere">', "leads nowhere"),
        ('<a href="other.html#top">', "leads nowhere"),
        ('<a href="05_read_models.ipynb">', "leads nowhere"),
        ('<a href="javascript:void(0)">', "leads nowhere"),
        ('<script src="https://example.org/x.js"></script>', "not beside it"),
        ('<script src="//example.org/x.js"></script>', "not beside it"),
        ('<link rel="stylesheet" href="gone.css">', "not beside it"),
        ('<div data-states="gone.js"></div>', "not beside it"),
        ('<img src="https://example.org/x.png" alt="x">', "not beside it"),
        ('<img src="data:,">', "no text for"),
        ('<svg role="img"></svg>', "no text for"),
        ('<p id="top"></p>', "stands 2 times"),
    ],
)
def test_each_fault_is_named(book, markup, fault):
    (found,) = book(markup)
    assert fault in found and found.startswith("index.html: ")


@pytest.mark.parametrize("style", ["a { background: url(https://example.org/x) }", "@import 'x.css';"])
def test_a_style_that_loads_something_is_a_fault(book, style):
    assert book(style=style) == ["book.css: loads something from another machine"]

"""Tables are drawn with headers, separators of thousands, and marks that are not of colour alone."""

import pandas as pd

from cqrs_lab.show.picture import Picture, table


def test_a_table_has_a_caption_and_headers_of_columns_and_rows():
    html = table(pd.DataFrame({"units": [-1234]}, index=pd.Index(["tea"], name="product")), "Sales")
    assert "<caption>Sales</caption>" in html
    assert '<th scope="col">product</th><th scope="col" class="number">units</th>' in html
    assert '<th scope="row">tea</th><td class="number">−1,234</td>' in html


def test_an_index_without_a_name_is_left_out():
    assert '<th scope="row">' not in table(pd.DataFrame({"units": [1]}), "Sales")


def test_a_column_without_a_name_has_no_empty_header():
    html = table(pd.DataFrame({"": ["yes"]}), "Answer")
    assert "<tr><td></td></tr></thead>" in html and "></th>" not in html


def test_a_changed_cell_is_also_read_out():
    frame = pd.DataFrame({"units": [1, 2]})
    html = table(frame, "Sales", changed=pd.DataFrame({"units": [False, True]}))
    assert html.count("changed") == 2 and html.index("changed") > html.index(">1<")
    assert '<td class="number changed">2<span class="only-read-out"> (changed)</span></td>' in html


def test_a_table_without_rows_says_so_under_its_headers():
    html = table(pd.DataFrame({"units": [], "name": []}), "Sales", nothing="none sold")
    assert '<td class="nothing" colspan="2">none sold</td>' in html and ">units</th>" in html


def test_text_never_becomes_markup():
    html = table(pd.DataFrame({"<i>": ["<b>&"]}), "<u>")
    assert "&lt;b&gt;&amp;" in html and not {"<i>", "<b>", "<u>"} & set(html.split(">"))
    assert "<b>" not in html and "<i>" not in html and "<u>" not in html


def test_a_picture_shows_itself_and_reads_as_its_sentence():
    picture = Picture("<p>x</p>", "an x", pd.DataFrame())
    assert repr(picture) == "an x" and '<div class="cqrs-lab"><p>x</p></div>' in picture._repr_html_()

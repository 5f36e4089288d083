"""A report shows itself as text and in a notebook."""

from __future__ import annotations

import cqrs_lab as lab
from cqrs_lab.findings import Findings

FAULTY = lab.Report("<mine>", 3, (lab.Fault("law 5", "did <b>", "1", "2"),), ("and <more>",))


def test_a_report_is_a_table_with_a_caption_and_escapes_what_it_shows():
    html = FAULTY._repr_html_()
    assert "<caption>" in html and "&lt;mine&gt; breaks a law; the simplest case of each:</caption>" in html
    assert "did &lt;b&gt;" in html and "and &lt;more&gt;" in html and "<b>" not in html
    assert 'scope="col"' in html and 'scope="row"' in html


def test_what_is_shown_by_a_sign_is_also_said():
    assert 'role="img" aria-label="failed">✗' in FAULTY._repr_html_()
    assert 'role="img" aria-label="passed">✓' in lab.Report("mine", 3, ())._repr_html_()


def test_a_report_without_faults_says_so_in_a_line():
    assert str(lab.Report("mine", 3, ())) == "mine keeps its laws: 3 checks, no faults"
    assert "mine keeps its laws: 3 checks, no faults" in lab.Report("mine", 3, ())._repr_html_()


def test_a_fault_is_shown_with_what_was_done_expected_and_came():
    assert str(FAULTY).splitlines() == [
        "<mine> breaks a law; the simplest case of each:",
        "law 5",
        "  done:     did <b>",
        "  expected: 1",
        "  got:      2",
        "note: and <more>",
    ]


def test_of_each_law_the_first_fault_is_kept_and_no_note_stands_twice():
    found = Findings("mine")
    for came in (2, 3):
        found.expect("law 1", "added", 1, came)
        found.remark("short log")
    found.expect("law 2", "added", 1, 1)
    found.count(10)
    assert [fault.came for fault in found.report().faults] == ["2"]
    assert found.report().notes == ("short log",) and found.report().checks == 13

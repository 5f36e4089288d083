"""Every learner's notebook works in a real JupyterLab. A new lesson joins by existing."""

from pathlib import Path

import pytest

from .lesson_page import Visit

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
LESSONS = [*sorted(NOTEBOOKS.glob("[0-9]*.ipynb")), NOTEBOOKS / "your_system.ipynb"]

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def served(lab) -> None:
    lab.serve(NOTEBOOKS)


@pytest.fixture(scope="module", params=LESSONS, ids=lambda path: path.stem)
def seen(request: pytest.FixtureRequest, served: None, visit) -> Visit:
    """What one visit to the lesson saw; all tests of a lesson share it."""
    return visit(request.param)


def test_every_code_cell_runs(seen: Visit) -> None:
    assert seen.not_run == []


def test_no_cell_raises_unannounced(seen: Visit) -> None:
    assert seen.raised == []


def test_nothing_is_written_on_stderr(seen: Visit) -> None:
    assert seen.stderr == []


def test_the_page_reports_no_error(seen: Visit) -> None:
    assert seen.page_errors == []


def test_nothing_is_asked_from_outside(seen: Visit) -> None:
    assert seen.outside == []


def test_every_picture_and_every_control_has_a_name(seen: Visit) -> None:
    assert seen.without_a_name == []


def test_every_control_moved_by_keyboard_changes_its_picture_or_text(seen: Visit) -> None:
    assert seen.not_moved == []


def test_zoomed_in_what_belongs_to_a_control_stays_in_one_row(seen: Visit) -> None:
    assert seen.torn == []


def test_no_control_makes_the_kernel_complain(seen: Visit) -> None:
    assert seen.callback_errors == []


def test_axe_finds_nothing_that_keeps_anybody_out(seen: Visit) -> None:
    assert seen.closed == []


def test_no_text_lies_on_another_or_is_cut(seen: Visit) -> None:
    assert seen.crowded == []

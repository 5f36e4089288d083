"""One file: every step is really tried; who is locked out, and who sees which stock, is what SQLite says."""

from xml.etree import ElementTree

import pytest

from cqrs_lab.show import one_file

ROLLBACK, WAL = 0, 1


@pytest.fixture(scope="module")
def view():
    return one_file()


def played(view, **setting):
    """Return a run to its end as a table of who tried what in which step, and what came of it."""
    view.move(**setting)
    view.move(step=view.controls[3]["most"])
    return view.frame()


def lane(frame, who):
    return [
        f"{one.step} {one.does}: {'locked' if one.waits else one.came}"
        for one in frame[frame["who"] == who].itertuples(index=False)
    ]


def test_with_a_rollback_journal_a_reader_keeps_the_commit_out_and_the_commit_keeps_new_readers_out(view):
    frame = played(view, journal=ROLLBACK, readers=2, writers=1)
    assert lane(frame, "writer 1") == ["2 sells one: 11", "3 commits: locked", "4 commits: locked", "5 commits: done"]
    assert lane(frame, "reader 1") == ["1 looks: 12", "2 looks: 12", "3 looks: 12", "4 closes: done"]
    assert lane(frame, "reader 2")[:3] == ["3 looks: locked", "4 looks: locked", "5 looks: 11"]


def test_in_wal_nobody_waits_for_a_reader_and_a_reader_keeps_the_stock_of_its_first_look(view):
    frame = played(view, journal=WAL, readers=2, writers=1)
    assert lane(frame, "writer 1") == ["2 sells one: 11", "3 commits: done"]
    assert lane(frame, "reader 1") == ["1 looks: 12", "2 looks: 12", "3 looks: 12", "4 closes: done"]
    assert lane(frame, "reader 2") == ["3 looks: 11", "4 looks: 11", "5 looks: 11", "6 closes: done"]


def test_what_lesson_1_says_of_two_readers_and_two_writers(view):
    assert played(view, journal=ROLLBACK, readers=2, writers=2)["waits"].sum() == 10
    locked = played(view, journal=WAL, readers=2, writers=2).query("waits")
    assert locked["who"].to_list() == ["writer 2"]


def test_in_wal_no_reader_is_ever_locked_out_and_with_readers_or_one_writer_alone_nobody_is(view):
    for readers in range(4):
        for writers in range(3):
            frame = played(view, journal=WAL, readers=readers, writers=writers)
            assert not frame.loc[frame["waits"], "who"].str.startswith("reader").any()
            if readers == 0 and writers == 1 or writers == 0:
                assert not played(view, journal=ROLLBACK, readers=readers, writers=writers)["waits"].any()


def test_nobody_is_said_to_wait_since_a_lock_is_an_error_at_once(view):
    for journal in (ROLLBACK, WAL):
        played(view, journal=journal, readers=2, writers=2)
        assert "wait" not in view.html and "How often were they locked out?" in view.html


@pytest.mark.parametrize("journal", [ROLLBACK, WAL])
def test_in_every_setting_everybody_finishes_no_sale_is_lost_and_a_reader_sees_one_moment(view, journal):
    for readers in range(4):
        for writers in range(3):
            frame = played(view, journal=journal, readers=readers, writers=writers)
            done = frame[~frame["waits"]]
            assert done["does"].value_counts().get("commits", 0) == writers
            assert done["does"].value_counts().get("closes", 0) == readers
            assert readers + writers == 0 or frame["in_the_file"].iloc[-1] == 12 - writers
            looks = done[done["does"] == "looks"].groupby("who")["came"]
            assert (looks.nunique() == 1).all() and (looks.size() == 3).all()
            assert frame["step"].max() <= 9 or frame.empty


def test_without_rows_its_frame_has_the_same_kinds_of_columns(view):
    full, empty = (view.at(readers=1, writers=1, step=step).frame for step in (3, 0))
    assert len(empty) == 0 < len(full)
    assert (empty.dtypes[["step", "waits", "in_the_file"]] == full.dtypes[["step", "waits", "in_the_file"]]).all()


def test_a_look_is_old_where_the_file_has_moved_on(view):
    picture = view.at(journal=WAL, readers=1, writers=1, step=3)
    assert picture.says == (
        "Write-ahead log (WAL), step 3: writer 1 commits; reader 1 sees 12 (old). In the file: 11. "
        "Locked out so far: 0 times."
    )
    assert "12, old" in picture.html


def test_a_lock_is_said_and_drawn(view):
    picture = view.at(journal=ROLLBACK, readers=1, writers=1, step=3)
    assert "writer 1 is locked out" in picture.says and "Locked out so far: 1 time." in picture.says
    assert picture.html.count("✗ locked") == 1 and 'stroke-dasharray="2 3"' in picture.html


def test_before_the_first_step_and_with_nobody_there_it_says_so(view):
    view.move(journal=ROLLBACK)
    assert view.at(step=0).says == "Rollback journal: 12 in the file. Nobody has done anything yet."
    view.move(readers=0, writers=0)
    assert view.values["step"] == 0 and "nobody is there" in view.picture.html


def test_at_its_end_it_stays_at_the_end_of_any_setting(view):
    view.move(journal=ROLLBACK, readers=1, writers=1)
    view.move(step=view.controls[3]["most"])
    view.move(readers=3)
    assert view.values["step"] == view.controls[3]["most"] == 8


def test_every_drawing_is_well_formed_named_and_of_one_size(view):
    sizes = set()
    for journal in (ROLLBACK, WAL):
        for step in range(9):
            picture = view.at(journal=journal, readers=3, writers=2, step=min(step, 8))
            svg = ElementTree.fromstring(picture.html[picture.html.index("<svg") : picture.html.index("</svg>") + 6])
            assert svg.get("role") == "img" and svg.get("aria-label") == picture.says
            sizes.add(svg.get("viewBox"))
    assert len(sizes) == 1


def test_two_views_show_the_same(view):
    other = one_file()
    assert played(view, journal=ROLLBACK, readers=3, writers=2).equals(
        played(other, journal=ROLLBACK, readers=3, writers=2)
    )

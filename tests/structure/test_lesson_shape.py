"""Every lesson has the shape that learners rely on, from the question on top to the sources below.

Each test lists all offenders at once: "file: what is wrong".
"""

import ast
import dis
import json
import re
from pathlib import Path

from cqrs_lab.course.copies import ANSWER, learners_copy

NOTEBOOKS = Path(__file__).parents[2] / "notebooks"
FENCED = re.compile(r"^(```|~~~).*?^\1", re.M | re.S)
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*#*$", re.M)
# "/home/ada/x", "C:\Users\…": a path that another machine does not have.
ABSOLUTE = re.compile(r"(?<![\w.:/<+])/(?:home|Users|root|tmp|usr|opt|var|mnt|srv|work)/|\b[A-Z]:\\\w")
ANSI = re.compile(r"\x1b\[[\d;]*m")


def load(folder):
    """Return {file name: cells}, with every source as one string."""
    lessons = {path.name: json.loads(path.read_text())["cells"] for path in sorted(folder.glob("[0-9]*.ipynb"))}
    for cell in (cell for cells in lessons.values() for cell in cells):
        cell["source"] = "".join(cell["source"])
    return lessons


LEARNER, SOLUTIONS = load(NOTEBOOKS), load(NOTEBOOKS / "solutions")
LESSONS = [*LEARNER.items(), *((f"solutions/{name}", cells) for name, cells in SOLUTIONS.items())]
CELLS = [(f"{name}, cell {number}", cell) for name, cells in LESSONS for number, cell in enumerate(cells, 1)]
CODE = [(where, cell) for where, cell in CELLS if cell["cell_type"] == "code"]
PROSE = [(where, cell) for where, cell in CELLS if cell["cell_type"] == "markdown"]
OUTPUTS = [(where, output) for where, cell in CODE for output in cell["outputs"]]


def headings(cells):
    """Return the headings of a lesson as (level, text), without what stands in code."""
    prose = "\n\n".join(FENCED.sub("", cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    return [(len(marks), text) for marks, text in HEADING.findall(prose)]


def is_exercise(cell):
    return "exercise" in cell["metadata"].get("tags", [])


def html(output):
    data = output.get("data", {})
    return "".join("".join(data.get(kind, "")) for kind in ("text/html", "image/svg+xml"))


def undescribed_pictures(markup):
    """Return the tags of pictures that a screen reader cannot read out; hidden ones are decoration."""
    tags = re.findall(r"<(?:img|svg)\b[^>]*>", markup, re.S)
    named = re.compile(r"""\b(?:alt|aria-label|aria-labelledby)=(["']).+?\1|aria-hidden=["']true""", re.S)
    return [tag[:80] for tag in tags if not named.search(tag)]


def text_of(output):
    """Return what a reader of an output sees as text."""
    plain = output.get("data", {}).get("text/plain", "")
    parts = [output.get("text", ""), output.get("traceback", ""), plain, html(output)]
    return ANSI.sub("", "".join("".join(part) for part in parts))


def test_every_lesson_has_a_learner_s_copy_and_a_solution():
    assert list(LEARNER) == list(SOLUTIONS)


def test_the_one_h1_is_a_question():
    titles = {name: [text for level, text in headings(cells) if level == 1] for name, cells in LESSONS}
    assert {name: h1 for name, h1 in titles.items() if len(h1) != 1 or not h1[0].endswith("?")} == {}


def test_a_lesson_points_only_at_lessons_that_are_there():
    there = {name.partition("_")[0].lstrip("0") or "0" for name in LEARNER}
    pointers = {
        (where, number)
        for where, cell in PROSE
        for several in re.findall(r"\blessons? (\d+b?(?:(?:,? and |, | to )\d+(?!\d| minutes)b?)*)", cell["source"])
        for number in re.findall(r"\d+b?", several)
    }
    assert pointers
    assert sorted((where, number) for where, number in pointers if number not in there) == []


def test_no_heading_level_is_skipped():
    assert [
        f"{name}: {text}"
        for name, cells in LESSONS
        for (above, _), (level, text) in zip([(0, ""), *headings(cells)], headings(cells), strict=False)
        if level > above + 1
    ] == []


def test_the_tail_is_summary_then_exercises_then_sources():
    tail = ["Summary", "Exercises", "Sources"]
    found = {name: [text for level, text in headings(cells) if level == 2 and text in tail] for name, cells in LESSONS}
    assert {name: texts for name, texts in found.items() if texts != tail} == {}


def test_a_prose_cell_has_120_words_at_most():
    words = {where: len(FENCED.sub("", cell["source"]).split()) for where, cell in PROSE}
    assert {where: number for where, number in words.items() if number > 120} == {}


def test_a_code_cell_has_15_lines_at_most_but_an_answer_may_be_longer():
    answers = {where for where, cell in CODE if where.startswith("solutions/") and is_exercise(cell)}
    lines = {where: len(cell["source"].splitlines()) for where, cell in CODE if where not in answers}
    assert {where: number for where, number in lines.items() if number > 15} == {}


def test_no_line_of_code_is_cut_beside_the_file_list():
    """JupyterLab shows 105 letters of a line in a window 1280 pixels wide; beyond them a reader has to scroll."""
    lines = {where: max(map(len, cell["source"].split("\n"))) for where, cell in CODE}
    assert {where: letters for where, letters in lines.items() if letters > 105} == {}


def test_no_two_code_cells_in_a_row_outside_exercises():
    assert [
        where
        for (_, above), (where, cell) in zip(CELLS, CELLS[1:], strict=False)
        if above["cell_type"] == cell["cell_type"] == "code" and not (is_exercise(above) or is_exercise(cell))
    ] == []


def test_every_picture_says_what_it_shows():
    assert {where: tags for where, output in OUTPUTS if (tags := undescribed_pictures(html(output)))} == {}
    assert {where: tags for where, cell in PROSE if (tags := undescribed_pictures(cell["source"]))} == {}
    assert [where for where, cell in PROSE if re.search(r"!\[\s*\]\(", cell["source"])] == []


def test_no_picture_stands_outside_html():
    # JupyterLab shows a bare image without its alt text, whatever its metadata say.
    kinds = [(where, " ".join(output.get("data", {}))) for where, output in OUTPUTS]
    assert [where for where, kind in kinds if "image/" in kind and "text/html" not in kind] == []


def test_the_learner_s_copies_hold_no_outputs():
    assert [
        f"{name}, cell {number}"
        for name, cells in LEARNER.items()
        for number, cell in enumerate(cells, 1)
        if cell.get("outputs") or cell.get("execution_count")
    ] == []


def test_a_learner_s_copy_is_what_the_builder_makes_of_its_solution():
    def read(path):
        return json.loads(path.read_text())

    behind = [
        name for name in SOLUTIONS if read(NOTEBOOKS / name) != learners_copy(read(NOTEBOOKS / "solutions" / name))
    ]
    assert behind == [], "run `make copies`"


def test_no_answer_stands_in_a_learner_s_copy():
    assert [name for name, cells in LEARNER.items() for cell in cells if ANSWER in cell["source"]] == []


def test_the_minutes_of_the_cells_add_up_to_those_the_first_cell_states():
    minutes = {
        name: (
            re.findall(r"(\d+) minutes", cells[0]["source"]),
            [f"{sum(cell['metadata'].get('minutes', 0) for cell in cells):g}"],
        )
        for name, cells in LESSONS
    }
    assert {name: pair for name, pair in minutes.items() if pair[0] != pair[1]} == {}


def test_no_lesson_installs_anything():
    installs = re.compile(r"\b(pip|conda|mamba|uv)3? (install|add)\b")
    assert [where for where, cell in CELLS if installs.search(cell["source"])] == []


def test_no_path_is_absolute():
    assert [where for where, cell in CELLS if ABSOLUTE.search(cell["source"])] == []
    assert [where for where, output in OUTPUTS if ABSOLUTE.search(text_of(output))] == []


def made_by(source):
    """Return what a cell's own lines make, by name: the code that makes it."""
    made = {}
    for one in ast.parse(source).body:
        steps = dis.get_instructions(compile(ast.Module([one], []), "cell", "exec"))
        made |= {step.argval: ast.dump(one) for step in steps if step.opname == "STORE_NAME"}
    return made


def test_no_cell_takes_the_name_of_an_answer():
    """A learner who goes back to it would have its number judged, or drawn, in place of the answer.

    The lesson may show what the exercise repairs.
    """
    taken = []
    for lesson, cells in LEARNER.items():
        code = [cell for cell in cells if cell["cell_type"] == "code"]
        answers = {name: made for cell in code if is_exercise(cell) for name, made in made_by(cell["source"]).items()}
        for cell in code:
            made = {} if is_exercise(cell) else made_by(cell["source"])
            taken += [f"{lesson}: {name}" for name, by in made.items() if answers.get(name, by) != by]
    assert taken == []

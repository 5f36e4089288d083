"""A number in a lesson's prose that comes from a run is the number of that run.

A markdown cell of a solution says where its numbers come from, in its metadata:
`"numbers": {"5.3": "queue.summary().loc['mean', 'lag_seconds']"}`. The lesson is run up to that cell and the expression
is evaluated there; rounded as the prose rounds it, it must be what the prose says.
"""

import json
import re
from pathlib import Path

import pytest

from tests.lessons import let_go

SOLUTIONS = {
    path.stem: json.loads(path.read_text())["cells"]
    for path in sorted((Path(__file__).parents[2] / "notebooks" / "solutions").glob("[0-9]*.ipynb"))
}
# Lessons whose numbers with a decimal point are all bound to the run. Add yours when they are.
BOUND = {
    "00_start_here",
    "01_one_model_for_everything",
    "02_commands_and_queries",
    "03_events_are_the_record",
    "04_business_rules",
    "05_read_models",
    "06_fast_queries",
    "07_the_lag",
    "08_what_readers_notice",
    "09b_the_event_that_nobody_reads",
    "11_scaling_reads",
    "13_a_real_year_of_trade",
    "14_is_the_simulation_true",
    "15_should_you_use_cqrs",
}
CODE = re.compile(r"^(```|~~~).*?^\1|`[^`\n]*`|\]\([^)]*\)", re.M | re.S)
NUMBER = r"(?<![\w.,]){}(?![\w]|[.,]\d)"


def numbers_of(cell):
    return cell["metadata"].get("numbers", {}) if cell["cell_type"] == "markdown" else {}


def rounded_as(text, value):
    """Return a value as the prose would write it, with as many decimals as `text` has."""
    decimals = len(text.partition(".")[2])
    return f"{float(value):{',' if ',' in text else ''}.{decimals}f}"


def wrong_numbers(cells):
    """Run a lesson up to its last bound number; return what its prose says otherwise than its run."""
    namespace, wrong = {"__name__": "__main__"}, []
    last = max((at for at, cell in enumerate(cells) if numbers_of(cell)), default=-1)
    for at, cell in enumerate(cells[: last + 1]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "code":
            run(cell, source, namespace)
        for text, expression in numbers_of(cell).items():
            if not re.search(NUMBER.format(re.escape(text)), source):
                wrong.append(f"cell {at}: {text} is bound to the run, and does not stand in the prose")
            elif (came := rounded_as(text, eval(expression, namespace))) != text:
                wrong.append(f"cell {at}: the prose says {text}, and {expression} is {came}")
    let_go(namespace)
    return wrong


def run(cell, source, namespace):
    """Run a cell without showing anything: what is displayed costs more than what is computed."""
    try:
        exec(compile(source, f"<{cell['id']}>", "exec"), namespace)
    except Exception:
        if "raises-exception" not in cell["metadata"].get("tags", []):
            raise


@pytest.mark.parametrize("name", [name for name, cells in SOLUTIONS.items() if any(map(numbers_of, cells))])
def test_a_number_in_the_prose_is_that_of_the_run(name, monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2] / "notebooks")
    assert wrong_numbers(SOLUTIONS[name]) == []


@pytest.mark.parametrize("name", sorted(BOUND & SOLUTIONS.keys()))
def test_every_number_with_a_decimal_point_is_bound_to_the_run(name):
    loose = [
        f"cell {at}: {number}"
        for at, cell in enumerate(SOLUTIONS[name])
        if cell["cell_type"] == "markdown"
        for number in re.findall(NUMBER.format(r"\d[\d,]*\.\d+"), CODE.sub("", "".join(cell["source"])))
        if number not in numbers_of(cell)
    ]
    assert loose == []


def markdown(source, **numbers):
    return {"cell_type": "markdown", "id": "m", "source": source, "metadata": {"numbers": numbers} if numbers else {}}


def code(source, *tags):
    return {"cell_type": "code", "id": "c", "source": source, "metadata": {"tags": list(tags)}}


def test_a_number_is_compared_at_its_place_and_as_the_prose_rounds_it():
    prose = "It lags 5.3 seconds, 1,000 times, and 67 in 100."
    bound = markdown(prose, **{"5.3": "lag", "1,000": "1e3", "67": "200 / 3"})
    assert wrong_numbers([code("lag = 5.34"), bound, code("lag = 9")]) == []
    assert wrong_numbers([code("lag = 5.36"), bound]) == ["cell 1: the prose says 5.3, and lag is 5.4"]


def test_a_bound_number_has_to_stand_in_the_prose():
    missing = "cell 0: 5.3 is bound to the run, and does not stand in the prose"
    for prose in ("It lags 15.3 seconds.", "It lags 5.31 seconds.", "It lags."):
        assert wrong_numbers([markdown(prose, **{"5.3": "5.3"})]) == [missing]


def test_a_cell_that_is_meant_to_fail_may_and_another_may_not():
    bound = markdown("2 of them", **{"2": "n"})
    assert wrong_numbers([code("n = 2"), code("1 / 0", "raises-exception"), bound]) == []
    with pytest.raises(ZeroDivisionError):
        wrong_numbers([code("n = 2"), code("1 / 0"), bound])

"""The first cell of each lesson, which imports what the lesson uses, against `import pandas`: whole processes."""

import json
import os
import subprocess
import sys
from functools import partial
from pathlib import Path

from tools.claims import at_most, by_turns

LESSONS = sorted((Path(__file__).resolve().parents[1] / "notebooks").glob("[0-9]*.ipynb"))
RUNS = 5


def first_cell(lesson):
    cells = json.loads(lesson.read_text(encoding="utf-8"))["cells"]
    return "".join(next(cell["source"] for cell in cells if cell["cell_type"] == "code"))


def run(code):
    environment = os.environ | {"CQRS_LAB_PROGRESS": "memory", "PYTHONDONTWRITEBYTECODE": ""}
    subprocess.run(
        [sys.executable, "-c", code], check=True, env=environment, cwd=LESSONS[0].parent, stdout=subprocess.DEVNULL
    )


def main():
    cells = {lesson.stem: first_cell(lesson) for lesson in LESSONS}
    for code in cells.values():
        run(code)  # what Python compiles once is compiled
    pandas = partial(run, "import pandas")
    times = by_turns(RUNS, pandas=pandas, **{name: partial(run, code) for name, code in cells.items()})
    for name in cells:
        at_most(f"first cell of {name} : import pandas", times[name] / times["pandas"], 2)


if __name__ == "__main__":
    main()

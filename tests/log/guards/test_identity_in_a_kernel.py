"""Cells run again in a real kernel, a module loaded again, %autoreload: the right answer, or a sentence that helps."""

import json
import os
import re
import textwrap
from pathlib import Path

import pytest
from jupyter_client.manager import start_new_kernel

from tests.log.guards.test_identity import BEFORE, CLASSES, RULES, SAID, VARIANTS, WORLD

ROOT = Path(__file__).parents[3]
RIGHT = BEFORE | {"append an old event": r"Appended\(.*", "given": "✓ .*", "check_projection": "True"}
ASK_EVERY_DOOR = """
import json, sys
from tests.log.guards.test_identity import DOORS, outcome
last = ("send an old command", "append an old event")
doors = [door for door in DOORS if door not in last] + list(last)
print(json.dumps({door: str(outcome(door, sys.modules["__main__"])) for door in doors}))
"""
SHREDDING = """
from cqrs_lab.log.wrappers.shredding import KeyRing, PersonalFields, ShreddingStore
secret = lab.MemoryEventStore()
store = ShreddingStore(secret, KeyRing(), {Named: PersonalFields("account", {"name": "(gone)"})})
"""
RECORD_A_NAME = """
try:
    store.append("ada", [Named("7", "Lovelace")], expected=0)
except lab.InvalidArgument as said:
    print(said)
print("in the clear" if "Lovelace" in str(list(secret.read_all())) else "not in the clear")
"""


class Notebook:
    """A kernel, and the cells it was given."""

    def __init__(self, folder):
        env = os.environ | {"PYTHONPATH": f"{ROOT}{os.pathsep}{folder}", "PYTHONDONTWRITEBYTECODE": "1"}
        self.folder, self.time = folder, 1_000_000_000
        self.manager, self.client = start_new_kernel(kernel_name="python3", env=env, cwd=str(folder))

    def run(self, cell):
        """Run a cell, and return what it printed."""
        printed = []

        def keep(message):
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed.append(message["content"]["text"])

        reply = self.client.execute_interactive(textwrap.dedent(cell), output_hook=keep, timeout=30)["content"]
        assert reply["status"] == "ok", "\n".join(reply["traceback"])
        return "".join(printed)

    def write(self, source):
        """Save the module, a minute later each time, so that nobody has to wait for the clock to see the change."""
        self.time += 60
        path = self.folder / "my_events.py"
        path.write_text(source)
        os.utime(path, (self.time, self.time))

    def ask_every_door(self):
        return json.loads(self.run(ASK_EVERY_DOOR).splitlines()[-1])


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    it = Notebook(tmp_path_factory.mktemp("notebook"))
    yield it
    it.client.stop_channels()
    it.manager.shutdown_kernel(now=True)


def check(answers):
    """Each door gave the right answer, or said it; return those that said it."""
    said = {door for door, answer in answers.items() if re.search(SAID, answer, re.S)}
    for door in answers.keys() - said:
        assert re.fullmatch(str(RIGHT.get(door, "nothing")), answers[door]), (door, answers[door])
    return said


def test_cells_run_again(notebook):
    for cell in (CLASSES, RULES, WORLD, SHREDDING):
        notebook.run(cell)
    before = notebook.ask_every_door()
    assert check(before) == set()
    for variant in ("the same fields", "a field more", "a field renamed"):
        for cell in (CLASSES, RULES, WORLD, SHREDDING):
            notebook.run(cell)
        notebook.run(VARIANTS[variant](CLASSES))
        said = check(notebook.ask_every_door())
        assert said >= set(before) - {"upcasters", "ask"}, variant
        told = notebook.run(RECORD_A_NAME)
        assert "run the cell that makes this store" in told and "not in the clear" in told
    for cell in (CLASSES, RULES, WORLD):  # what the sentence says to do
        notebook.run(cell)
    assert check(notebook.ask_every_door()) == set()


LOADED_AGAIN = [
    *(("importlib.reload", variant, "from my_events import *") for variant in ("the same fields", "a field renamed")),
    *(("%autoreload 1", variant, "from my_events import *") for variant in ("the same fields", "the class gone")),
    *(("%autoreload 2", variant, "from my_events import *") for variant in VARIANTS),
    *(("%autoreload 2", variant, "import my_events") for variant in ("the same fields", "a field renamed")),
]


@pytest.mark.parametrize(("how", "variant", "names"), LOADED_AGAIN)
def test_a_module_loaded_again(how, variant, names, notebook):
    notebook.write(CLASSES)
    notebook.run("import sys\nsys.modules.pop('my_events', None)\n")
    notebook.run("%reload_ext autoreload\n" + ("%autoreload 0" if how == "importlib.reload" else how))
    notebook.run("%aimport my_events" if how == "%autoreload 1" else "import my_events")
    notebook.run("from my_events import *\nimport cqrs_lab as lab")
    rules = re.sub(r"\b(Moved|Move|Balance|Line)\b", r"my_events.\1", RULES) if names == "import my_events" else RULES
    notebook.run(rules)
    notebook.run(WORLD)
    notebook.write(VARIANTS[variant](CLASSES) + "\n# saved again\n")
    notebook.run("import importlib; importlib.reload(my_events)" if how == "importlib.reload" else "'the next cell'")
    check(notebook.ask_every_door())

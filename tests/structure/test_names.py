"""One name for one thing: no two public classes of the kit share a name."""

import ast
from collections import defaultdict
from pathlib import Path

PACKAGE = Path(__file__).parents[2] / "cqrs_lab"
# A lesson's exercises are small domains of their own, and name their commands and tables as any domain does.
OWN_DOMAINS = PACKAGE / "course" / "exercises"
SHARED = {
    "Cart": {"shop/read/carts.py", "shop/write/cart.py"},  # the two sides share nothing but events, as lesson 2 says
    "Tables": {"read/tables.py", "simulation/faults/rebuilders.py"},  # both are public, in two rooms
    "Verdict": {"course/check.py", "simulation/guarantees.py"},  # both are public, in two rooms
}


def public_classes(path):
    """Yield the names of the public classes that a file defines at its top level."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            yield node.name


def test_no_two_public_classes_share_a_name():
    homes = defaultdict(set)
    for path in PACKAGE.rglob("*.py"):
        if OWN_DOMAINS not in path.parents:
            for name in public_classes(path):
                homes[name].add(str(path.relative_to(PACKAGE)))
    assert len(homes) > 300
    assert {name: files for name, files in homes.items() if len(files) > 1} == SHARED


def test_a_public_class_is_seen_and_others_are_not(tmp_path):
    (tmp_path / "rooms.py").write_text("class Hall:\n    class Door: ...\nclass _Cellar: ...\ndef attic(): ...\n")
    assert list(public_classes(tmp_path / "rooms.py")) == ["Hall"]

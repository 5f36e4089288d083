#!/usr/bin/env bash
# pytest 9.2 with pytest-xdist 3.8: tests of one `xdist_group` are spread over all workers under `--dist loadgroup`, without
# a warning. A good guess is that a group stays together, as documented. xdist appends "@group" to the private `_nodeid` of
# each test; pytest 9.2 makes a test's id from another attribute, so the scheduler never sees the group. Browser or notebook
# tests that share an expensive page or kernel start it once per worker. pytest 9.0 keeps the group together.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cat >"$folder/test_one_group.py" <<'PYTHON'
import os
import time

import pytest

pytestmark = pytest.mark.xdist_group("one")


@pytest.mark.parametrize("number", range(8))
def test_which_worker(number):
    time.sleep(0.2)
    with open("workers", "a") as seen:
        seen.write(os.environ["PYTEST_XDIST_WORKER"] + "\n")
PYTHON
cd "$folder"
for pytest in 9.0.2 9.2.0; do
  python3 -m venv "venv-$pytest"
  "venv-$pytest/bin/pip" install --quiet --disable-pip-version-check "pytest==$pytest" pytest-xdist==3.8.0
  rm -f workers
  "venv-$pytest/bin/python" -m pytest -q -p no:cacheprovider -n 2 --dist loadgroup test_one_group.py >log || { cat log; exit 1; }
  workers=$(sort -u workers | tr '\n' ' ')
  echo "pytest $pytest, pytest-xdist 3.8.0: one group of eight tests ran on: $workers"
  case "$pytest:$workers" in
    "9.0.2:gw0 " | "9.0.2:gw1 " | "9.2.0:gw0 gw1 ") ;;
    *) echo "this has changed"; exit 1 ;;
  esac
done

#!/usr/bin/env bash
# msgspec 0.22: a dataclass without slots is decoded from JSON that lacks a field with a default: the object equals one that has
# the field, and encoded again it lacks the field. msgspec leaves plain defaults to the class and writes what is in `__dict__`.
# A good guess is that equal objects are written alike. "Read, write again, compare the bytes" does not notice the missing field; with
# slots=True it does.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check msgspec==0.22.0
"$folder/venv/bin/python" - <<'PYTHON'
from dataclasses import dataclass

import msgspec

print("msgspec", msgspec.__version__)
written = {}
for slots in (False, True):

    @dataclass(frozen=True, slots=slots)
    class Noted:
        number: int
        note: str | None = None

    read, made = msgspec.json.decode(b'{"number":1}', type=Noted), Noted(1)
    assert read == made
    written[slots] = msgspec.json.encode(read), msgspec.json.encode(made)
    print(f"slots={slots}: read and written again {written[slots][0].decode()}, an equal object {written[slots][1].decode()}")
assert written[True] == (b'{"number":1,"note":null}',) * 2
assert written[False] == (b'{"number":1}', b'{"number":1,"note":null}'), "this has changed"
PYTHON

#!/usr/bin/env bash
# pandas 3.1.1: once pyarrow 26.0.1 lies beside it, every column of text is kept in Arrow, though no line of code has changed and nobody has
# imported pyarrow. On tables of twenty rows, as a read model takes in with each commit, group by, concat and look-up then take longer by a
# half and more. A good guess is that an optional package that makes large columns faster costs nothing where it is not asked for.
# mode.string_storage = "python" gives the old way back.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/env"
pip() { "$folder/env/bin/pip" --quiet --disable-pip-version-check "$@"; }
cat >"$folder/small.py" <<'PY'
import sys
import time

import pandas as pd

if len(sys.argv) > 1:
    pd.set_option("mode.string_storage", sys.argv[1])
names = [f"product {n % 7}" for n in range(20)]


def batch():
    rows = pd.DataFrame({"product": names, "units": range(20)}).astype({"product": "str"})
    sums = rows.groupby("product")[["units"]].sum()
    both = pd.concat([sums, sums]).groupby(level=0).sum()
    return both.loc[both.index.isin(["product 3"])], rows["product"].dtype.storage


batch()
took = []
for _ in range(7):
    begun = time.process_time()
    for _ in range(100):
        found, storage = batch()
    took.append(time.process_time() - begun)
print(storage, found["units"].tolist(), round(10_000 * sorted(took)[3]))
PY
pip install pandas==3.1.1 numpy==2.4.6
read -r alone answer1 micros1 <<<"$("$folder/env/bin/python" "$folder/small.py")"
pip install pyarrow==26.0.1
read -r beside answer2 micros2 <<<"$("$folder/env/bin/python" "$folder/small.py")"
read -r asked answer3 micros3 <<<"$("$folder/env/bin/python" "$folder/small.py" python)"
echo "pandas 3.1.1 alone: $alone, $micros1 µs a batch; with pyarrow 26.0.1 beside it: $beside, $micros2; asked for python: $asked, $micros3"
[ "$alone $beside $asked" = "python pyarrow python" ] && [ "$answer1$answer2" = "$answer2$answer3" ] &&
  [ "$micros2" -gt $((micros3 * 5 / 4)) ] || { echo "this has changed"; exit 1; }

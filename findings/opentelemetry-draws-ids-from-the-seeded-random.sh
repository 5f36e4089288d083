#!/usr/bin/env bash
# opentelemetry-sdk 1.45.2: the ids of traces and spans are drawn from the module `random`, and so from the seed of the program.
# A good guess is the operating system's randomness, as for a UUID. Two runs of a notebook or a simulation that begins with
# random.seed(7) write the same ids: their spans fall into one trace, and what is linked to one is linked to the other. And a
# program that draws from `random` gets other numbers as soon as it is traced: the look at it changes what is seen.
# A generator of one's own (TracerProvider(id_generator=…)) that draws from the system avoids both.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-sdk==1.45.2
cat >"$folder/run.py" <<'PYTHON'
import random
import sys

from opentelemetry.sdk.trace import TracerProvider

random.seed(7)
tracer = TracerProvider(shutdown_on_exit=False).get_tracer("a run")
context = tracer.start_span("a command").get_span_context() if sys.argv[1] == "traced" else None
print(context and f"{context.trace_id:032x}", random.randrange(1000))
PYTHON
first=$("$folder/venv/bin/python" "$folder/run.py" traced)
second=$("$folder/venv/bin/python" "$folder/run.py" traced)
untraced=$("$folder/venv/bin/python" "$folder/run.py" untraced)
echo "a trace's id and a draw, in two traced runs: $first; $second; the draw where nothing is traced: ${untraced#None }"
[ "$first" = "$second" ] || { echo "this has changed: ids differ"; exit 1; }
[ "${first#* }" != "${untraced#None }" ] || { echo "this has changed: the draw is the same"; exit 1; }

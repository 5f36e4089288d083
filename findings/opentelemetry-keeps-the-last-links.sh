#!/usr/bin/env bash
# opentelemetry-sdk VERSION: of the links that a span is started with, it keeps the last 128 and drops those before them; a sampler has seen
# all of them. A good guess is that the first stay, as the specification lets an SDK discard what comes once the limit is reached,
# and as the SDK of TODO does. So a catch-up of a thousand events that adds its links in the order of the log keeps the newest in
# Python; nothing is said but a number, `dropped_links`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-sdk==VERSION
"$folder/venv/bin/python" - <<'PYTHON'
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON
from opentelemetry.trace import Link, SpanContext, TraceFlags

seen = []


class Looking(type(ALWAYS_ON)):
    def should_sample(self, *arguments, links=None, **named):
        seen.append(len(links or arguments[5]))
        return super().should_sample(*arguments, links=links, **named)


links = [Link(SpanContext(1, number, False, TraceFlags(1))) for number in range(1, 201)]
tracer = TracerProvider(shutdown_on_exit=False).get_tracer("a reader")
span = tracer.start_span("catch up", links=links)
kept = [link.context.span_id for link in span.links]
print(f"given 200; kept {len(kept)}, from {kept[0]} to {kept[-1]}; dropped {span.dropped_links}")
PYTHON

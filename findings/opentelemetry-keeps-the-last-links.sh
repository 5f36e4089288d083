#!/usr/bin/env bash
# opentelemetry-sdk 1.45.2: of the links that a span is given, it keeps the last 128 and drops those before them, at its start and
# by add_link alike. A good guess is that the first stay and what comes after the limit is dropped. So a reader of a batch that lists
# its links in the order of the log keeps the newest, and a link that was set first, such as the one to whoever asked for the work, is
# the first to go. A sampler has seen all of them: it may keep a span for the sake of a link that the span then lacks. Nothing is said
# but a number, `dropped_links`.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check opentelemetry-sdk==1.45.2
"$folder/venv/bin/python" - <<'PYTHON'
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_ON, Sampler
from opentelemetry.trace import Link, SpanContext, TraceFlags

seen = []


class Looking(Sampler):
    def should_sample(self, *arguments, **named):
        seen.append(len(named.get("links") or [one for one in arguments if isinstance(one, (list, tuple))][-1]))
        return ALWAYS_ON.should_sample(*arguments, **named)

    def get_description(self):
        return "looks at the links"


links = [Link(SpanContext(1, number, False, TraceFlags(1))) for number in range(1, 201)]
tracer = TracerProvider(Looking(), shutdown_on_exit=False).get_tracer("a reader")
span = tracer.start_span("catch up", links=links)
later = tracer.start_span("catch up")
for link in links:
    later.add_link(link.context)
kept, kept_later = ([link.context.span_id for link in one.links] for one in (span, later))
print(f"given 200; seen by the sampler {seen[0]}; kept {len(kept)}, from {kept[0]} to {kept[-1]}; dropped {span.dropped_links}")
assert kept == kept_later == list(range(73, 201)), "this has changed"
assert (seen[0], span.dropped_links) == (200, 72), "this has changed"
PYTHON

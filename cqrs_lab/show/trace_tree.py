"""The spans of a trace as a tree: what led to what, and what a reader linked to; OpenTelemetry is not needed here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.show.picture import Picture, drawing, table
from cqrs_lab.show.style import LOG, READ, WRITE, Part
from cqrs_lab.words import count, shortened

WIDTH, ROW, STEP, LETTER, MOST_LETTERS = 960, 28, 22, 7.6, 52
_WANTED = "spans that have ended; give those of an exporter, such as SpansInMemory().spans"


class _Row(NamedTuple):
    """A span in its place: its number from above, how deep it stands, and under and linked to which numbers."""

    number: int
    depth: int
    span: Any
    under: int
    links: tuple[int, ...]

    @property
    def part(self) -> Part | None:
        """The part of the pattern whose work it is; None for a span of somebody else."""
        attributes = self.span.attributes or {}
        if "cqrs_lab.command" in attributes:
            return WRITE
        if attributes.get("messaging.operation.name") == "append":
            return LOG
        return READ if "cqrs_lab.position" in attributes else None

    @property
    def says(self) -> str:
        """What it did, in a few words."""
        attributes = self.span.attributes or {}
        words: list[Any] = [", ".join(attributes.get("cqrs_lab.event_types", ()))]
        if (outcome := attributes.get("cqrs_lab.outcome")) not in ("recorded", "applied"):
            words.append(outcome)
        words += [attributes.get("cqrs_lab.freshness"), attributes.get("error.type")]
        if self.part in (LOG, READ) and "cqrs_lab.position" in attributes:
            words.append(f"position {attributes['cqrs_lab.position']}")
        return ", ".join(word for word in words if word)

    @property
    def x(self) -> float:
        return 24 + self.depth * STEP

    @property
    def y(self) -> float:
        return self.number * ROW - 6

    @property
    def end(self) -> float:
        """Where its words end."""
        return self.x + 18 + LETTER * min(MOST_LETTERS, len(f"{self.span.name} {self.says}"))


def trace_tree(spans: Iterable[Any]) -> Picture:
    """Return spans as a picture: each stands under its parent, and a dashed line comes from what it links to.

    How long each took differs from run to run; it stands in the frame, and not in the picture.

    Parameters
    ----------
    spans : iterable of opentelemetry.sdk.trace.ReadableSpan
        A span whose parent is not among them stands at the left. A link to a span that is not among them is left out.

    Returns
    -------
    Picture
        Its frame has one row for each span, from the top: index span (int64, from 1), columns name, under (the number
        of its parent; 0 for none), links (tuple of numbers), says, trace (int64, from 1) and milliseconds (float64).

    Examples
    --------
    >>> from cqrs_lab.show import trace_tree
    >>> from cqrs_lab.tracing import SpansInMemory
    >>> kept = SpansInMemory()
    >>> with kept.tracer.start_as_current_span("breakfast"), kept.tracer.start_as_current_span("tea"):
    ...     pass
    >>> trace_tree(kept.spans)
    2 spans in 1 trace; each stands under the one that led to it.
    >>> trace_tree(kept.spans).frame["under"].tolist()
    [0, 1]
    """
    rows = _placed(_checked(spans))
    traces = {row.span.context.trace_id: None for row in rows}
    says = f"{count(len(rows), 'span')} in {count(len(traces), 'trace')}; each stands under the one that led to it."
    for row in _that_link(rows):
        says += f" {row.span.name} links to {count(len(row.links), 'span')}."
    frame = _frame(rows, list(traces))
    drawn = drawing(WIDTH, ROW * (len(rows) + 1), says, [*map(_span, rows), *_lines(rows)])
    return Picture(f"<figure>{drawn}<figcaption>{escape(says)}</figcaption></figure>{_table(frame)}", says, frame)


def _checked(spans: Iterable[Any]) -> list[Any]:
    given = list(spans) if isinstance(spans, Iterable) else None
    if given is None or not all(hasattr(one, "context") and getattr(one, "end_time", None) for one in given):
        raise refuse("spans", spans, _WANTED)
    return sorted(given, key=lambda span: span.start_time)


def _placed(spans: Sequence[Any]) -> list[_Row]:
    """Return the spans from above: each after its parent, children by when they began."""
    known = {span.context.span_id for span in spans}
    under: dict[int | None, list[Any]] = {}
    for span in spans:
        parent = span.parent.span_id if span.parent and span.parent.span_id in known else None
        under.setdefault(parent, []).append(span)
    places = list(_below(None, under, 0))
    number = {span.context.span_id: at for at, (span, _) in enumerate(places, 1)}
    return [_row(span, depth, number) for span, depth in places]


def _below(parent: int | None, under: Mapping[int | None, list[Any]], depth: int) -> Iterator[tuple[Any, int]]:
    for span in under.get(parent, []):
        yield span, depth
        yield from _below(span.context.span_id, under, depth + 1)


def _row(span: Any, depth: int, number: Mapping[int, int]) -> _Row:
    under = number.get(span.parent.span_id, 0) if span.parent else 0
    links = sorted({number[one.context.span_id] for one in span.links if one.context.span_id in number})
    return _Row(number[span.context.span_id], depth, span, under, tuple(links))


def _that_link(rows: Sequence[_Row]) -> list[_Row]:
    """Return the spans that link to more than what they stand under."""
    return [row for row in rows if set(row.links) - {row.under}]


# --- the drawing ---------------------------------------------------------------------------------------------


def _span(row: _Row) -> str:
    said = shortened(row.says, max(1, MOST_LETTERS - len(row.span.name)))
    failed = ' style="fill:var(--bad)"' if "error.type" in (row.span.attributes or {}) else ""
    words = (
        f'<tspan class="strong"{failed}>{escape(row.span.name)}</tspan> <tspan class="faint">{escape(said)}</tspan>'
    )
    return f'{_marker(row)}<text x="{row.x + 14:g}" y="{row.y + 5:g}" class="small">{words}</text>'


def _marker(row: _Row) -> str:
    x, y = row.x, row.y
    paint = f'style="fill:{row.part.paint if row.part else "var(--faint)"}"'
    if row.part is WRITE:
        return f'<rect x="{x - 6:g}" y="{y - 6:g}" width="12" height="12" {paint}/>'
    if row.part is READ:
        return f'<path d="M {x - 7:g} {y + 6:g} l 7 -12 l 7 12 z" {paint}/>'
    return f'<circle cx="{x:g}" cy="{y:g}" r="6" {paint}/>'


def _lines(rows: Sequence[_Row]) -> Iterator[str]:
    """Yield a line from each span to its parent, and a dashed one from what a span links to."""
    plain = 'fill="none" style="stroke:var(--faint)" stroke-width="1.5"'
    for row in rows:
        if row.under:
            above = rows[row.under - 1]
            yield f'<path d="M {above.x:g} {above.y + 9:g} V {row.y:g} H {row.x - 9:g}" {plain}/>'
    dashed = f'fill="none" style="stroke:{READ.paint}" stroke-width="2" stroke-dasharray="{READ.dashes}"'
    for at, row in enumerate(_that_link(rows)):
        x = WIDTH - 16 - 14 * (at % 8)
        linked = [rows[number - 1] for number in row.links if number != row.under]
        heights = [row.y, *(other.y for other in linked)]
        ways = [f"M {other.end:g} {other.y:g} H {x:g}" for other in linked]
        yield f'<path d="{" ".join(ways)} M {x:g} {min(heights):g} V {max(heights):g}" {dashed}/>'
        yield f'<path d="M {x:g} {row.y:g} H {row.end + 8:g}" {dashed} marker-end="url(#tip-read)"/>'


def _frame(rows: Sequence[_Row], traces: Sequence[int]) -> pd.DataFrame:
    columns = {
        "name": [row.span.name for row in rows],
        "under": [row.under for row in rows],
        "links": [row.links for row in rows],
        "says": [row.says for row in rows],
        "trace": [traces.index(row.span.context.trace_id) + 1 for row in rows],
        "milliseconds": [(row.span.end_time - row.span.start_time) / 1e6 for row in rows],
    }
    shape = {"name": "str", "under": "int64", "says": "str", "trace": "int64", "milliseconds": "float64"}
    return pd.DataFrame(columns, index=pd.RangeIndex(1, len(rows) + 1, name="span")).astype(shape)


def _table(frame: pd.DataFrame) -> str:
    """Return the picture as a table, with numbers in place of lines."""
    shown = frame.drop(columns=["milliseconds"]).assign(
        under=[str(number or "") for number in frame["under"]],
        links=[", ".join(map(str, numbers)) for numbers in frame["links"]],
    )
    return table(shown.rename(columns={"links": "links to"}), "The spans, from the top")

"""A picture: what there is to see, a sentence that says it, and the numbers behind it."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Any
from urllib.parse import quote

import pandas as pd

from cqrs_lab.arguments import refuse
from cqrs_lab.show.style import READ, WRITE, rules_for


@dataclass(frozen=True, slots=True)
class Picture:
    """A still picture that shows itself in a notebook, and reads as its sentence where there is no front end.

    Attributes
    ----------
    html : str
        The markup, with a text alternative for everything that can only be seen.
    says : str
        The picture in words, for those who cannot see it.
    frame : DataFrame
        The numbers behind it.
    """

    html: str
    says: str
    frame: pd.DataFrame

    def __post_init__(self) -> None:
        kinds = {"html": (str, "markup"), "says": (str, "a sentence"), "frame": (pd.DataFrame, "numbers")}
        for name, (kind, wanted) in kinds.items():
            if not isinstance(value := getattr(self, name), kind):
                raise refuse(name, value, f"{wanted}; give a {kind.__name__}")

    def __repr__(self) -> str:
        return self.says

    def _repr_html_(self) -> str:
        return f'<style>{rules_for(self.html)}</style><div class="cqrs-lab">{self.html}</div>'


def key(*parts: object) -> str:
    """Return the attribute of an element that is the same thing in the next picture; in a picture, each is another.

    What has a key glides to its new place; so nothing within it has one, too.
    """
    return f' data-key="{joined(*parts)}"'


def joined(*parts: object) -> str:
    """Return a key as one text, which no other parts have."""
    return "/".join(quote(str(part), safe=" ") for part in parts)


def drawing(width: int, height: int, name: str, parts: Iterable[str], *, role: str = "img") -> str:
    """Return SVG shapes as a drawing, which a screen reader announces by its name; in a "group", parts set controls."""
    shapes = "".join([_tips(), *parts])
    svg = f'<svg viewBox="0 0 {width} {height}" role="{role}" aria-label="{escape(name)}">{shapes}</svg>'
    return f'<div class="scrolls">{svg}</div>'


def _tips() -> str:
    """Return the arrowheads tip-idle, tip-write and tip-read: one for each colour of an arrow."""
    colours = {"idle": ("var(--faint)", 9), "write": (WRITE.paint, 5), "read": (READ.paint, 5)}
    return "".join(
        f'<marker id="tip-{name}" viewBox="0 0 10 10" refX="5" refY="5" markerWidth="{size}" markerHeight="{size}"'
        f' orient="auto-start-reverse"><path d="M 0 0 L 10 5 L 0 10 z" style="fill:{colour}"/></marker>'
        for name, (colour, size) in colours.items()
    )


def brief(value: Any) -> str:
    """Return a value as one line: a dataclass by its type and values, a tuple or mapping by its items."""
    if isinstance(value, Mapping):
        return "; ".join(f"{brief(key)}: {brief(one)}" for key, one in value.items()) or "none"
    if isinstance(value, tuple):
        return "; ".join(map(brief, value)) or "none"
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        values = (brief(getattr(value, field.name)) for field in dataclasses.fields(value))
        return f"{type(value).__name__}({', '.join(values)})"
    return str(value)


def _head(name: str, css: str) -> str:
    """Return the head of a column; one without a name is no head to a screen reader."""
    return f'<th scope="col"{css}>{escape(name)}</th>' if name else "<td></td>"


def table(
    frame: pd.DataFrame,
    caption: str,
    *,
    changed: pd.DataFrame | None = None,
    nothing: str = "no rows yet",
    name: str = "",
) -> str:
    """Return a DataFrame as an HTML table with headers that a screen reader can follow.

    Parameters
    ----------
    frame : DataFrame
        The index comes first; numbers are right-aligned, with thousands separators.
    caption : str
    changed : DataFrame of bool, optional
        The same shape as `frame`: which cells to highlight, by outline, weight and a word that is only read out.
    nothing : str, optional
        The text in a table without rows.
    name : str, optional
        What the table is called in every picture, whatever its caption: then a row glides to its new place.
    """
    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    keys = len(flat.columns) - len(frame.columns)
    numeric = [pd.api.types.is_numeric_dtype(dtype) for dtype in flat.dtypes]
    css = [' class="number"' if one else "" for one in numeric]
    head = "".join(_head(str(name), c) for name, c in zip(flat.columns, css, strict=True))
    marks = None if changed is None else changed.to_numpy()
    rows: list[str] = []
    names = _row_names(frame) if name else None
    for at, values in enumerate(flat.itertuples(index=False, name=None)):
        cells = [f'<th scope="row"{c}>{word(value)}</th>' for value, c in zip(values[:keys], css, strict=False)]
        for column, value in enumerate(values[keys:]):
            new = marks is not None and bool(marks[at, column])
            cells.append(_cell(value, numeric[keys + column], new))
        rows.append(f"<tr{key(name, *names[at]) if names else ''}>{''.join(cells)}</tr>")
    if not rows:
        rows = [f'<tr><td class="nothing" colspan="{len(flat.columns)}">{escape(nothing)}</td></tr>']
    return (
        f'<div class="scrolls"><table><caption>{escape(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table></div>"
    )


def _row_names(frame: pd.DataFrame) -> list[tuple[object, ...]]:
    """Return a name for each row: its index, and the how-manieth of this index it is."""
    labels = pd.Series([str(label) for label in frame.index], dtype="str")
    return list(zip(labels, labels.groupby(labels).cumcount(), strict=True))


def _cell(value: object, numeric: bool, changed: bool) -> str:
    names = [name for name, holds in (("number", numeric), ("changed", changed)) if holds]
    css = f' class="{" ".join(names)}"' if names else ""
    aloud = '<span class="only-read-out"> (changed)</span>' if changed else ""
    return f"<td{css}>{word(value)}{aloud}</td>"


def word(value: object) -> str:
    """Return a value as markup: a number with thousands separators and a minus sign."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,}".replace("-", "\N{MINUS SIGN}")
    return escape(str(value))

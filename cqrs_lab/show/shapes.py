"""The pieces of SVG that pictures are made of."""

from __future__ import annotations

from html import escape

from cqrs_lab.show.picture import joined, key


def keyed(name: tuple[object, ...], x: float, y: float, body: str, origin: tuple[object, ...] = ()) -> str:
    """Return a thing with a key at a place; in the first picture that has it, it comes from the thing at its origin."""
    comes = f' data-from="{joined(*origin)}"' if origin else ""
    return f'<g{key(*name)}{comes} transform="translate({x:g} {y:g})">{body}</g>'


def label(x: float, y: float, words: str, css: str, anchor: str = "middle", style: str = "") -> str:
    """Return words at a place."""
    paint = f' style="{style}"' if style else ""
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}" class="{css}"{paint}>{escape(words)}</text>'


def pill(width: float, words: str, style: str) -> str:
    """Return words in a box with round ends, around the middle."""
    box = f'<rect x="{-width / 2:g}" y="-15" width="{width:g}" height="30" rx="15" style="{style}" stroke-width="2"/>'
    return box + label(0, 5, words, "strong small")


def painted(shape: str, paint: str) -> str:
    """Return a shape whose lines are drawn in the colour of the text, in this colour."""
    return f'<g style="color:{paint}">{shape}</g>'

"""How an event type is drawn: its letters and its colour, which are the same in every lesson."""

from __future__ import annotations

import re
import sys
import zlib
from collections.abc import Iterable

# Petroff (2021), https://arxiv.org/abs/2107.02270: ten colours that stay distinct in every kind of colour vision.
BASES = (
    (63, 144, 218),
    (255, 169, 14),
    (189, 31, 1),
    (148, 164, 162),
    (131, 45, 182),
    (169, 107, 89),
    (231, 99, 0),
    (185, 172, 112),
    (113, 117, 129),
    (146, 218, 221),
)
# After ten types the colours come again, darker and lighter: how much of black (0) or white (255) is mixed in.
SHADES = ((0, 0.0), (0, 0.3), (255, 0.35), (0, 0.55))


def letters_of(event_types: Iterable[type]) -> dict[type, str]:
    """Return a few letters for each event type, never the same for two of them.

    They come from the name alone: OrderPlaced is OrPl and OrderPaid is OrPd, whatever else the log holds. Where two
    names have the same letters, the later one gets a number.

    Examples
    --------
    >>> from cqrs_lab.shop.events import OrderPaid, OrderPlaced
    >>> list(letters_of([OrderPlaced, OrderPaid]).values())
    ['OrPl', 'OrPd']
    """
    given: dict[type, str] = {}
    for kind in dict.fromkeys(event_types):
        letters, number = _letters(kind.__name__), 1
        while letters in given.values():
            number += 1
            letters = f"{_letters(kind.__name__)}{number}"
        given[kind] = letters
    return given


def _letters(name: str) -> str:
    """Return a short form of a name: two letters from each of two words, or the first letter of each of more."""
    words: list[str] = re.findall(r"[A-Z]+(?![a-z])|[A-Z]?[a-z0-9]+", name) or [name]
    if len(words) == 1:
        return words[0][:4]
    if len(words) > 2:
        return "".join(word[0] for word in words).upper()
    return "".join(map(_two_letters, words))


def _two_letters(word: str) -> str:
    consonant = re.search(r"[^aeiou\W]", word[1:])
    return word[0].upper() + (consonant.group() if consonant else word[1:2])


def colour_of(event_type: type) -> str:
    """Return the colour of an event type: the n-th class of a module has the n-th colour, in every log."""
    module = sys.modules.get(event_type.__module__)
    classes = [name for name, value in vars(module).items() if isinstance(value, type)] if module else []
    own = [name for name in classes if getattr(module, name).__module__ == event_type.__module__]
    name = event_type.__qualname__
    at = own.index(name) if name in own else zlib.crc32(name.encode())
    base, (towards, share) = BASES[at % len(BASES)], SHADES[at // len(BASES) % len(SHADES)]
    return "#" + "".join(f"{round(one + (towards - one) * share):02x}" for one in base)

"""What the views of the gap share: the rules that a reader of theirs may follow, and what is shown when one fails."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from html import escape

import pandas as pd

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.doors import by_name, function_of
from cqrs_lab.show.picture import Picture
from cqrs_lab.simulation.gap_rules import Rule, RuleFailed

WANTED = "rules by name; give {'mine': rule}"
A_RULE = "a rule; write def rule(committed, still_open): … that returns the last position that may be read"


def some_rules(rules: Mapping[str, Rule] | None, most: int, taken: Collection[str] = ()) -> dict[str, Rule]:
    """Return the rules of one's own by their names; none, if there are none."""
    if rules is None:
        return {}
    found = by_name("rules", rules, WANTED)
    if len(found) > most:
        raise InvalidArgument(f"rules has {len(found)} rules; give {most} at most")
    for name, rule in found.items():
        if name in taken:
            raise InvalidArgument(f"rules has {name!r}, which the view has already; give it another name")
        function_of(f"rules[{name!r}]", rule, 2, A_RULE)
    return found


def failed_picture(failed: RuleFailed) -> Picture:
    """Return what is shown where a rule raised an error, or returned no position."""
    says = f"{str(failed)[0].upper()}{str(failed)[1:]}."
    html = f'<p class="says"><strong>✕</strong> {escape(says)}</p>'
    return Picture(html, says, pd.DataFrame())

"""The lag that is predicted, compared with what was promised."""

from __future__ import annotations

import pandas as pd

from cqrs_lab.own_report.claim import FALSE, TRUE, UNKNOWN, Claim, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.own_system.words import interval, quantity
from cqrs_lab.show.picture import table

PART, ANY = "lag", "99 in 100 events are visible in time."
SAYS = "99 in 100 events are visible within {:g} s."
CAME = {
    TRUE: "The whole 95 % interval of the p99, {}, is within the promise.",
    FALSE: "The whole 95 % interval of the p99, {}, is beyond the promise.",
    UNKNOWN: "The promise lies within the 95 % interval of the p99, {}: more events are needed to tell.",
}


def about_the_lag(given: GivenParts) -> Claim:
    """Compare the p99 of the lag, as predicted, with the promise."""
    system = given.system
    if system is None:
        return not_tried(PART, ANY, "system=lab.your_system(…)")
    promised = system.given.objective_seconds
    _, low, high, _ = system.rows["lag p99"][0]
    verdict = TRUE if high <= promised else FALSE if low > promised else UNKNOWN
    came = CAME[verdict].format(interval(low, high, "s"))
    if low != low:
        came = "The run is too short for an interval. Give your_system more events."
    rows = {
        name: (quantity(one.value, unit), interval(one.low, one.high, unit), says)
        for name, (one, unit, says) in system.rows.items()
    }
    columns = ["value", "95 % interval", "what it says"]
    shown = pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("number")
    tried = "A simulation of the numbers given: predicted, and not measured."
    witness = system.figure().html + table(shown, "The system in numbers")
    return Claim(PART, SAYS.format(promised), verdict, tried, came, witness=witness)

"""Six parts of systems that somebody had to decide about, with the work that each side needs, in milliseconds."""

from __future__ import annotations

from collections.abc import Mapping

from cqrs_lab.simulation.choice import COSTS, SystemPart, Traffic


def _costs(crud: tuple[float, float, float], cqrs: tuple[float, float, float], poll: float) -> Mapping[str, float]:
    """Return costs of a write, of a fact more that its rule looks at, and of a read, on each side; and of a poll."""
    return dict(zip(COSTS, (*crud, *cqrs, poll), strict=True))


CASES: dict[str, SystemPart] = {
    "best sellers": SystemPart(
        "The front page of a shop adds up all sales of five years. It may be ten seconds old.",
        _costs((1, 0.05, 18), (4, 0.05, 1), 40),
        Traffic(0.95, staleness_seconds=10),
    ),
    "my orders": SystemPart(
        "A customer's own orders, found by an index: a few rows, joined. A few seconds old is fine.",
        _costs((1, 0.05, 0.4), (4, 0.05, 0.3), 40),
        Traffic(0.95, staleness_seconds=5),
    ),
    "meter readings": SystemPart(
        "Electricity meters send their readings all day. An office adds them up once in a while.",
        _costs((1, 0.05, 18), (4, 0.05, 1), 40),
        Traffic(0.02, staleness_seconds=60, rate_per_second=100),
    ),
    "seat map": SystemPart(
        "A concert's free seats, worked out from what is sold. Nobody may see a seat that is gone.",
        _costs((1, 0.05, 6), (4, 0.05, 1), 40),
        Traffic(0.9, staleness_seconds=0),
    ),
    "flash sale": SystemPart(
        "One product, and half of the buyers meet at it. How many are left may be a second old.",
        _costs((1, 0.05, 3), (4, 0.05, 1), 40),
        Traffic(0.6, contention=0.5, staleness_seconds=1),
    ),
    "insurance claims": SystemPart(
        "Each step looks at forty facts of the claim. Lists for six offices are opened all day, a minute old.",
        _costs((1, 0.2, 30), (4, 0.05, 1), 40),
        Traffic(0.7, rules=40, staleness_seconds=60, rate_per_second=10),
    ),
}
"""By name; in each, one of the four settings is close to what decides."""

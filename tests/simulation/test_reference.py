"""The fast engine equals the reference, event by event, whatever the model."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cqrs_lab.simulation import (
    Bursts,
    Clockwork,
    Crashes,
    Exponential,
    Fixed,
    LagModel,
    LogNormal,
    Poisson,
    Polling,
    RecordedTimes,
    Retries,
    Uniform,
    lag,
    reference,
)
from cqrs_lab.simulation.draws import Draws

# Eighths are exact in binary, so that what falls together in time falls together in both engines.
EIGHTHS = st.integers(1, 16).map(lambda n: Fixed(n / 8))
RANDOM = st.one_of(
    st.floats(0.05, 1.5).map(Exponential),
    st.floats(0.05, 1.0).map(lambda low: Uniform(low, low + 0.7)),
    st.floats(0.1, 1.0).map(lambda mean: LogNormal(mean, 0.7)),
)
ARRIVALS = st.one_of(
    st.floats(0.3, 3.0).map(Poisson),
    st.integers(2, 16).map(lambda n: Clockwork(n / 8)),
    st.builds(Bursts, st.floats(1, 8), st.floats(0, 0.9), st.floats(0.5, 5), st.floats(0.5, 5)),
)


CRASHES = st.builds(
    Crashes,
    st.floats(0.02, 0.2),
    RANDOM,
    st.sampled_from(["always", "handling"]),
    st.sampled_from(["resume", "redeliver"]),
)
# Small batches where there are crashes: one that takes longer than the projector lives is redelivered for ever.
SMALL = st.integers(1, 3)


def pollings(intervals, limit):
    ticks = st.builds(
        Polling,
        intervals,
        limit,
        st.sampled_from(["each", "batch"]),
        st.sampled_from(["ticks", "sleep_after"]),
    )
    return ticks | st.builds(lambda interval: Polling(interval, mode="drain"), intervals)


@st.composite
def models(draw):
    if draw(st.booleans()):
        # Fixed times only: everything may fall together, and nothing is left to rounding.
        return LagModel(
            Clockwork(draw(st.integers(2, 16)) / 8),
            draw(EIGHTHS | st.just(Fixed(0))),
            events_per_command=draw(st.integers(1, 3)),
            delivery=draw(st.none() | EIGHTHS),
            relay=draw(st.none() | EIGHTHS),
            polling=draw(st.none() | pollings(EIGHTHS, st.none() | st.integers(1, 6))),
            replicas=draw(st.integers(1, 2)),
        )
    consumers = draw(st.sampled_from([1, 1, 1, 2, 3]))
    delivery = draw(st.none() | RANDOM)
    outages = draw(st.sampled_from([(), ((3.0123, 4.0456),), ((0.5123, 1.0), (9.0711, 3.0303))]))
    alone = consumers == 1
    crashes = draw(st.none() | CRASHES) if alone else None
    limit = st.none() | st.integers(1, 6) if crashes is None else SMALL
    return LagModel(
        draw(ARRIVALS),
        draw(RANDOM),
        events_per_command=draw(st.integers(1, 3)),
        relay=draw(st.none() | RANDOM),
        delivery=delivery,
        delivery_in_order=delivery is None or draw(st.booleans()),
        polling=draw(st.none() | pollings(RANDOM | EIGHTHS, limit)) if alone else None,
        partitions=draw(st.sampled_from([1, 2, (0.7, 0.3)])) if alone else 1,
        consumers=consumers,
        replicas=draw(st.integers(1, 2)),
        crashes=crashes,
        retries=draw(st.none() | st.builds(Retries, st.floats(0, 0.6), st.sampled_from([0.0, 0.4]))),
        outages=outages,
    )


@settings(max_examples=1000, derandomize=True)
@given(models(), st.integers(1, 40), st.integers(0, 2**31))
def test_the_fast_engine_equals_the_reference(model, events, seed):
    fast, slow = lag.visible_at(Draws(model, events, seed)), reference.visible_at(Draws(model, events, seed))
    assert fast == pytest.approx(slow, rel=1e-9)
    assert (np.sort(fast) > 0).all()


@st.composite
def stopped_models(draw):
    """Polling projectors that are stopped in every way at once."""
    return LagModel(
        Poisson(draw(st.floats(0.5, 3.0))),
        draw(RANDOM),
        polling=draw(pollings(RANDOM, SMALL)),
        crashes=draw(CRASHES),
        retries=Retries(0.4, 0.8),
        outages=[(at + 0.0123, 0.4567) for at in range(1, 200, 2)],
    )


@settings(max_examples=300, derandomize=True)
@given(stopped_models(), st.integers(20, 40), st.integers(0, 2**31))
def test_it_equals_the_reference_also_where_one_stop_follows_another(model, events, seed):
    fast, slow = lag.visible_at(Draws(model, events, seed)), reference.visible_at(Draws(model, events, seed))
    assert fast == pytest.approx(slow, rel=1e-9)


@st.composite
def seldom_met_models(draw):
    """Many looks find nothing; tenths are not exact in binary, and ticks meet arrivals and each other's sums."""
    interval = draw(st.sampled_from([Fixed(0.01), Fixed(0.1), Fixed(0.3), Exponential(0.02), Uniform(0.0, 0.1)]))
    mode = draw(st.sampled_from(["ticks", "sleep_after", "drain"]))
    limit = None if mode == "drain" else draw(st.none() | SMALL)
    # With an outage the fast engine's clock is another one, and a tie may fall to either side by rounding.
    no_ties = not isinstance(interval, Fixed)
    outages = draw(st.sampled_from([(), ((1.1234, 2.2), (7.7123, 0.1))])) if no_ties else ()
    times = np.cumsum(draw(st.lists(st.integers(0, 30), min_size=1, max_size=20))) / 10
    begins = draw(st.sampled_from([0.0, 30_000.0]))
    arrivals = draw(st.sampled_from([Clockwork(0.3), Clockwork(2.1), RecordedTimes((begins + times).tolist())]))
    if isinstance(arrivals, RecordedTimes):
        outages = [(begins + start, seconds) for start, seconds in outages]
    return LagModel(
        arrivals,
        Exponential(0.4) if outages else draw(st.sampled_from([Fixed(0), Fixed(0.1), Fixed(0.2), Exponential(0.4)])),
        polling=Polling(interval, batch_limit=limit, mode=mode),
        outages=outages,
    )


@settings(max_examples=200, derandomize=True)
@given(seldom_met_models(), st.integers(1, 20), st.integers(0, 2**31))
def test_it_equals_the_reference_where_most_looks_find_nothing(model, events, seed):
    events = min(events, len(getattr(model.arrivals, "seconds", range(events))))
    fast, slow = lag.visible_at(Draws(model, events, seed)), reference.visible_at(Draws(model, events, seed))
    assert fast == pytest.approx(slow, rel=1e-9)

"""A lag model refuses values and combinations that have no meaning, and says which are accepted."""

import pytest

from cqrs_lab import InvalidArgument
from cqrs_lab.simulation import Crashes, Exponential, Fixed, LagModel, Poisson, Polling, Retries, simulate_lag

POLLING, CRASHES = Polling(Fixed(1)), Crashes(0.1, Fixed(1))


def model(**more):
    return LagModel(Poisson(1), Exponential(0.5), **more)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (lambda: LagModel(1, Fixed(1)), "give Poisson, Clockwork"),
        (lambda: LagModel(Poisson(1), 0.5), "give a duration"),
        (lambda: model(relay=0.5), "relay=0.5"),
        (lambda: model(events_per_command=0), "events_per_command=0"),
        (lambda: model(replicas=1.5), "replicas=1.5"),
        (lambda: model(partitions=0), "partitions=0"),
        (lambda: model(partitions=[0.5, 0.6]), "add up to 1"),
        (lambda: model(consumers=2, polling=POLLING), "no meaning together with polling"),
        (lambda: model(consumers=2, crashes=CRASHES), "no meaning together with crashes"),
        (lambda: model(consumers=2, partitions=2), "no meaning together with partitions"),
        (lambda: model(delivery_in_order=False), "give delivery="),
        (lambda: model(outages=[(5, 0)]), "outage seconds=0"),
        (lambda: model(outages=[(5, 2), (6, 1)]), "another one has not ended"),
        (lambda: Polling(Fixed(0)), "leave polling out"),
        (lambda: Polling(Fixed(1), batch_limit=0), "batch_limit=0"),
        (lambda: Polling(Fixed(1), mode="often"), "accepted are 'ticks', 'sleep_after', 'drain'"),
        (lambda: Polling(Fixed(1), commit="all"), "accepted are 'each', 'batch'"),
        (lambda: Polling(Fixed(1), 5, mode="drain"), "leave batch_limit"),
        (lambda: Polling(Fixed(1), commit="batch", mode="drain"), "leave batch_limit"),
        (lambda: Crashes(0, Fixed(1)), "rate_per_second=0"),
        (lambda: Crashes(1, 2.0), "repair=2.0"),
        (lambda: Crashes(1, Fixed(1), when="never"), "accepted are 'always', 'handling'"),
        (lambda: Crashes(1, Fixed(1), then="stop"), "accepted are 'resume', 'redeliver'"),
        (lambda: Retries(1), "give less than 1"),
        (lambda: Retries(0.5, -1), "backoff_seconds=-1"),
        (lambda: simulate_lag(model(), events=0), "events=0"),
    ],
)
def test_nonsense_is_refused_with_what_is_accepted(wrong, says):
    with pytest.raises(InvalidArgument, match=says):
        wrong()

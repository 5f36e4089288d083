"""From a slider move of the lag explorer to its new picture, with 100,000 events: without a browser, in milliseconds.

The one place where a bound is absolute, because a hand feels it: 100 ms at the median, 200 ms at the 95th of 100.
"""

import statistics
import time

from tools.claims import at_most
from tqdm import tqdm

from cqrs_lab.show import lag_explorer

MEDIAN, P95 = 100, 200
# Each control of lesson 7's explorer, over its range, from where it begins.
MOVES = {
    "rate": range(1, 31),
    "handling": range(0, 501, 10),
    "poll": range(0, 101, 4),
    "arrivals": (0, 1, 2, 1, 0),
}


def main():
    took = []
    for name, values in tqdm(MOVES.items(), leave=False, disable=None):
        view = lag_explorer(["rate", "handling", "poll", "arrivals"], arrivals="at random", times="at random")
        for value in values:
            if view.values[name] != value:
                start = time.perf_counter()
                view.move(**{name: value})
                took.append(1000 * (time.perf_counter() - start))
    median, p95 = statistics.median(took), statistics.quantiles(took, n=20)[-1]
    at_most(f"a slider's move to its picture, {len(took)} moves", median, MEDIAN, unit=" ms")
    at_most("the same, 95th of 100", p95, P95, unit=" ms")


if __name__ == "__main__":
    main()

"""The settings of a lesson's views that its text asks for, where not every setting is drawn.

"Halve the handling", says the text; so the book has that setting, whatever else it leaves out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cqrs_lab.show.frozen import Asked

ALL = None
# Which faults of `show.fault_plan`, which remedies of `show.policies`.
CRASH_BETWEEN, UNREADABLE, WAITING_COMMAND = 2, 10, 4
THE_KITS_PROJECTOR = 4
CUTS: Sequence[Asked] = ({"first": ALL, "step": ALL}, {"first": ALL, "second": ALL})
FAULTS: Sequence[Asked] = (
    {"worker": ALL, "kind_1": ALL, "event_1": ALL},
    {"worker": [0, 1], "kind_1": [CRASH_BETWEEN], "event_1": ALL, "step": ALL},
    {"worker": ALL, "kind_1": ALL, "step": ALL},
    {"worker": [THE_KITS_PROJECTOR], "kind_1": [UNREADABLE], "event_1": [3], "step": ALL},
)
MOVES: Asked = {f"move_{number}": ALL for number in range(1, 6)}
OWN_WORKER: Sequence[Asked] = ({"worker": [0], "kind_1": ALL, "event_1": ALL}, {"kind_1": ALL, "step": ALL})

ASKED_FOR: Mapping[str, Mapping[int, Sequence[Asked]]] = {
    "05_read_models": {2: CUTS, 5: CUTS, 6: CUTS},
    "06_fast_queries": {
        1: ({"length": ALL, "reads": ALL}, {"length": [4], "questions": [10], "reads": ALL}),
        2: ({"length": ALL, "reads": ALL},),
    },
    "07_the_lag": {
        2: ({"busy": [*range(5, 121, 5), *range(90, 100)]},),
        5: (
            {"handling": [50], "arrivals": ALL},
            {"poll": [20], "mode": ALL},
            {"times": ALL},
        ),
        6: ({"rate": [8, 9], "partitions": ALL}, {"arrivals": ALL, "batch": [0, 10]}),
    },
    "08_what_readers_notice": {3: ({"policy": ALL, "think": [5, 30]}, {"policy": [WAITING_COMMAND], "case": ALL})},
    "09_when_things_break": {1: FAULTS, 2: OWN_WORKER, 3: OWN_WORKER},
    "09b_the_event_that_nobody_reads": {
        1: (MOVES,),
        2: ({"remedy": ALL, "ada_lasts": [5, 10, 15, 20, 21, 25, 28, 30, 35, 40]}, {"remedy": ALL, "ada_ends": ALL}),
        4: ({"rule": ALL, **MOVES},),
    },
    "10_rebuilding_read_models": {
        1: (
            {"way": ALL, "step": ALL},
            {"build": [30], "step": ALL},
            {"traffic": [8, 15], "step": ALL},
        ),
    },
    "11_scaling_reads": {
        1: (
            {"partitions": ALL, "by": ALL},
            {"handling": ALL},
            {"by": ALL, "copies": ALL},
            {"copies": ALL, "questions": [15, 30]},
            {"distance": [0, 10, 20, 30], "by": [1]},
        ),
        2: ({"partitions": ALL, "by": ALL},),
    },
    "12_long_running_processes": {
        1: ({"failure": ALL, "step": ALL}, {"cancel": ALL}, {"failure": ALL, "crash": ALL}),
        2: ({"failure": ALL, "crash": ALL}, {"failure": ALL, "step": ALL}),
    },
    # Three weeks day by day, and the days that are one summary each, with the day after.
    "13_a_real_year_of_trade": {
        1: ({"day": range(183, 205)}, {"day": [2**power + more for power in range(9) for more in (0, 1)]}),
    },
    "15_should_you_use_cqrs": {
        2: ({"page": ALL, "read_share": range(0, 201, 10)}, {"page": ALL, "contention": range(0, 96, 5)}),
    },
}
"""By lesson, and by the number of the view on its page."""

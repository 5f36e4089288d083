"""What did people see? The guarantees, judged by a trace of what they did."""

from __future__ import annotations

from collections.abc import Iterator

from cqrs_lab.own_report.claim import FALSE, TRUE, UNKNOWN, Claim, not_tried
from cqrs_lab.own_report.given import GivenParts
from cqrs_lab.show.who_saw_what import who_saw_what
from cqrs_lab.simulation import guarantees
from cqrs_lab.words import count

PART, ANY = "readers", "Sessions see what they were promised."
SAYS = {
    "read_your_writes": "Everybody sees what they wrote themselves (read your writes).",
    "monotonic_reads": "What somebody has seen does not disappear again (monotonic reads).",
    "monotonic_writes": "What somebody wrote is in the log in their order (monotonic writes).",
    "writes_follow_reads": "An answer to what somebody saw comes after it (writes follow reads).",
    "consistent_prefix": "Nothing is shown without what came before it (consistent prefix).",
}
AGAIN = """from cqrs_lab.show import who_saw_what
view = who_saw_what(trace, [{name!r}])
view.move(case=1)
view"""


def about_readers(given: GivenParts) -> Iterator[Claim]:
    """Judge a trace by each guarantee."""
    trace = given.trace
    if trace is None:
        yield not_tried(PART, ANY, "trace=, what sessions wrote and read, such as simulate_world(…).trace,")
        return
    verdicts = guarantees.check(trace)
    sessions, writes, reads = trace["session"].nunique(), (trace["op"] == "w").sum(), (trace["op"] == "r").sum()
    tried = f"{count(int(writes), 'write')} and {count(int(reads), 'read')} of {count(sessions, 'session')}."
    for name, says in SAYS.items():
        cases = verdicts[name].broken_by
        if cases:
            view = who_saw_what(trace, [name])
            view.move(case=1)
            came = f"Broken {count(len(cases), 'time')}."
            yield Claim(PART, says, FALSE, tried, came, view, again=AGAIN.format(name=name))
        elif not writes or not reads:
            yield Claim(PART, says, UNKNOWN, tried, "It takes writes and reads to tell. Give a trace that has both.")
        else:
            yield Claim(PART, says, TRUE, tried, "It was never broken.")

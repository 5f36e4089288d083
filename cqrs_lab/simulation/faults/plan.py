"""A fault plan: what goes wrong in a run, as plain data, written by hand or drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation.draws import child


@dataclass(frozen=True, slots=True)
class Crash:
    """The worker dies when it passes a site for the n-th time; what it kept in memory is gone."""

    site: str
    visit: int = 1

    def __str__(self) -> str:
        return f"a crash {self.site} (visit {self.visit})"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """The delivery that holds a position comes again, after `later` others."""

    position: int
    later: int = 0

    def __str__(self) -> str:
        deliveries = "delivery" if self.later == 1 else "deliveries"
        return f"{self.position} delivered again, {self.later} {deliveries} later"


@dataclass(frozen=True, slots=True)
class LostAcknowledgement:
    """The acknowledgement of the delivery that holds a position is lost: it comes again at once."""

    position: int

    def __str__(self) -> str:
        return f"the acknowledgement of {self.position} lost"


@dataclass(frozen=True, slots=True)
class Delay:
    """The delivery that holds a position comes some seconds late, and those behind it wait."""

    position: int
    seconds: int = 1

    def __str__(self) -> str:
        return f"{self.position} delayed by {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Reorder:
    """The delivery that holds a position is overtaken by the next one."""

    position: int

    def __str__(self) -> str:
        return f"{self.position} overtaken"


@dataclass(frozen=True, slots=True)
class LostReceipt:
    """The sender of a command hears nothing, and sends it again under the same id."""

    command: int

    def __str__(self) -> str:
        return f"the receipt of command {self.command} lost"


@dataclass(frozen=True, slots=True)
class Poison:
    """The projection cannot read the event at a position until it is fixed, after the last command."""

    position: int

    def __str__(self) -> str:
        return f"{self.position} unreadable"


@dataclass(frozen=True, slots=True)
class SlowCommit:
    """A command's transaction takes some seconds from getting its position to its commit."""

    command: int
    seconds: int = 1

    def __str__(self) -> str:
        return f"command {self.command} commits after {self.seconds} s"


@dataclass(frozen=True, slots=True)
class Abort:
    """Somebody gives up a rebuild after a number of steps, unless it has swapped before."""

    step: int

    def __str__(self) -> str:
        return f"the rebuild aborted after step {self.step}"


_OfAProjector = Crash | Duplicate | LostAcknowledgement | Delay | Reorder | LostReceipt | Poison | SlowCommit
Fault = _OfAProjector | Abort
KINDS: Mapping[str, type[Fault]] = {kind.__name__: kind for kind in _OfAProjector.__args__}
"""What can strike a projector; a rebuild can also be aborted."""
_ALL_KINDS: Mapping[str, type[Fault]] = {**KINDS, "Abort": Abort}


@dataclass(frozen=True, slots=True)
class FaultPlan:
    """The faults of one run, in no order: each says when it strikes.

    Examples
    --------
    >>> from cqrs_lab.simulation.faults import Crash, Duplicate, FaultPlan
    >>> print(FaultPlan((Crash("after save"), Duplicate(3, later=1))))
    a crash after save (visit 1); 3 delivered again, 1 delivery later
    """

    faults: tuple[Fault, ...] = ()

    def __post_init__(self) -> None:
        if not isinstance(self.faults, Iterable):
            example = "(Crash('after save'),)"
            raise InvalidArgument(f"{self.faults!r} is not a plan; give a tuple of faults, such as {example}")
        object.__setattr__(self, "faults", tuple(self.faults))
        for fault in self.faults:
            if not isinstance(fault, Fault):
                raise InvalidArgument(f"{fault!r} is not a fault; give one of {', '.join(_ALL_KINDS)}")
            for field in fields(fault):
                value, least = getattr(fault, field.name), 0 if field.name == "later" else 1
                if field.name != "site" and (type(value) is not int or value < least):
                    raise InvalidArgument(f"{fault!r}: give {field.name} a whole number, {least} or more")

    def __str__(self) -> str:
        return "; ".join(map(str, self.faults)) or "nothing goes wrong"

    def __iter__(self) -> Iterator[Fault]:
        return iter(self.faults)

    def __len__(self) -> int:
        return len(self.faults)

    @classmethod
    def of(cls, faults: FaultPlan | Fault | Iterable[Any], kinds: Sequence[type[Fault]], what: str) -> FaultPlan:
        """Return a plan of one or several faults, each of a kind that can strike what is put to the test."""
        given: Any = (faults,) if isinstance(faults, Fault) else faults
        plan = faults if isinstance(faults, FaultPlan) else cls(given)
        for fault in plan:
            if not isinstance(fault, tuple(kinds)):
                known = ", ".join(kind.__name__ for kind in kinds)
                raise InvalidArgument(f"{fault!r} cannot strike {what}; give one of {known}")
        return plan

    def without(self, number: int) -> FaultPlan:
        """Return the plan without one of its faults."""
        return FaultPlan(self.faults[:number] + self.faults[number + 1 :])

    def to_plain(self) -> list[dict[str, Any]]:
        """Return the plan as lists and dicts that JSON can hold."""
        return [{"fault": type(fault).__name__, **asdict(fault)} for fault in self.faults]

    @classmethod
    def from_plain(cls, plain: Sequence[Mapping[str, Any]]) -> Self:
        """Return the plan that `to_plain` wrote."""
        faults = []
        for given in plain:
            values = dict(given)
            kind = _ALL_KINDS.get(values.pop("fault", ""))
            if kind is None or values.keys() - {field.name for field in fields(kind)}:
                raise InvalidArgument(f"{given!r} is not a fault; give one of {', '.join(_ALL_KINDS)}")
            faults.append(kind(**values))
        return cls(tuple(faults))


def draw_plan(
    seed: int,
    sites: Mapping[str, int],
    *,
    events: int,
    commands: int,
    count: int = 4,
    kinds: Sequence[type[Fault]] = tuple(KINDS.values()),
    seconds: int = 4,
) -> FaultPlan:
    """Return a random plan, drawn from a seed.

    Parameters
    ----------
    seed : int
    sites : mapping of str to int
        Where the worker can crash, and how often it passes each.
    events, commands : int
        How many of them there are, for a fault to strike.
    count : int, optional
        The most faults in the plan; there is at least one.
    kinds : sequence of types, optional
        Which kinds of faults.
    seconds : int, optional
        The longest delay.

    Raises
    ------
    InvalidArgument
        No kind is left: none was passed, or only crashes without a site.
    """
    random = child(seed, "fault plan")
    usable = [kind for kind in kinds if kind is not Crash or sites]
    if not usable:
        raise InvalidArgument(
            f"kinds={list(kinds)!r} with {len(sites)} sites leave no fault to draw; give kinds, and sites for Crash"
        )

    def whole(most: int) -> int:
        return int(random.integers(1, max(1, most) + 1))

    def one() -> Fault:
        kind = usable[int(random.integers(len(usable)))]
        if kind is Crash:
            site = sorted(sites)[int(random.integers(len(sites)))]
            return Crash(site, whole(sites[site]))
        most = {"position": events, "command": commands, "seconds": seconds}
        values = {field.name: most.get(field.name, 4) for field in fields(kind)}
        numbers: dict[str, Any] = {name: whole(upto) for name, upto in values.items()}
        return kind(**numbers)

    return FaultPlan(tuple(one() for _ in range(whole(count))))

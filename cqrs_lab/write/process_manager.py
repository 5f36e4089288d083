"""A process manager: events in, commands out, until work across several days and streams is done or undone."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import takewhile
from typing import Any, Generic, NamedTuple

from cqrs_lab.arguments import check_range, function, hashable, having, refuse, shown, text, whole_number
from cqrs_lab.errors import CommandIdReused, CommandRejected, InvalidArgument, said
from cqrs_lab.log.envelope import RecordedEvent
from cqrs_lab.log.event_store import EventStore
from cqrs_lab.log.follower import Follower
from cqrs_lab.log.guards.identity import current
from cqrs_lab.log.guards.purity import check_state, fresh
from cqrs_lab.log.workers.turn import Turn
from cqrs_lab.log.wrappers.read_through import is_tracing
from cqrs_lab.write.command_bus import CommandBus
from cqrs_lab.write.decider import Command, Event, State


@dataclass(frozen=True, slots=True)
class Process(Generic[Command, Event, State]):
    """The rules of a long-running process: a decider turned around.

    All functions are pure. Every fact that a command needs comes from the event, the state or `now`.

    Attributes
    ----------
    name : str
        The ids of its commands begin with it, so two processes on one log need two names.
    initial_state : State
        What is known before the first event.
    instance : callable
        ``instance(event)`` returns which instance of the process an event belongs to, such as an order's id; None if
        none.
    evolve : callable
        ``evolve(state, event)`` returns the state after the event.
    react : callable
        ``react(event, state)`` returns the commands that the event calls for; the state is the one after the event.
    deadline : callable, optional
        ``deadline(state)`` returns the time until which it waits in this state; None for no limit.
    overdue : callable, optional
        ``overdue(state, now)`` returns the commands that a missed deadline calls for. It is called once per deadline,
        so they should lead to an event that the process reads.

    Notes
    -----
    The pattern: Gregor Hohpe and Bobby Woolf, Enterprise Integration Patterns (2003), "Process Manager". Undoing by
    further steps: Hector Garcia-Molina and Kenneth Salem, Sagas (1987), https://doi.org/10.1145/38713.38742

    Examples
    --------
    >>> from cqrs_lab import Process
    >>> light = Process(
    ...     name="light",
    ...     initial_state=0,
    ...     instance=lambda event: "hall",
    ...     evolve=lambda opened, event: opened + 1,
    ...     react=lambda event, opened: ["switch on"] if opened == 1 else [],
    ... )
    >>> light.react("door opened", light.evolve(light.initial_state, "door opened"))
    ['switch on']
    """

    name: str
    initial_state: State
    instance: Callable[[Any], str | None]
    evolve: Callable[[State, Event], State]
    react: Callable[[Event, State], Sequence[Command]]
    deadline: Callable[[State], Any] = lambda state: None
    overdue: Callable[[State, Any], Sequence[Command]] = lambda state, now: ()

    def __post_init__(self) -> None:
        text("name", self.name, "a name; give the process a text, such as 'fulfilment'")
        for rule in ("instance", "evolve", "react", "deadline", "overdue"):
            function(rule, getattr(self, rule), "a function; Process says what each of its rules is called with")


@dataclass(frozen=True, slots=True)
class RejectedCommand:
    """A command of the process that a rule forbade: the position of its cause, the command, and the reason."""

    position: int
    command: object
    reason: str

OVERDUE = "a missed deadline"
"""What `metadata["why"]` says of events that a missed deadline led to."""


class _Known(NamedTuple):
    """What the process knows of an instance: up to which position, its state, its deadline, and the last event's id."""

    position: int
    state: Any
    deadline: Any = None
    event_id: str = ""


class ProcessManager(Follower):
    """Follows the log for a process, and sends what the process decides.

    What it knows is the fold of the log up to its position, so only the position is saved. Command ids are made of
    process, position and ordinal: after a crash the event that was being handled is handled again, and a command that
    was recorded is not recorded twice. So each event is handled at least once, and takes effect once. A command that
    was rejected, or recorded nothing, has left no id: it is decided again, on the current state.

    Parameters
    ----------
    store : EventStore
    bus : CommandBus
    process : Process
    position : int, optional
        The saved position of an earlier process manager. Events up to there are folded but not reacted to: give
        ``store.head()`` to react only to what happens from now on.
    save : callable, optional
        ``save(position)`` is called once the commands that an event calls for were sent, not before. An event that
        calls for none is saved only when `due` has caught up: handling it again sends nothing.

    Attributes
    ----------
    position : int
        Everything up to here is handled.
    rejected : tuple of RejectedCommand
        The rejected commands since this object was made, each once. No event reports them to the process, so every
        state that waits needs a deadline.
    waiting : mapping of str to deadline
        The instances that are waiting, and their deadlines.
    error : str
        What ended the thread that `start` began; "" if nothing did, or if events were handled since.

    Examples
    --------
    >>> from cqrs_lab import CommandBus, MemoryEventStore, ProcessManager
    >>> from cqrs_lab.shop import fulfilment, week, write
    >>> store = MemoryEventStore()
    >>> bus = CommandBus(store)
    >>> write.register(bus)
    >>> for command in week.commands()[:5]:
    ...     receipt = bus.send(command)
    >>> manager = ProcessManager(store, bus, fulfilment.process)
    >>> manager.catch_up()
    7
    >>> [type(recorded.event).__name__ for recorded in store.read_all(after=receipt.position)]
    ['StockReserved', 'PaymentRequested']
    """

    def __init__(
        self,
        store: EventStore,
        bus: CommandBus,
        process: Process[Any, Any, Any],
        position: int = 0,
        save: Callable[[int], None] = lambda position: None,
    ) -> None:
        having("store", store, ("read_all", "head"), "an event store; give one, such as MemoryEventStore()")
        having("bus", bus, ("send",), "a command bus; give one, such as CommandBus(store)")
        if not isinstance(process, Process):
            raise InvalidArgument(f"{shown(process)} is not a process; give a cqrs_lab.Process")
        head = store.head()
        wanted = f"a position in the log; give 0 (the start of the log) to {head} (its head)"
        if whole_number("position", position, wanted) > head:
            raise refuse("position", position, wanted)
        function("save", save, "a function; give one that keeps a position, such as lambda position: …")
        super().__init__(store, f"manager of {process.name}")
        self._bus, self._process, self._save = bus, process, save
        self._traces = isinstance(bus, CommandBus) and is_tracing(store)
        self._known: dict[str, _Known] = {}
        self._rejected: dict[str, RejectedCommand] = {}
        self.position, self.error = int(position), ""
        self._turn = Turn()
        for recorded in current(takewhile(lambda one: one.position <= position, store.read_all())):
            self._remember(*self._after(recorded))

    @property
    def rejected(self) -> tuple[RejectedCommand, ...]:
        """The commands of the process that a rule forbade, each once."""
        return tuple(self._rejected.values())

    @property
    def waiting(self) -> dict[str, Any]:
        """The instances that are waiting, and their deadlines."""
        return {one: known.deadline for one, known in self._known.copy().items() if known.deadline is not None}

    def state(self, instance: str) -> Any:
        """Return the state of an instance; the initial state if no event has reached it."""
        return fresh(self._known_of(hashable("instance", instance, "a name; give one, such as an order's id")).state)

    def catch_up(self, limit: int | None = None) -> int:
        """Handle the log to its end, including the events its own commands cause, or at most `limit` events.

        A process that reacts to its own events forever needs a limit; once started, it can be stopped between reads.

        Returns
        -------
        int
            The number of events handled.

        Raises
        ------
        Exception
            Whatever the process or the bus raises, except `CommandRejected`. The position stays before that event, and
            the next call handles it again.
        """
        check_range(0, limit)
        handled = self._turn.run(self, "catch_up()", partial(self._read_to_end, limit))
        self._resume()
        return handled

    def _read_to_end(self, limit: int | None = None) -> int:
        handled = 0
        while new := self._read_on(None if limit is None else limit - handled):
            handled += new
        return handled

    def _read_on(self, limit: int | None = None) -> int:
        """Handle what is in the log now and return how many events; what they cause waits for the next call."""
        handled = 0
        for recorded in current(self.store.read_all(after=self.position, limit=limit)):
            self._handle(recorded)
            handled += 1
        self.error = ""
        return handled

    def due(self, now: Any) -> int:
        """Catch up, then send the commands that missed deadlines call for, once for each deadline.

        An instance first seen in this call is given up at the next call at the earliest, if there is no answer by then.

        Nobody calls this for you: time is an outside fact, and comes from a scheduler, for example. To send a reminder
        again later, record an event that the process reads, so that it waits again.

        Parameters
        ----------
        now : deadline
            A value of the kind that the process's `deadline` returns.

        Returns
        -------
        int
            How many instances were overdue.

        Raises
        ------
        InvalidArgument
            `now` and a deadline cannot be compared, such as times with and without a zone. Nothing is sent then.
        """
        overdue = self._turn.run(self, "due()", partial(self._due, now))
        self._resume()
        return overdue

    def _due(self, now: Any) -> int:
        known = self.position
        if self._read_to_end():
            self._save(self.position)  # so that the next manager knows what this one has seen
        # An instance first seen in this call is not given up: what was asked for just now may still be answered.
        waiting = {one: deadline for one, deadline in self.waiting.items() if self._known[one].position <= known}
        overdue = [instance for instance, deadline in waiting.items() if _is_over(deadline, now)]
        for instance in overdue:
            self._send(self._process.overdue(self.state(instance), now), self._known[instance], overdue=True)
        if overdue:
            self._read_to_end()
        return len(overdue)

    def _follow(self) -> bool:
        try:
            self._turn.run(self, "catch_up()", self._read_on)
        except BaseException as error:
            self.error = said(error)
            raise
        return True

    def _superseded(self, why: str) -> None:
        self.error = why

    def _handle(self, recorded: RecordedEvent) -> None:
        instance, known = self._after(recorded)
        commands = () if instance is None else self._process.react(recorded.event, fresh(known.state))
        self._send(commands, known._replace(position=recorded.position, event_id=recorded.event_id))
        # Only now: after a crash before this line the event is handled again, and the ids make that harmless.
        if commands:
            self._save(recorded.position)
        self._remember(instance, known)
        self.position = recorded.position

    def _known_of(self, instance: str) -> _Known:
        return self._known.get(instance) or _Known(0, self._process.initial_state)

    def _after(self, recorded: RecordedEvent) -> tuple[str | None, _Known]:
        """Return the instance that the event belongs to, and what is known of it after the event."""
        if (instance := self._process.instance(recorded.event)) is None:
            return None, _Known(0, None)
        wanted = "a name; return one, such as an order's id, or None"
        known = self._known_of(hashable("instance(event)", instance, wanted))
        if known.position >= recorded.position:
            return instance, known  # handled again after an interrupt; it must not count twice
        check_state(known.state)
        # A copy: a rule that changes its state in place must not change another instance's, or this one's twice.
        state = self._process.evolve(fresh(known.state), recorded.event)
        return instance, _Known(recorded.position, state, self._process.deadline(fresh(state)), recorded.event_id)

    def _remember(self, instance: str | None, known: _Known) -> None:
        if instance is not None:
            self._known[instance] = known

    def _send(self, commands: Sequence[object], cause: _Known, *, overdue: bool = False) -> None:
        if not isinstance(commands, (list, tuple)):
            what = f"{self._process.name} returned {shown(commands)}"
            raise InvalidArgument(f"{what}; return a list of commands, [] for none")
        metadata = {"who": self._process.name} | ({"why": OVERDUE} if overdue else {})
        traced: Any = {"caused_by": cause.event_id, "metadata": metadata} if self._traces else {}
        for ordinal, command in enumerate(commands, 1):
            command_id = f"{self._process.name}-{cause.position}-{'overdue-' if overdue else ''}{ordinal}"
            try:
                self._bus.send(command, command_id=command_id, **traced)
            except CommandRejected as rejected:
                self._rejected[command_id] = RejectedCommand(cause.position, command, rejected.reason)
            except CommandIdReused:
                if not overdue:
                    raise
                # The command for this missed deadline was recorded at an earlier `now`, and stands.


def _is_over(deadline: Any, now: Any) -> bool:
    try:
        return bool(deadline <= now)
    except (TypeError, ValueError) as error:
        what = f"now={shown(now)} and the deadline {shown(deadline)} are of different kinds"
        raise InvalidArgument(f"{what}: {error}") from error

"""The lanes of a process: who took part, which event led to which, and what was undone, for any step that fails."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any, Protocol

from cqrs_lab.arguments import having, refuse, text, whole_number
from cqrs_lab.show.doors import by_name, function_of, listed
from cqrs_lab.show.lanes_crashes import EveryCrash
from cqrs_lab.show.lanes_picture import lanes_picture
from cqrs_lab.show.lanes_runs import Play, Played, Runs
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.write.process_manager import Process


class World(Protocol):
    """Where a process is played: a module such as `cqrs_lab.shop.one_order`, or an object like it."""

    FAILURES: Sequence[str]
    LANES: Mapping[str, str]

    def see_through(self, failure: str, cancels_after: int, crash_after: int, process: Any) -> Played:
        """Play the process."""


def process_lanes(
    play: Play | Process[Any, Any, Any],
    failures: Sequence[str] | World,
    lanes: Mapping[str, str] | None = None,
    *,
    columns: int = 12,
    latest_cancel: int = 30,
    most_commands: int = 10,
) -> View:
    """Let any step of a process fail, and see in lanes who does what because of whom.

    Every setting is played from the start. The controls: what fails, after how many minutes it is cancelled,
    after which of its commands the process manager dies, and how many of the run's events are shown. A process of your
    own is also played with every crash, and the picture says after which of them the log is another one.

    Parameters
    ----------
    play : Process or callable
        A process of your own; then `failures` says where it is played. Or ``play(failure, cancels_after,
        crash_after)``, which returns a log and notes, as `cqrs_lab.shop.one_order.see_through` does. The log is a
        DataFrame, one row per event and at least one, by position; columns at, stream, event, command, cause,
        time_is_up, undoes, sent, crash, perhaps no_return, and one for each thing that is held. An event whose name
        ends in Refused or Declined is drawn as one by which somebody says no. A note that is a `Refusal` is drawn
        below the lanes, at its time.
    failures : sequence of str or World
        What may fail; the first comes first. Of a process: what has ``see_through(failure, cancels_after, crash_after,
        process)``, FAILURES and LANES, such as the module `cqrs_lab.shop.one_order`.
    lanes : mapping of str to str, optional
        How a stream's name begins, and whose lane that is; a World says so itself.
    columns : int, optional
        The number of events that have room; a longer log makes the columns narrower.
    latest_cancel, most_commands : int, optional
        How far the controls go.

    Returns
    -------
    View
        `frame()`: the rows of the log that are shown.

    Raises
    ------
    InvalidArgument
        There is nothing that may fail, a number makes no sense, or a log does not fit: it has no events, lacks a
        column, or a stream of it has no lane.

    Examples
    --------
    >>> from cqrs_lab.shop import one_order
    >>> from cqrs_lab.show import process_lanes
    >>> view = process_lanes(one_order.see_through, one_order.FAILURES, one_order.LANES)
    >>> view.move(failure=5, step=10)
    >>> view
    10 of 12 events. At 12:25 PaymentRefunded, since the process answered event 11 with WithdrawPayment: it undoes a \
step. Set aside: 4 units; taken and not given back: 0 mills.

    A process of your own, here one that never gives up:

    >>> from dataclasses import replace
    >>> from cqrs_lab.shop import fulfilment
    >>> patient = replace(fulfilment.process, overdue=lambda state, now: [])
    >>> process_lanes(patient, one_order).at(failure=3).says.rpartition("keeps waiting. ")[2]
    '45 crashes were tried: the log is the same after each.'
    """
    own = isinstance(play, Process)
    played, may_fail, whose = _in_a_world(play, failures) if isinstance(play, Process) else (play, failures, lanes)
    function_of("play", played, 3, "a function; write def play(failure, cancels_after, crash_after)")
    may_fail, whose = _checked(may_fail, whose)
    for name, least, number in (("columns", 1, columns), ("latest_cancel", 0, latest_cancel)):
        whole_number(name, number, f"a whole number; give {least} or more", least=least)
    whole_number("most_commands", most_commands, "a whole number; give 0 or more")
    runs = Runs(played, may_fail, whose, most_commands)

    def draw(failure: int, cancel: int, crash: int, step: int) -> Picture:
        log, notes = runs.played(failure, cancel, crash)
        if crash and log["crash"].any():
            same = runs.same(failure, cancel, crash)
            notes = [*notes, f"The log is {'the same as' if same else 'not the one'} without the crash."]
        picture = lanes_picture(log, log.iloc[:step], notes, whose, max(columns, len(log)))
        return EveryCrash(runs, cancel).above(picture, failure, crash) if own else picture

    return View(draw, _controls(runs, latest_cancel, most_commands))


def _controls(runs: Runs, latest_cancel: int, most_commands: int) -> list[Control]:
    start = {"failure": 0, "cancel": 0, "crash": 0}
    return [
        Control.among("failure", "What fails", runs.failures),
        Control("cancel", "Cancelled after (0: never)", 0, latest_cancel, 0, scale=Scale("minutes")),
        Control("crash", "Process dies after command number (0: never)", 0, most_commands, 0),
        Control("step", "Events shown", 1, runs.length, runs.length(start), plays=True),
    ]


def _checked(failures: Any, lanes: Any) -> tuple[list[str], dict[str, str]]:
    wanted = "a list of what may fail; give texts, such as ['nothing fails']"
    may_fail = [text("failures", one, wanted) for one in listed("failures", failures, wanted)]
    wanted = "a mapping from how a stream's name begins to its lane; give {'order-': 'Orders'}"
    return may_fail, {name: text("lanes", one, wanted) for name, one in by_name("lanes", lanes, wanted).items()}


def _in_a_world(process: Process[Any, Any, Any], world: Any) -> tuple[Any, Any, Any]:
    wanted = "where a process is played; give what has see_through, FAILURES and LANES, such as shop.one_order"
    having("failures", world, ("see_through",), wanted)
    if not (hasattr(world, "FAILURES") and hasattr(world, "LANES")):
        raise refuse("failures", world, wanted)
    return partial(world.see_through, process=process), world.FAILURES, world.LANES

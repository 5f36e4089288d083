"""What an exercise is.

For who writes a judge. A judge is a function of the answer that raises `NotYet` with what was done, what came, what was
expected, and a question; it returns nothing where the answer does what is asked.

- Call the learner's function with `guard.call(function, *arguments, name="behind", returns="a number")`: it shows the
  call, hands out copies, reads a generator to its end, and asks for the `return` where None comes back.
- Read what comes back with `course.accept`: `as_number`, `as_whole`, `as_items` (any container), `as_mapping` (dict,
  Series, one column, pairs), `as_word` (any spelling). Make objects of the learner's class with `build`: its fields may
  have other names, stand in another order, or be keyword-only. Choices go through `choices.judge_choices`, which takes
  several right words where the text permits several readings; projections through `folding.Folds`.
- `done` follows "I": begin it with "called", "sent", "made", "cut". Where a value may be a str, pass `shown(value)` as
  `came`, so that '0' and 0 look different.
- An error of the learner's needs no `try`: the check finds the call and the line of theirs. Catch it only where you can
  ask something better, and `raise NotYet(…) from None` inside the `except`: the line is found there too.
- An answer runs in a process of its own, as a copy: what it changes outside its arguments is not seen elsewhere, and
  two checks of one answer share no memory. It has two seconds of processor time.
- Where an answer has to outlive its process, let the judge return what does (a log, a service's keys), and give the
  exercise an `after_restart`: it gets the answer in another process, where hash() of a text is another number.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise and its judge.

    Attributes
    ----------
    key : str
        Lesson and number: "02.1".
    judge : callable
        ``judge(answer)`` raises `NotYet` unless the answer does what is asked. It has an oracle of its own, and shares
        no code with the solution.
    hints : tuple of str
        From a nudge to nearly the answer.
    showed : str
        What a passed exercise has shown.
    untouched : Any, optional
        What stands in the learner's cell at first, if that is more than None or an empty function: a dict, or a
        function with the same lines (``lambda rate, handling: 2 * handling``). Who hands it over is told so.
    own_seconds : float, optional
        Processor time for answer and judge; more than two seconds where the kit's whole contract is run on a store.
    after_restart : callable, optional
        ``after_restart(answer, left)`` goes on in another process with what `judge` returned, once that has passed.
    """

    key: str
    judge: Callable[[Any], Any]
    hints: tuple[str, ...]
    showed: str
    untouched: Any = None
    own_seconds: float | None = None
    after_restart: Callable[[Any, Any], None] | None = None

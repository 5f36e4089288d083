"""A law that did not hold in a run, as a sentence that keeps its parts."""

from __future__ import annotations

from collections.abc import Iterable


class BrokenLaw(str):
    """A law that did not hold, as one sentence, with its parts as attributes.

    Attributes
    ----------
    law : str
    detail : str
        What happened, without the law.
    done, expected, came : str
        What was done, what was expected, and what came; "" where `detail` says everything.

    Examples
    --------
    >>> from cqrs_lab.simulation.faults.broken_law import BrokenLaw
    >>> broken = BrokenLaw.of("law 11: it converges", "caught up", "7", "5")
    >>> broken
    'law 11: it converges. Caught up; expected 7; got 5.'
    >>> broken.law, broken.came
    ('law 11: it converges', '5')
    """

    law: str
    detail: str
    done = expected = came = ""

    def __new__(cls, law: str, detail: str) -> BrokenLaw:
        """Return a broken law from the law and what happened, in full sentences."""
        broken = super().__new__(cls, f"{law}. {detail}")
        broken.law, broken.detail = law, detail
        return broken

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        """Return what a copy is made from: not the sentence, as for any other text."""
        return self.law, self.detail

    @classmethod
    def of(cls, law: str, done: str, expected: str, came: str) -> BrokenLaw:
        """Return a broken law from a comparison."""
        broken = cls(law, f"{done[:1].upper()}{done[1:]}; expected {expected}; got {came}.")
        broken.done, broken.expected, broken.came = done, expected, came
        return broken


def laws_of(broken: Iterable[BrokenLaw]) -> list[str]:
    """Return the laws that did not hold."""
    return [one.law for one in broken]


class BrokenLaws(list[BrokenLaw]):
    """The laws that did not hold in a run, each with the first case."""

    def note(self, law: str, done: str, expected: str, came: str) -> None:
        """Record a law that did not hold, unless it is recorded already."""
        if law not in laws_of(self):
            self.append(BrokenLaw.of(law, done, expected, came))

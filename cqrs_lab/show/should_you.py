"""Should you? Both sides' work for one part of a system, the choice, and where it flips, as its traffic changes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import pandas as pd

from cqrs_lab.arguments import refuse, text
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.show.chart import brief_number
from cqrs_lab.show.doors import by_name
from cqrs_lab.show.own_range import quantity
from cqrs_lab.show.picture import Picture, table
from cqrs_lab.show.should_you_drawing import SETTINGS, draw_sides
from cqrs_lab.show.view import Control, Scale, View
from cqrs_lab.simulation.arguments import is_real
from cqrs_lab.simulation.choice import COSTS, Choice, Costs, SystemPart, Traffic, choose

CONTROLS = {
    control.name: control
    for control in (
        Control("read_share", "Requests that read", 0, 200, 180, scale=Scale("%", 0.5)),
        Control("contention", "Writers who meet", 0, 95, 0, scale=Scale("%")),
        Control("rules", "Further facts of a rule", 0, 100, 0),
        Control("staleness", "Staleness tolerated", 0, 600, 100, scale=Scale("s", 0.1)),
    )
}
HOW_MUCH = {"read": "reads", "write": "writes", "again": "decided again", "poll": "polls"}


def should_you(
    costs: Costs | Mapping[str, Costs] | SystemPart,
    *,
    rate: float = 50.0,
    worth: float = 2.0,
    unit: str = "orders of the CRUD shop",
    **settings: float,
) -> View:
    """Set what is asked of a part of a system, and see the work of both sides, the choice, and where it flips.

    Parameters
    ----------
    costs : mapping, DataFrame or SystemPart
        The costs of one part, as `simulation.choice.choose` takes them: your own, or measured ones. Or several, by the
        name of the page, from which a further control picks. Or a part that knows its traffic.
    rate : float, optional
        Requests per second.
    worth : float, optional
        How many times as much work CRUD has to be, before the further parts of CQRS pay.
    unit : str, optional
        What the costs are counted in.
    **settings : float
        Where controls begin: read_share and contention (per cent: 80, not 0.8), rules, staleness (seconds).

    Returns
    -------
    View
        `frame()`: one row per side; read, write, again and poll (of which the work of a request is the sum), total and
        chosen.

    Examples
    --------
    >>> from cqrs_lab.show import should_you
    >>> from cqrs_lab.simulation.choice_cases import CASES
    >>> should_you(CASES["best sellers"], unit="ms").says[:71]
    'Choose CQRS. Work for a request, in ms: 17.1 with CRUD, 1.23 with CQRS.'
    """
    for name in settings.keys() & CONTROLS.keys():
        _check_per_cent(CONTROLS[name], settings[name])
    if isinstance(costs, SystemPart):
        at = costs.traffic
        begin = {"read_share": 100 * at.read_share, "contention": 100 * at.contention, "rules": at.rules}
        settings = {**begin, "staleness": at.staleness_seconds, **settings}
        costs, rate = costs.costs, at.rate_per_second
    pages, unit = _pages(costs), text("unit", unit, "what costs are counted in; give a text such as 'ms'")
    for page in pages.values():  # refused here, and not at the first move
        choose(page, Traffic(0.5, rate_per_second=rate), worth)
    known = {name: _begun(control, settings.pop(name, None)) for name, control in CONTROLS.items()}
    if settings:
        raise InvalidArgument(f"no control {next(iter(settings))!r}; give one of {', '.join(CONTROLS)}")

    def draw(page: int = 0, **moved: int) -> Picture:
        read_share, contention, rules, staleness = (quantity(one, moved[name]) for name, one in known.items())
        traffic = Traffic(read_share / 100, contention / 100, rules, staleness, rate)
        name = list(pages)[page]
        return _picture(name, pages[name], traffic, choose(pages[name], traffic, worth), unit)

    several = [Control.among("page", "Page", list(pages))] if len(pages) > 1 else []
    return View(draw, [*several, *known.values()])


def _pages(costs: Any) -> dict[str, Costs]:
    """Return the costs of each page; a single one has no name."""
    if isinstance(costs, pd.DataFrame) or (isinstance(costs, Mapping) and set(costs) & set(COSTS)):
        return {"": costs}
    return by_name("costs", costs, "costs; give a number for each of " + ", ".join(COSTS) + ", or such costs by page")


def _begun(control: Control, given: Any) -> Control:
    if given is None:
        return control
    most = quantity(control, control.end({}))
    if not is_real(given) or not 0 <= given <= most:
        raise refuse(control.name, given, f"a setting; give a number from 0 to {most:g}{control.scale.unit}")
    return control._replace(value=round(given / control.scale.step))


def _check_per_cent(control: Control, given: Any) -> None:
    """Refuse 0.8 where 80 is meant: less than 1 % is hardly ever asked for, and a share often."""
    if control.scale.unit == "%" and is_real(given) and 0 < given < 1:
        share = f"{given:g} would be {given:g} %; of a share of {given:g}, give {100 * given:g}"
        raise InvalidArgument(f"{control.name} is in per cent: {share}; for less than 1 %, give 0")


def _picture(page: str, costs: Costs, traffic: Traffic, made: Choice, unit: str) -> Picture:
    says = f"{f'{page}: c' if page else 'C'}hoose {made.choice}. {_two_numbers(made, unit)} {_flips(made)}"
    drawing = draw_sides(costs, traffic, made, unit, says)
    html = f'<p class="says roomy">{escape(says)}</p>{drawing}{_table(made, unit)}'
    frame = made.work.assign(total=made.work.sum(axis="columns"), chosen=made.work.index == made.choice)
    return Picture(html, says, frame)


def _two_numbers(made: Choice, unit: str) -> str:
    crud, cqrs, times = brief_number(made.crud), brief_number(made.cqrs), made.crud / made.cqrs
    more, less, factor = ("CRUD", "CQRS", times) if times > 1 else ("CQRS", "CRUD", 1 / times)
    return (
        f"Work for a request, in {unit}: {crud} with CRUD, {cqrs} with CQRS. "
        f"{more} does {brief_number(factor)} times the work of {less}. "
        f"CQRS has more parts to run, and pays from a factor of {brief_number(made.worth)} on."
    )


def _flips(made: Choice) -> str:
    found = []
    for name, setting in SETTINGS.items():
        at, low, high, _ = made.flip(name)
        if at == at:
            between = f" ({setting.said(low)} to {setting.said(high)})" if low == low else ""
            found.append(f"{setting.words} {setting.said(at)}{between}")
    return f"It flips at: {'; '.join(found)}." if found else "Nothing that you can set flips it from here."


def _table(made: Choice, unit: str) -> str:
    shown = made.work.rename(columns=HOW_MUCH).assign(together=made.work.sum(axis="columns"))
    rounded = shown.map(lambda value: brief_number(float(value))).rename_axis("side")
    return table(rounded, f"What a request is made of, in {unit}")

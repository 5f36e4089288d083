"""The page of a report: one HTML file with everything in it, which needs no network and no kernel."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from itertools import groupby
from pathlib import Path
from string import Template

from cqrs_lab.own_report.claim import FALSE, MARKS, NOT_TRIED, TRUE, UNKNOWN, Claim
from cqrs_lab.show.frozen import Frozen, frozen, page_script, page_states
from cqrs_lab.show.style import STYLESHEET
from cqrs_lab.words import count

_DARK = re.compile(r'^\[data-jp-theme-light="false"\] ([^{}]+)\{([^{}]*)\}', re.M)
ONLY_DARK = "@media (prefers-color-scheme: dark) and (forced-colors: none)"


def page(name: str, claims: Sequence[Claim], seed: int, runs: int) -> str:
    """Return the page of some claims about a system."""
    numbered = list(enumerate(claims, 1))
    tried = [(number, claim) for number, claim in numbered if claim.tried != NOT_TRIED]
    views = {number: frozen(claim.view) for number, claim in tried if claim.view is not None}
    sections = "".join(
        f"<section><h2>{escape(part[:1].upper() + part[1:])}</h2>"
        + "".join(_section(number, claim, views.get(number)) for number, claim in group)
        + "</section>"
        for part, group in groupby(tried, lambda one: one[1].part)
    )
    return Template(_file("page.html")).substitute(
        name=escape(name),
        style=STYLESHEET + _in_the_dark() + _file("page.css"),
        counted=escape(counted(claims)),
        summary="".join(_row(number, claim) for number, claim in numbered),
        sections=sections + _not_tried((number, claim) for number, claim in numbered if claim.tried == NOT_TRIED),
        how=f"Seed {seed}, and {count(runs, 'run')} of each story at most. The same seed gives the same file.",
        scripts=_scripts(views),
    )


def counted(claims: Sequence[Claim]) -> str:
    """Return how many claims are true, false and unknown, as a sentence."""
    of = {verdict: sum(claim.verdict == verdict for claim in claims) for verdict in (TRUE, FALSE, UNKNOWN)}
    return f"{count(len(claims), 'claim')}: {', '.join(f'{number} {verdict}' for verdict, number in of.items())}."


def _in_the_dark() -> str:
    """Return the kit's dark colours, for those who read in the dark: a file from disk has no button for that."""
    rules = "\n".join(f"{selector.strip()} {{{body}}}" for selector, body in _DARK.findall(STYLESHEET))
    return f"\n{ONLY_DARK} {{\n{rules}\n}}\n"


def _verdict(claim: Claim) -> str:
    mark = f'<span aria-hidden="true">{MARKS[claim.verdict]}</span>'
    return f'<span class="verdict is-{claim.verdict}">{mark} {claim.verdict}</span>'


def _row(number: int, claim: Claim) -> str:
    says = f'<a href="#claim-{number}">{escape(claim.says)}</a>'
    return f'<tr><td>{escape(claim.part)}</td><th scope="row">{says}</th><td>{_verdict(claim)}</td></tr>'


def _section(number: int, claim: Claim, view: Frozen | None) -> str:
    moving = again = ""
    if view is not None:
        moving = (
            f'<div class="view"><div id="view-{number}">{view.still}</div><p class="nearest" role="status"></p></div>'
        )
    if claim.again:
        code = f'<pre class="ticket" tabindex="0" role="region" aria-label="Code {number}">{escape(claim.again)}</pre>'
        again = f"<p>To see it again, paste this where your system is defined:</p>{code}"
    return (
        f'<article id="claim-{number}"><h3>{escape(claim.says)}</h3><p>{_verdict(claim)}</p>'
        f"<dl><dt>Tried</dt><dd>{escape(claim.tried)}</dd><dt>Found</dt><dd>{escape(claim.came)}</dd></dl>"
        f"{moving}{claim.witness}{again}</article>"
    )


def _not_tried(claims: Iterable[tuple[int, Claim]]) -> str:
    """Return what nobody could try, as one list: a section each would hide what was tried."""
    items = [
        f'<li id="claim-{number}"><p>{escape(claim.says)} {_verdict(claim)}</p><p>{escape(claim.came)}</p></li>'
        for number, claim in claims
    ]
    return f"<section><h2>Not tried</h2><ul>{''.join(items)}</ul></section>" if items else ""


def _scripts(views: Mapping[int, Frozen]) -> str:
    """Return the scripts that let the views move: classic ones, within the page; none if nothing moves."""
    if not views:
        return ""
    states = [page_states(f"view-{number}", view.view).replace("</", r"<\/") for number, view in views.items()]
    return "".join(f"<script>{script}</script>" for script in [page_script(), *states])


def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8")

"""The report's section on the ways between stores: in words, as bands between trades, and the strongest pairs as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sim.reporting.page_sections import figure_cells
from sim.reporting.topics.flows import TOPIC
from sim.reporting.wording import esc, whole

if TYPE_CHECKING:
    from sim.reporting.report_page import PageData


def flows(data: PageData) -> str:
    """Return who went on from where to where; nothing where nobody went from one store to another."""
    found = data.curves.get(TOPIC.name) or {}
    if not found:
        return ""
    told = "".join(f"<p>{esc(text)}</p>\n" for text in TOPIC.words(data.kpis, found))
    return f'{told}<div class="wide" tabindex="0" role="region" aria-label="Ways between trades">{figure_cells(data, TOPIC.name)}</div>\n{_pairs(found["pairs"])}'


def _pairs(pairs: list[dict[str, Any]]) -> str:
    rows = "".join(
        f'<tr><td class="n">{rank}</td><th scope="row" translate="no">{esc(pair["from"]["tenant"])}</th><td translate="no">{esc(pair["from"]["level"])}</td>'
        f'<td translate="no">{esc(pair["to"]["tenant"])}</td><td translate="no">{esc(pair["to"]["level"])}</td><td class="n">{whole(pair["visits"])}</td></tr>\n'
        for rank, pair in enumerate(pairs, 1)
    )
    heads = "".join(
        f'<th scope="col"{kind}>{title}</th>'
        for title, kind in (
            ("Rank", " class=n"),
            ("From", ""),
            ("Level", ""),
            ("To", ""),
            ("Level", ""),
            ("Parties", " class=n"),
        )
    )
    return (
        '<div class="scroll" tabindex="0" role="region" aria-label="The strongest pairs of stores">'
        f"<table><caption>The {len(pairs)} strongest pairs of stores: so many parties went from one straight to the other</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>"
    )

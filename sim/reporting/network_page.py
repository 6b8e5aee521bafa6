"""The page of a network: its malls in a table, what they have in common, and the path of its members."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from sim.reporting.figure_colours import MAIN, MUTED, SECOND
from sim.reporting.inline_svg import inline_svg
from sim.reporting.page_frame import framed
from sim.reporting.wording import esc, number, percent, whole, yuan

ASSETS = Path(__file__).parent / "assets"
Row = dict[str, Any]
_COLUMNS = (
    ("number", "Mall", whole), ("plan", "Plan", None), ("tenants", "Tenants", whole), ("visits", "Visits", whole),
    ("sales_fen", "Sales, ¥", lambda fen: whole(fen / 100)), ("dwell_min_mean", "Stay, min", lambda value: number(value, 0)),
    ("conversion_share", "Conversion", percent), ("guests", "Guests", whole), ("away_visits", "Went elsewhere", whole),
)  # fmt: skip


def page(name: str, question: str, network: Row, malls: Sequence[Row], path_svg: str) -> str:
    """Return the whole page."""
    style = (ASSETS / "report.css").read_text(encoding="utf-8")
    sections = [
        ("summary", "In short", _summary(network)),
        ("common", "What the malls have in common", _common(network)),
        ("members", "The path of the members", _members(network["members_path"], path_svg)),
        ("malls", "Malls", _table(malls)),
    ]
    body = "\n".join(
        f'<section id="{anchor}"><h2>{esc(title)}</h2>\n{text}</section>' for anchor, title, text in sections if text
    )
    return framed(
        name,
        style,
        [
            f'<header class="masthead"><p class="kicker">Galleria · scenario <b>{esc(name)}</b></p><h1>{len(malls)} malls</h1>'
            f'<p class="question">{esc(question)}</p></header>\n<main id="main">\n{body}\n</main>',
        ],
    )


def path_figure(path: Row) -> str:
    """Return the figure of members by month as SVG: as given, over what is not known, the visitors there are, and the goals."""
    from matplotlib.figure import Figure  # half a second that a run without a report need not wait for

    figure = Figure(figsize=(8.0, 4.2))
    axes = figure.subplots()
    months = range(len(path["visitors_by_month"]))
    members = {name: [value / 1e6 for value in values] for name, values in path["members_by_month"].items()}
    axes.fill_between(
        months, members["low"], members["high"], color=MAIN, alpha=0.15, linewidth=0, label="over the range of the shares"
    )
    axes.plot(months, members["given"], color=MAIN, linewidth=2, label="members")
    axes.plot(
        months,
        [value / 1e6 for value in path["visitors_by_month"]],
        color=MUTED,
        linestyle="--",
        label="everybody who comes at all",
    )
    for goal in path["goals"]:
        axes.plot([goal["within_months"]], [goal["members"] / 1e6], marker="o", color=SECOND, linestyle="none")
        axes.annotate(
            f"{goal['members'] / 1e6:.0f} million wanted",
            (goal["within_months"], goal["members"] / 1e6),
            xytext=(-6, 4),
            textcoords="offset points",
            ha="right",
            fontsize=9,
        )
    axes.set_xlabel("months")
    axes.set_ylabel("million people")
    axes.set_ylim(bottom=0)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, fontsize=9)
    text = io.StringIO()
    figure.savefig(text, format="svg", metadata={"Date": None})
    return text.getvalue()


def path_words(path: Row) -> list[str]:
    """Return in words whether and when the goals are reached, and what it would take."""
    found = []
    source = "as in the simulated days" if path["is_simulated"] else "by the portal's funnel"
    found.append(
        f"A stranger's visit makes a member with a chance of {100 * path['joins_per_visitor_day']:.2f}\u00a0%, {source}."
    )
    for goal in path["goals"]:
        wanted, months = f"{goal['members'] / 1e6:.0f} million members", goal["months_given"]
        then = f"{goal['members_then'] / 1e6:.1f} million after {goal['after_months']} months, of {goal['visitors_then'] / 1e6:.0f} million people who come at all"
        span = [goal["months_high"], goal["months_low"]]
        band = "in no case within the time looked at" if span[0] is None else (
            f"after {span[0]:.0f} months at best and " + ("not at all" if span[1] is None else f"after {span[1]:.0f}") + " at worst"
        )  # fmt: skip
        if months is not None and months <= goal["within_months"]:
            found.append(
                f"{wanted} are reached after {months:.1f} months, in time ({then}); over the range of the shares {band}."
            )
        else:
            late = "are not reached" if months is None else f"are reached after {months:.1f} months, too late"
            found.append(
                f"{wanted} {late}: {then}. Over the range of the shares they are reached {band}. It would take "
                f"{whole(goal['off_site_per_day_needed'])} members a day who join outside the malls, every day from the first."
            )
    return found


def _summary(network: Row) -> str:
    kpis = network["headlines"]
    return (
        f'<p class="lead"><b>{whole(kpis["footfall_visits"])} parties</b> came to {len(network["malls"])} malls with '
        f"{whole(sum(mall['tenants'] for mall in network['malls']))} tenants, which sold for <b>{yuan(kpis['sales_fen'])}</b>. Every mall is a "
        "world of its own with people and luck of its own; the folder <code>malls/</code> has the files of each.</p>"
    )


def _common(network: Row) -> str:
    common, clearing = network["common"], network["clearing"]
    if not clearing:
        return "<p>Nobody visits more than one mall: nothing is exchanged.</p>"
    burn = (
        "nobody burned any points"
        if common["cross_site_burn_share"] is None
        else f"{percent(common['cross_site_burn_share'])} of all points burned were burned away from home"
    )
    return (
        f"<p>{whole(common['guests'])} visits ({percent(common['cross_site_visits_share'])}) were to a mall that is not the visitor's own, by "
        f"{whole(common['members_common'])} members among others; {burn}. Each of these members' accounts is lent to one mall a day and comes "
        f"home at night. The malls owed each other {yuan(clearing['gross_fen'])} for points that changed sides; after netting "
        f"{yuan(clearing['moved_fen'])} moved. {whole(clearing['late_messages'])} of {whole(clearing['messages'])} evening messages came after "
        "the opening, so that accounts stayed away for another day.</p>"
    )


def _members(path: Row, path_svg: str) -> str:
    words = "".join(f"<p>{esc(text)}</p>\n" for text in path_words(path))
    figure = inline_svg(path_svg, "path", "Members by month", True) if path_svg else ""
    return f"{words}<figure>{figure}</figure>" if figure else words


def _table(malls: Sequence[Row]) -> str:
    heads = "".join(f'<th scope="col"{"" if show is None else " class=n"}>{esc(title)}</th>' for _, title, show in _COLUMNS)
    rows = "".join(f"<tr>{''.join(_cell(mall.get(key), show) for key, _, show in _COLUMNS)}</tr>\n" for mall in malls)
    return f'<div class="scroll"><table><thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>'


def _cell(value: Any, show: Any) -> str:
    if show is None:
        return f"<td>{esc(value)}</td>"
    return f"<td class=n>{'' if value is None else show(value)}</td>"

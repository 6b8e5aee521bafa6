"""The tables of the report: tenants, KPIs, the assumptions with their sources, provenance."""

from __future__ import annotations

from collections import Counter
from typing import Any

from sim.reporting.kpi import Kpi
from sim.reporting.kpi_catalogue import GROUPS, KPIS
from sim.reporting.names import short_name
from sim.reporting.over_days import how
from sim.reporting.wording import UNKNOWN, across, esc, kpi_text, number, percent, whole, yuan

_TENANT_COLUMNS = (  # key, heading, how it is shown
    ("tenant", "Tenant", None),
    ("category", "Trade", None),
    ("level", "Level", None),
    ("area_m2", "Area, m²", whole),
    ("passings", "Passed by", whole),
    ("entries", "Entered", whole),
    ("capture_share", "Capture", percent),
    ("purchases", "Purchases", whole),
    ("conversion_share", "Conversion", percent),
    ("sales_fen", "Sales, ¥", lambda fen: whole(None if fen is None else fen / 100)),
    ("sales_fen_per_m2", "¥ per m²", lambda fen: whole(None if fen is None else fen / 100)),
    ("dwell_min_mean", "Stay, min", lambda minutes: number(minutes, 0)),
    ("wait_s_mean", "Wait, s", whole),
    ("reneged", "Gave up", whole),
    ("rent_fen", "Rent, ¥", lambda fen: whole(None if fen is None else fen / 100)),
    ("coupons_fen", "Coupons, ¥", lambda fen: whole(None if fen is None else fen / 100)),
    ("points_net_fen", "Points, paid less got, ¥", lambda fen: whole(None if fen is None else fen / 100)),
    ("stars_mean", "Stars", lambda stars: number(stars, 1)),
)
TAGS = {"V": "checked", "M": "from memory of the source", "D": "derived", "-": "a choice"}
ENGLISH = 'lang="en" translate="no"'  # of the reference, which is in English in every language of the report
AS_IT_IS = ' translate="no"'  # of names of the program
CONFIDENCE = {"H": "high", "M": "medium", "L": "low", "-": UNKNOWN}


def tenants(rows: list[dict[str, Any]], days: int = 1) -> str:
    """Return the table of tenants, the best sellers first, of all days together; a click on a heading sorts it."""
    if not rows:
        return ""
    ordered = sorted(rows, key=lambda row: (-row["sales_fen"], row["unit"]))
    most = max(row["sales_fen"] for row in rows) or 1
    heads = "".join(
        f'<th scope="col" aria-sort="{"descending" if key == "sales_fen" else "none"}"'
        f'{"" if show is None else " class=n"}><button type="button">{esc(title)}</button></th>'
        for key, title, show in _TENANT_COLUMNS
    )
    body = "".join(
        f"<tr>{''.join(_tenant_cell(row, key, show, most) for key, _, show in _TENANT_COLUMNS)}</tr>\n" for row in ordered
    )
    return (
        f"<p>{f'All {days} days together. ' if days > 1 else ''}Entered and purchases count parties; capture is entered / passed by; rent is base rent and turnover rent of the day; coupons are "
        "what offers took off prices there, whoever bore it; stars are those that parties gave that day. "
        "The same table is in <code>tenants.csv</code>.</p>\n"
        '<div class="tools"><label>Find <input type="search" data-filter="tenant-table" placeholder="tenant, trade or level"></label>'
        '<span class="hint" data-count="tenant-table" data-words="{shown} of {all}"></span></div>\n'
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of tenants">'
        '<table id="tenant-table" class="sortable"><caption>Every tenant; a click on a heading sorts</caption>'
        f"<thead><tr>{heads}</tr></thead>\n"
        f"<tbody>{body}</tbody></table></div>"
    )


def _tenant_cell(row: dict[str, Any], key: str, show: Any, most: int) -> str:
    value = row.get(key)
    if show is None:
        tag = (
            f'<th scope="row" translate="no" title="{esc(row["unit"])}">{esc(short_name(str(value)))}</th>'
            if key == "tenant"
            else f"<td>{esc(str(value).replace('_', ' '))}</td>"
        )
        return tag
    bar = f' style="--part:{100 * value / most:.1f}%"' if key == "sales_fen" and value else ""
    kind = "n bar" if bar else "n"
    return f'<td class="{kind}" data-v="{"" if value is None else value}"{bar}>{show(value)}</td>'


def comparison(rows: list[dict[str, str]]) -> str:
    """Return the table of what is known beside what the run gives."""
    body = "".join(
        f'<tr{"" if row["verdict"] != "outside" else " class=changed"}><th scope="row">{esc(row["what"])}</th><td class="n">{esc(row["target"])}</td>'
        f'<td class="n">{esc(row["simulated"])}</td><td>{esc(row["verdict"])}</td><td>{esc(row.get("origin", UNKNOWN))}</td>'
        f"<td {ENGLISH}>{esc(row['source'])}</td></tr>\n"
        for row in rows
    )
    return across(
        "<table><caption>What is known, and what this run gives</caption><thead><tr><th scope=col>Figure</th><th scope=col class=n>Known</th>"
        f"<th scope=col class=n>Simulated</th><th scope=col>Verdict</th><th scope=col>Origin</th><th scope=col>Source</th></tr></thead><tbody>{body}</tbody></table>",
        "What is known, and what this run gives",
    )


def kpis(values: dict[str, Any], days: int = 1) -> str:
    """Return every known KPI with its exact value and definition, by group; of several days also how they were put together."""
    more = "<th scope=col>Over the days</th>" if days > 1 else ""

    def over_days(kpi: Kpi) -> str:
        return f"<td>{esc(how(kpi))}</td>" if days > 1 else ""

    tables = []
    for group, title in GROUPS.items():
        known = [kpi for kpi in KPIS if kpi.group == group and values.get(kpi.name) is not None]
        if not known:
            continue
        rows = "".join(
            f'<tr><th scope="row">{esc(kpi.label)}<br><code>{kpi.name}</code></th><td class="n">{esc(kpi_text(kpi.name, values[kpi.name]))}</td>'
            f'<td class="n"><code>{values[kpi.name]!r}</code></td>'
            f"{over_days(kpi)}<td {ENGLISH}>{esc(kpi.definition)}</td></tr>\n"
            for kpi in known
        )
        tables.append(
            f"<table><caption>{esc(title)}</caption><thead><tr><th scope=col>KPI</th><th scope=col class=n>Value</th>"
            f"<th scope=col class=n>In kpis.json</th>{more}<th scope=col>Definition</th></tr></thead><tbody>{rows}</tbody></table>"
        )
    return f'<details><summary>{sum(value is not None for value in values.values())} KPIs with their definitions</summary><div class="kpi-tables">{"".join(tables)}</div></details>'


def parameters(found: list[dict[str, Any]]) -> str:
    """Return the assumptions with range, source and confidence: those of the scenario in view, the defaults folded by group."""
    changed = [item for item in found if item["changed"]]
    judged = Counter(item["confidence"] for item in found if item["confidence"] != "-")
    text = (
        f"This run depends on {len(found):,} parameters; {len(changed):,} differ from their defaults. Of the defaults that rest on a source, "
        f"{judged['H']} are of high, {judged['M']} of medium and {judged['L']} of low confidence as a default; none is a measurement of this mall."
    )
    changes = "Changed by the scenario or the command line"
    own = across(_parameter_table(changed, changes), changes) if changed else ""
    groups: dict[str, list[dict[str, Any]]] = {}
    for item in found:
        head = item["key"].split(".")
        name = "the run" if len(head) == 1 else f"{head[0]}.{head[1]}" if head[0] == "categories" else head[0]
        groups.setdefault(name, []).append(item)
    folded = "".join(_parameter_table(items, name) for name, items in groups.items())
    return f"<p>{esc(text)}</p>{own}<details data-fold><summary>All {len(found):,} parameters with range, source and confidence</summary>{folded}</details>"


def _parameter_table(items: list[dict[str, Any]], caption: str) -> str:
    rows = "".join(
        f'<tr{" class=changed" if item["changed"] else ""}><th scope="row"><code>{esc(item["key"])}</code><br><span {ENGLISH}>{esc(item["meaning"])}</span></th>'
        f'<td class="n"{"" if isinstance(item["value"], bool) else AS_IT_IS}>{_value(item["value"])}{_was(item)}</td><td class="n" {ENGLISH}>{_range(item)}</td><td {ENGLISH}>{esc(item["source"])}</td>'
        f"<td>{esc(_how_known(item))}</td><td>{esc(CONFIDENCE.get(item['confidence'], item['confidence']))}</td></tr>\n"
        for item in items
    )
    return (
        f'<table class="parameters"><caption{"" if " " in caption else AS_IT_IS}>{esc(caption)}</caption><thead><tr><th scope=col>Parameter</th><th scope=col class=n>Value</th>'
        "<th scope=col class=n>Range</th><th scope=col>Source</th><th scope=col>How known</th><th scope=col>Confidence</th></tr></thead>"
        f"<tbody>{rows}</tbody></table>"
    )


def _how_known(item: dict[str, Any]) -> str:
    return "judged" if item["source"].startswith("engineering judgement") else TAGS.get(item["tag"], item["tag"])


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return esc(" ".join(str(item) for item in value)) or UNKNOWN
    return esc(f"{value:,.10g}" if isinstance(value, float) else value)


def _was(item: dict[str, Any]) -> str:
    return f'<br><span class="was">default {_value(item["default"])}</span>' if item["changed"] else ""


def _range(item: dict[str, Any]) -> str:
    if item["choices"]:
        return esc(", ".join(item["choices"]))
    low, high = item["low"], item["high"]
    if low is None and high is None:
        return UNKNOWN
    return f"{'' if low is None else f'{low:,.4g}'} … {'' if high is None else f'{high:,.7g}'}"


def provenance(run: dict[str, Any], facts: dict[str, Any]) -> str:
    """Return what is needed to make the run again and to see that it is the same."""
    packages = ", ".join(f"{name} {version}" for name, version in facts["packages"].items())
    lines = [
        ("Make it again", f"<code>{esc(run['command'])}</code>" if run["command"] else UNKNOWN),
        ("Seed", f"<code>{esc(facts['seed'])}</code>"),
        ("Galleria", esc(facts["version"])),
        ("Git commit", f"<code>{esc(facts['git_commit'])}</code>" if facts["git_commit"] else UNKNOWN),
        ("Configuration", f"<code>{esc(facts['config_sha256'])}</code>"),
        ("Floor plan", f"{esc(run['mall'])} <code>{esc(facts['floorplan_sha256'])}</code>"),
        ("Events", f"{whole(run['events'])} events <code>{esc(facts['events_content_sha256'])}</code>"),
        ("Packages", f"<span {ENGLISH}>{esc(packages)}</span>"),
        ("Time taken", f"{facts['wall_s']:,.1f} s, of which {facts['engine_s']:,.1f} s in the crowd engine ({whole(facts['shoppers_per_s'])} visits a second)"),
        ("Turnover rents", f"of the tenant where its terms are known, else of its trade: <span {ENGLISH}>{esc(run['turnover_rent_source'])}</span>"),
    ]  # fmt: skip
    rows = "".join(f"<div><dt>{esc(name)}</dt><dd>{value}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{rows}</dl>{_books(run["balances_fen"])}{_decisions(run)}'


def _books(balances: dict[str, int]) -> str:
    if not balances:
        return ""
    groups: dict[str, list[int]] = {}
    for account, fen in balances.items():
        groups.setdefault(account.split(":")[0], []).append(fen)
    rows = "".join(
        f'<tr><th scope="row" translate="no">{esc(name)}</th><td class="n">{len(amounts):,}</td><td class="n">{yuan(sum(amounts))}</td></tr>'
        for name, amounts in groups.items()
    )
    return (
        f"<details><summary>The books: {len(balances):,} accounts that add up to {yuan(sum(balances.values()))}</summary><table><caption>Balances at the end, "
        f"by kind of account</caption><thead><tr><th scope=col>Accounts</th><th scope=col class=n>Number</th><th scope=col class=n>Balance</th></tr></thead>"
        f"<tbody>{rows}</tbody></table></details>"
    )


def _decisions(run: dict[str, Any]) -> str:
    if not run["decisions_made"]:
        return ""
    kinds = Counter((entry["decider"], entry["decision"], entry["refused_because"]) for entry in run["decisions"])
    rows = "".join(
        f'<tr><th scope="row">{esc(decider)}</th><td>{esc(kind)}</td><td>{esc(refused) or "applied"}</td><td class="n">{count:,}</td></tr>'
        for (decider, kind, refused), count in sorted(kinds.items())
    )
    return (
        f"<details><summary>{run['decisions_made']:,} decisions were made</summary><table><caption>Decisions by who made them (the first "
        f"{len(run['decisions']):,}; all of these are in run.json)</caption><thead><tr><th scope=col>Who</th><th scope=col>What</th>"
        f"<th scope=col>Outcome</th><th scope=col class=n>Times</th></tr></thead><tbody>{rows}</tbody></table></details>"
    )

"""The tables of a comparison's page: every KPI of every arm, money, who wins and loses in numbers, provenance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.reporting.comparison_summary import BETTER, MAY_BE_CHANCE, MOVED, NOT_SHOWN, SAME, UNKNOWN, WORSE
from sim.reporting.comparison_wording import POINTS, amount, between, chance, change, label_of, share, times
from sim.reporting.kpi_catalogue import BY_NAME, GROUPS
from sim.reporting.wording import UNKNOWN as DASH
from sim.reporting.wording import esc, number, percent, whole

Record = Mapping[str, Any]
_SAID = {
    BETTER: "surely better", WORSE: "surely worse", MOVED: "surely different", MAY_BE_CHANCE: "may be chance", NOT_SHOWN: "no difference shown",
    SAME: "the same", UNKNOWN: "unknown",
}  # fmt: skip
_KPI_COLUMNS = (
    ("KPI", False), ("Group", False), ("Arm", False), ("Verdict", False), ("Baseline", True), ("Arm's", True), ("Difference", True),
    ("of baseline", True), ("95 % interval", True), ("p, corrected", True), ("Pairs", True), ("Days saved, times", True),
)  # fmt: skip


def kpis(comparison: Record) -> str:
    """Return one row for each KPI and arm that is known, in the catalogue's order; a click on a heading sorts it."""
    relative = {(arm["arm"], each["name"]): each for arm in comparison["summary"] for each in arm["kpis"]}
    known = [entry for entry in comparison["kpis"] if entry["difference_mean"] is not None]
    rows = "".join(_kpi_row(entry, relative[entry["arm"], entry["name"]]) for entry in known)
    heads = "".join(
        f'<th scope="col" aria-sort="none"{" class=n" if is_number else ""}><button type="button">{title}</button></th>'
        for title, is_number in _KPI_COLUMNS
    )
    unknown = len(comparison["kpis"]) - len(known)
    note = (
        f" {whole(unknown)} rows are left out: KPIs that are null in more than a fifth of the pairs, most of them because these runs do not have what they "
        "measure."
        if unknown
        else ""
    )
    return (
        f"<p>Differences are arm less baseline; of shares they are percentage points (pp). The same numbers, exact, are in <code>comparison.json</code>.{note}</p>\n"
        '<div class="tools"><label>Find <input type="search" data-filter="kpi-table" placeholder="KPI, group or arm"></label>'
        '<span class="hint" data-count="kpi-table" data-words="{shown} of {all}"></span></div>\n'
        '<div class="scroll" tabindex="0" role="region" aria-label="Table of KPIs">'
        '<table id="kpi-table" class="sortable"><caption>Every KPI of every arm; a click on a heading sorts</caption>'
        f"<thead><tr>{heads}</tr></thead>\n<tbody>{rows}</tbody></table></div>"
    )


def _kpi_row(entry: Record, relative: Record) -> str:
    unit, name = entry["unit"], entry["name"]
    kpi = BY_NAME.get(name)
    about = f' title="{esc(kpi.definition)}"' if kpi else ""
    cells = (
        (amount(unit, entry["baseline_mean"]), entry["baseline_mean"]),
        (amount(unit, entry["arm_mean"]), entry["arm_mean"]),
        (change(unit, entry["difference_mean"]), entry["difference_mean"]),
        (share(relative["share"]), relative["share"]),
        (between(unit, entry["ci_low"], entry["ci_high"]), entry["ci_low"]),
        (chance(entry["p_adjusted"]), entry["p_adjusted"]),
        (whole(entry["pairs"]), entry["pairs"]),
        (times(relative["days_factor"]), relative["days_factor"]),
    )
    group = GROUPS.get(kpi.group, kpi.group) if kpi else "of a plug-in"
    tone = relative["tone"]
    return (
        f'<tr><th scope="row"{about}>{esc(label_of(name))}<br><code>{esc(name)}</code></th><td>{esc(group)}</td><td>{esc(entry["arm"])}</td>'
        f'<td><span class="tone {tone.replace(" ", "-")}">{_SAID[tone]}</span></td>'
        + "".join(
            f'<td class="n" data-v="{"" if value is None else repr(value)}">{esc(text.replace(POINTS, "pp"))}</td>'
            for text, value in cells
        )
        + "</tr>\n"
    )


def benefits(records: Sequence[Record]) -> str:
    """Return what each arm brings its owner; nothing where no arm costs or brings anything."""
    if not any(each["capital_fen"] or each["net_benefit_fen_per_day"] for each in records):
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(each["arm"])}</th><td class="n">{change("fen", each["net_benefit_fen_per_day"])}</td>'
        f'<td class="n">{between("fen", each["ci_low"], each["ci_high"])}</td><td class="n">{amount("fen", each["capital_fen"])}</td>'
        f'<td class="n">{change("fen", each["present_value_fen"])}</td><td class="n">{_years(each)}</td><td>{esc(each["verdict"])}</td></tr>\n'
        for each in records
    )
    heads = ("Net benefit a day", "95 % interval", "Capital", "Present value", "Pay-back")
    cells = "".join(f'<th scope="col" class="n">{head}</th>' for head in heads)
    return (
        "<p>Owner's income less running costs and what the owner pays for policies, a day, arm less baseline. Present value: a year of it over the mean life of "
        "the items, discounted, less the capital; it and the pay-back are of the mean and have no interval of their own.</p>\n"
        '<div class="wide"><table><caption>For the owner</caption>'
        f'<thead><tr><th scope="col">Arm</th>{cells}<th scope="col">Verdict</th></tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _years(each: Record) -> str:
    years = each["payback_years"]
    if not each["capital_fen"]:
        return DASH
    return "never" if years is None else "at once" if years == 0 else f"{number(years, 1)} years"


def losers(records: Sequence[Record]) -> str:
    """Return how many tenants and kinds of visitors are better or worse off."""
    if not records:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{esc(each["arm"])}</th><td>{esc(each["kind"].partition(",")[0])}</td><td class="n">{whole(each["parts"])}</td>'
        f'<td class="n">{whole(each["better"])}</td><td class="n">{whole(each["worse"])}</td><td class="n">{percent(each["down_share"])}</td></tr>\n'
        for each in records
    )
    heads = ("Parts", "Surely better off", "Surely worse off", "Down, luck included")
    cells = "".join(f'<th scope="col" class="n">{head}</th>' for head in heads)
    return (
        '<div class="wide"><table><caption>Surely: after correction for the number of parts of that kind</caption>'
        f'<thead><tr><th scope="col">Arm</th><th scope="col">Of</th>{cells}</tr></thead><tbody>{rows}</tbody></table></div>\n'
    )


def provenance(comparison: Record, facts: Record) -> str:
    """Return what is needed to make the comparison again and to see that it is the same."""
    packages = ", ".join(f"{name} {version}" for name, version in facts.get("packages", {}).items())
    arms = "".join(f"{esc(name)} <code>{esc(digest)}</code><br>" for name, digest in dict(facts.get("arms", {})).items())
    command, commit = facts.get("command"), facts.get("git_commit")
    lines = [
        ("Make it again", f"<code>{esc(command)}</code>" if command else DASH),
        ("Seed", f"<code>{esc(facts.get('seed', DASH))}</code>"),
        ("Seeds of the runs", ", ".join(f"<code>{esc(seed)}</code>" for seed in comparison.get("seeds", ())) or DASH),
        ("Galleria", esc(facts.get("version", DASH))),
        ("Git commit", f"<code>{esc(commit)}</code>" if commit else DASH),
        ("Configurations", arms or DASH),
        ("Floor plan", f"<code>{esc(facts.get('floorplan_sha256') or DASH)}</code>"),
        ("Packages", esc(packages) or DASH),
    ]
    rows = "".join(f"<div><dt>{esc(name)}</dt><dd>{value}</dd></div>" for name, value in lines)
    return f'<dl class="facts">{rows}</dl>'

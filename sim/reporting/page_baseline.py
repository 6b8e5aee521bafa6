"""The report's section on the baseline: where each headline KPI stands among days of the scenario with other seeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.wording import UNKNOWN, esc, kpi_text


def against_baseline(run: dict[str, Any], kpis: dict[str, Any], names: Sequence[str]) -> str:
    """Return the headline KPIs beside mean and spread of the baseline; one line where there is none to compare with."""
    found = run.get("baseline") or {}
    if found.get("fitting"):
        return _of_another_size(found)
    if not found.get("kpis"):
        return f"<p>{esc(_none(run, found))}</p>"
    rows = "".join(_row(name, kpis[name], found["kpis"][name]) for name in names if name in found["kpis"])
    heads = "".join(
        f'<th scope="col"{kind}>{title}</th>'
        for title, kind in (
            ("KPI", ""), ("This run", " class=n"), ("Mean", " class=n"), ("Standard deviation", " class=n"),
            ("Lowest to highest", " class=n"), ("Where this run stands", ""),
        )
    )  # fmt: skip
    caption = f"This run beside the {found['days']} runs of the baseline, each with a seed of its own"
    return (
        f"{_told(found)}"
        '<div class="scroll" tabindex="0" role="region" aria-label="Headline KPIs against the baseline">'
        f'<table class="standing"><caption>{esc(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _none(run: dict[str, Any], found: dict[str, Any]) -> str:
    if found.get("damaged"):
        return (
            f"The baseline {found['damaged']} cannot be read, so that nothing is said of how much such days differ by chance."
        )
    return (
        f"The scenario {run['name']} has no baseline, so that one cannot say here how much such days differ by chance; "
        f"galleria check {run['name']} --update makes one."
    )


def _of_another_size(found: dict[str, Any]) -> str:
    told = "; ".join(_difference(each) for each in found["differs"])
    said = f"The baseline {found['file']} holds days of another size: {told}. This run is not compared with them."
    return (
        f"<p>{esc(said)}</p>\n"
        f"<p>{esc('This command puts a baseline of this size in its place:')}</p>\n<p><code>{esc(found['fitting'])}</code></p>\n"
    )


def _told(found: dict[str, Any]) -> str:
    made = " ".join(found["made_with"])
    text = f"The baseline {found['file']} holds {found['days']} runs of the scenario with other seeds"
    text += f", all with {made}." if made else "."
    if not found["differs"]:
        return (
            f"<p>{esc(text)}</p><p>This run differs from them in its seed only, so that their spread is what chance does.</p>\n"
        )
    told = "; ".join([_difference(each) for each in found["differs"] if each["here"]] + _since(found["differs"]))
    return (
        f"<p>{esc(text)}</p>\n"
        f'<p class="apart">This run is another case: {esc(told)}. Where it stands tells of that difference as well as of chance.</p>\n'
    )


def _difference(each: dict[str, str]) -> str:
    return f"{each['key']} is {each['here']} here and {each['there'] or 'as in the scenario'} there"


def _since(differs: Sequence[dict[str, str]]) -> list[str]:
    """Return in one phrase the sections of which no more is known than that they are otherwise."""
    names = ", ".join(f"{each['key']}.*" for each in differs if not each["here"])
    return [f"settings under {names} are otherwise than when the baseline was made"] if names else []


def _row(name: str, value: Any, of_days: dict[str, Any]) -> str:
    low, high = kpi_text(name, of_days["low"]), kpi_text(name, of_days["high"])
    sd = UNKNOWN if of_days["sd"] is None else kpi_text(name, of_days["sd"])
    return (
        f'<tr><th scope="row">{esc(BY_NAME[name].label)}</th><td class="n"><b>{esc(kpi_text(name, value))}</b></td>'
        f'<td class="n">{esc(kpi_text(name, of_days["mean"]))}</td><td class="n">{esc(sd)}</td>'
        f'<td class="n">{esc(low)} – {esc(high)}{_strip(value, of_days)}</td><td>{esc(standing(of_days))}</td></tr>\n'
    )


def standing(of_days: dict[str, Any]) -> str:
    """Return in words where a value stands among the baseline's days."""
    days, below, above = of_days["days"], of_days["below"], of_days["above"]
    if not below and not above:
        return f"the same on all {days}"
    if below == days:
        return f"above all {days}"
    if above == days:
        return f"below all {days}"
    return f"within the spread of {days}: {below} lie below, {above} above"


def _strip(value: float, of_days: dict[str, Any]) -> str:
    """Return a small picture of the spread: a line from lowest to highest, a tick at the mean, a dot for this run; the words say the same."""
    low, high = min(of_days["low"], value), max(of_days["high"], value)
    if high <= low:
        return ""

    def at(spot: float) -> str:
        return f"{100 * (spot - low) / (high - low):.1f}%"

    spots = f"--low:{at(of_days['low'])};--high:{at(of_days['high'])};--mean:{at(of_days['mean'])};--here:{at(value)}"
    return f'<span class="strip" aria-hidden="true" style="{spots}"></span>'

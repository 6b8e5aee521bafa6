"""A comparison told in words, arm by arm: what surely differs, what may be chance, who pays, and what cannot be said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sim.reporting.comparison_wording import amount, change, label_of, share, times
from sim.reporting.wording import esc, number, whole

Record = Mapping[str, Any]
NAMED_MOST = 5  # KPIs named in a sentence; the rest are counted
HEADLINES = (
    "footfall_visits", "dwell_min_mean", "stores_per_visit_mean", "conversion_share", "sales_fen", "basket_fen_mean", "mall_income_fen",
    "owner_income_fen", "los_d_or_worse_share", "cold_area_share", "walk_m_mean", "queue_wait_s_mean", "queue_abandon_share",
    "parking_search_s_mean", "satisfaction_mean",
)  # fmt: skip
_ASKED_FIRST = ("sales_fen", "owner_income_fen", "footfall_visits")  # what a planner asks for when nothing is shown to differ


def paragraphs(comparison: Record, arm: Record) -> list[str]:
    """Return what is to be said of one arm of `comparison["summary"]`, each paragraph as safe HTML."""
    entries = {entry["name"]: entry for entry in comparison["kpis"] if entry["arm"] == arm["arm"]}
    if arm["compared"] and arm["the_same"] == arm["compared"]:
        return [_verdict(comparison, arm)]
    return [
        " ".join(part for part in [_verdict(comparison, arm), *_sure(arm, entries), _headline(arm, entries)] if part),
        *_chance(arm, entries),
        *_money(comparison, arm["arm"]),
        *_parts(comparison, arm["arm"]),
    ]


def _verdict(comparison: Record, arm: Record) -> str:
    moved = sum(len(arm[tone]) for tone in ("better", "worse", "moved"))
    if comparison["confidence"] is None:
        return "One run each: every difference below may be chance, and there is no interval."
    if not arm["compared"]:
        return "<b>Nothing can be compared:</b> no KPI is known on enough days of both arms."
    if arm["the_same"] == arm["compared"]:
        return f"<b>Nothing differs at all:</b> {_all(arm)} are the same to the last digit on every day."
    if not moved:
        return f"<b>Nothing is shown to differ.</b> Of {_all(arm)}, none moved by more than chance can explain among so many."
    kinds = (
        (len(arm["better"]), "for the better"),
        (len(arm["worse"]), "for the worse"),
        (len(arm["moved"]), "neither good nor bad by itself"),
    )
    told = ", ".join(f"{whole(count)} {words}" for count, words in kinds if count)
    verb = "moves" if moved == 1 else "move"
    same = f"; {whole(arm['the_same'])} are the same to the last digit" if arm["the_same"] else ""
    return f"Of {_all(arm)}, <b>{whole(moved)} surely {verb}</b>: {told}{same}."


def _all(arm: Record) -> str:
    return f"{whole(arm['compared'])} KPIs compared"


def _sure(arm: Record, entries: Mapping[str, Record]) -> list[str]:
    return [
        f"<b>{words}:</b> {_listed(arm, arm[tone], entries)}."
        for tone, words in (("better", "Better"), ("worse", "Worse"), ("moved", "Different"))
        if arm[tone]
    ]


def _listed(arm: Record, names: Sequence[str], entries: Mapping[str, Record]) -> str:
    """Return the KPIs of a list in words, headlines first, then the largest relative differences; what is not named is counted."""
    size = {each["name"]: abs(each["share"] or 0.0) for each in arm["kpis"]}
    place = {name: index for index, name in enumerate(HEADLINES)}
    ordered = sorted(names, key=lambda name: (place.get(name, len(HEADLINES)), -size[name], name))
    told = [_told(entries[name], next(each for each in arm["kpis"] if each["name"] == name)) for name in ordered[:NAMED_MOST]]
    more = len(ordered) - NAMED_MOST
    return "; ".join(told) + (f"; and {whole(more)} more" if more > 0 else "")


def _told(entry: Record, relative: Record) -> str:
    """Return "Visits +120 (+3.2 %), from 3,676": the difference, as a share where that adds something, and where it starts."""
    own = _kept(change(entry["unit"], entry["difference_mean"]))
    as_share = f" ({_kept(share(relative['share']))})" if relative["share"] is not None and entry["unit"] != "share" else ""
    return f"{esc(_lower(label_of(entry['name'])))} {own}{as_share} from {amount(entry['unit'], entry['baseline_mean'])}"


def _kept(text: str) -> str:
    """Return a number with its sign and unit that no line break parts."""
    return f'<span class="nb">{esc(text)}</span>'


def _changed(unit: str, value: float | None) -> str:
    return _kept(change(unit, value))


def _between(unit: str, low: float | None, high: float | None) -> str:
    return f"{_changed(unit, low)} to {_changed(unit, high)}"


def _lower(label: str) -> str:
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _headline(arm: Record, entries: Mapping[str, Record]) -> str:
    """Return how far the KPI that a planner asks for first may still have moved, where it is not among the sure ones."""
    sure = {*arm["better"], *arm["worse"], *arm["moved"]}
    for name in _ASKED_FIRST:
        entry = entries.get(name)
        if entry is not None and entry["ci_low"] is not None and name not in sure and entry["ci_low"] != entry["ci_high"]:
            return (
                f"{esc(label_of(name))} may have moved by anything from {_between(entry['unit'], entry['ci_low'], entry['ci_high'])}, from "
                f"{amount(entry['unit'], entry['baseline_mean'])}; more days would narrow that."
            )
    return ""


def _chance(arm: Record, entries: Mapping[str, Record]) -> list[str]:
    names = arm["may_be_chance"]
    if not names:
        return []
    return [
        f"<b>May be chance:</b> {_listed(arm, names, entries)}. Taken alone {'its interval leaves' if len(names) == 1 else 'their intervals leave'} "
        f"out zero, but among {whole(arm['compared'])} KPIs some do so by luck."
    ]


def _money(comparison: Record, arm: str) -> list[str]:
    for each in comparison.get("benefits", ()):
        if each["arm"] == arm and (each["capital_fen"] or each["net_benefit_fen_per_day"]):
            return [f"<b>For the owner:</b> {benefit(each)}"]
    return []


def benefit(each: Record) -> str:
    """Return what an arm brings its owner, in a sentence or two."""
    net = f"{_changed('fen', each['net_benefit_fen_per_day'])} a day after what it costs"
    interval = "" if each["ci_low"] is None else f" (95 % interval {_between('fen', each['ci_low'], each['ci_high'])})"
    ends = {
        "pays": "It pays",
        "loses": "It loses money",
        "not shown to pay or to lose": "It is not shown to pay or to lose: the interval holds zero",
    }
    text = f"{net}{interval}. {ends.get(each['verdict'], 'Whether it pays is not known')}."
    if each["capital_fen"]:
        years = each["payback_years"]
        back = (
            "at this mean it is never earned back"
            if years is None
            else f"at this mean it is earned back in {number(years, 1)} years"
        )
        text += f" It takes {amount('fen', each['capital_fen'])} of capital; {back}, and its present value is {_changed('fen', each['present_value_fen'])}."
    return text


def _parts(comparison: Record, arm: str) -> list[str]:
    found = [each for each in comparison.get("losers", ()) if each["arm"] == arm]
    told = [
        f"{esc(_kind(each['kind']))}: of {whole(each['parts'])}, {whole(each['better'])} surely better off, {whole(each['worse'])} surely worse off"
        for each in found
    ]
    return [f"<b>Who wins, who loses.</b> {'. '.join(told)}. The others may be chance."] if told else []


def _kind(kind: str) -> str:
    words = kind.partition(",")[0]
    return words[:1].upper() + words[1:]


def precision(arm: Record) -> str:
    """Return what common random numbers saved for one arm; nothing where no KPI tells."""
    factor = arm["days_factor_median"]
    if factor is None:
        return ""
    known = [each for each in arm["kpis"] if each["days_factor"] is not None]
    harmed = sum(1 for each in known if each["days_factor"] < 1)
    harm = (
        f" For {whole(harmed)} of {whole(len(known))} KPIs they did harm: shared luck makes these differences vary more."
        if harmed
        else ""
    )
    if factor >= 1:
        return f"Because all arms share their luck, half of the KPIs need at least {times(factor)} times fewer days than independent seeds would.{harm}"
    return f"Common luck saves no days here: half of the KPIs need {times(factor)} times fewer days or less, so independent seeds do as well.{harm}"

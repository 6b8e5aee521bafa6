"""Writes comparison.html and its figures beside comparison.json, and makes them anew from a finished comparison's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim.reporting import comparison_page
from sim.reporting.comparison_page import Shown
from sim.reporting.comparison_summary import BETTER, MAY_BE_CHANCE, MOVED, WORSE, summary_of
from sim.reporting.comparison_wording import amount, change, label_of, part_name, share
from sim.reporting.comparison_words import HEADLINES
from sim.reporting.files import write_atomically
from sim.reporting.manifest import read_finished, write_manifest
from sim.reporting.wording import percent

PAGE = "comparison.html"
SHOWN_MOST = 16  # tenants in one figure: those that gain most and those that lose most
ROWS_MOST = 36  # KPIs in the first forest; the folded one has all
Record = Mapping[str, Any]


def write(folder: Path, comparison: Record, provenance: Record) -> None:
    """Write figures/*.svg, but for the maps which are there, and comparison.html; the manifest is left to the caller."""
    shown = list(_figures(comparison))
    for place, figure in enumerate(shown, start=1):
        write_atomically(folder / "figures" / f"{figure.section.replace(' ', '_')}_{place:02d}.svg", figure.svg)
    write_atomically(folder / PAGE, comparison_page.page(comparison, provenance, [*shown, *_maps(folder, comparison)]))


def remake(folder: Path) -> Path:
    """Make comparison.html anew from comparison.json and the maps beside it; return its path.

    Raises GalleriaError where comparison.json is not the one that the manifest vouches for.
    """
    folder = Path(folder)
    comparison, facts = read_finished(folder, "comparison.json"), read_finished(folder, "manifest.json")
    facts.pop("files")
    comparison.setdefault("summary", summary_of(comparison))  # of a version that wrote no page
    write(folder, comparison, facts)
    write_manifest(folder, facts)
    return folder / PAGE


def _figures(comparison: Record) -> Iterator[Shown]:
    from sim.reporting import comparison_figures as figures
    from sim.reporting.figure_style import svg_of

    names = comparison.get("tenant_names", {})
    for arm in comparison["summary"]:
        if arm["the_same"] == arm["compared"]:
            continue  # nothing to draw
        known = [each for each in arm["kpis"] if each["share_low"] is not None]
        first = headline_rows(known)
        if first:
            rest = f" {len(known) - len(first)} more are below." if len(known) > len(first) else ""
            yield Shown(
                "forest", arm["arm"], f"Headline KPIs, and those that surely moved.{rest} Beyond the axis: an arrow.", _forest_alt(first),
                svg_of(figures.forest(first)),
            )  # fmt: skip
        if len(known) > len(first):
            words = f"All {len(known)} KPIs whose baseline is not zero"
            yield Shown("forest folded", arm["arm"], words, words, svg_of(figures.forest(known)))
        for group in effect_groups(comparison, arm["arm"]):
            yield _of_effects(group, arm["arm"], names)


def _of_effects(group: EffectGroup, arm: str, names: Mapping[str, str]) -> Shown:
    from sim.reporting import comparison_figures as figures
    from sim.reporting.figure_style import svg_of

    few = group.effects if group.sort == "hour" else ends_of(group.effects)
    rest = f" The {len(few)} of {len(group.effects)} that gain or lose most." if len(few) < len(group.effects) else ""
    lines = " The line is the 95 % interval." if any(each.get("ci_low") is not None for each in few) else ""
    caption = f"{group.title}: difference{', ' if group.measure else ''}{group.measure}.{rest}{lines} Pale bars may be chance."
    draw = (
        figures.by_hour(few, group.unit, group.measure)
        if group.sort == "hour"
        else figures.bars(few, names, group.unit, group.measure)
    )
    section = "effects" if group.sort in ("hour", "level") else "parts"
    return Shown(section, arm, caption, _effects_alt(few, group.unit, names), svg_of(draw))


def headline_rows(known: Sequence[Record]) -> list[Record]:
    """Return the KPIs of the first forest: headlines, and what surely moved, the most telling first where they are too many."""
    moved = [each for each in known if each["tone"] in (BETTER, WORSE, MOVED)]
    strongest = sorted(moved, key=lambda each: (-_strength(each), each["name"]))[: ROWS_MOST - len(HEADLINES)]
    wanted = {*HEADLINES, *(each["name"] for each in strongest)}
    return [each for each in known if each["name"] in wanted]


def _strength(row: Record) -> float:
    """Return how many half-widths a difference is away from zero."""
    half = (row["share_high"] - row["share_low"]) / 2
    return abs(row["share"]) / half if half > 0 else float("inf")


def ends_of(effects: Sequence[Record]) -> list[Record]:
    """Return the effects that gain most and those that lose most."""
    ordered = sorted(effects, key=lambda each: (-each["difference_mean"], each["name"]))
    if len(ordered) <= SHOWN_MOST:
        return ordered
    return [*ordered[: SHOWN_MOST // 2], *ordered[-SHOWN_MOST // 2 :]]


@dataclass(frozen=True)
class EffectGroup:
    """Effects of one kind and unit, as a figure shows them."""

    sort: str  # hour, level, tenant or segment
    title: str
    unit: str  # fen, or as the record has it
    effects: list[Record]

    @property
    def measure(self) -> str:
        """Return the unit in words, fen as yuan; nothing for a bare number."""
        return self.unit.replace("fen", "yuan", 1)


def effect_groups(comparison: Record, arm: str) -> list[EffectGroup]:
    """Return the effects of an arm by kind: those of `effects`, and of `losers` where there are none; kinds in which nothing moves are left out.

    A kind is one of hour, level, tenant, segment, or says in words what is measured, by what, in what: "sales by hour, fen".
    """
    records = [each for each in comparison.get("effects", ()) if each["arm"] == arm and each["difference_mean"] is not None]
    groups: dict[tuple[str, str], list[Record]] = {}
    for each in records:
        title, _, unit = each["kind"].partition(", ")
        days = each["name"].rpartition(" ")[0] if _sort_of(title) == "hour" else ""  # "weekend 10:00"
        groups.setdefault((f"{title}, {days}" if days else title, each.get("unit", unit)), []).append(each)
    if not any(_sort_of(title) in ("tenant", "segment") for title, _ in groups):
        for each in comparison.get("losers", ()):
            if each["arm"] == arm:
                title, _, unit = each["kind"].partition(", ")
                groups[title, unit] = list({part["name"]: part for part in [*each["highest"], *each["lowest"]]}.values())
    return [
        EffectGroup(_sort_of(title), title[:1].upper() + title[1:], unit, found)
        for (title, unit), found in groups.items()
        if any(each["difference_mean"] for each in found)
    ]


def _sort_of(title: str) -> str:
    return next((sort for sort in ("hour", "level", "segment") if sort in title), "tenant")


def _maps(folder: Path, comparison: Record) -> Iterator[Shown]:
    for each in comparison.get("maps", ()):
        gains, loses = each["gains_share"], each["loses_share"]
        section = "maps" if each["is_visible"] else "maps folded"
        if gains is None:
            floor = "The plans have different zones, so that there is no map of the difference."
        elif gains or loses:
            floor = (
                f"{percent(gains)} of its floor surely gains people, {percent(loses)} loses them (each zone by itself, at 5 %)."
            )
        else:
            floor = "No floor is shown to gain or to lose."
        words = (
            f"{each['name']}: {amount('', each['baseline_mean'])} person-minutes a day in the baseline, {change('', each['difference_mean'])} with the arm"
            f" ({share(each['difference_mean'] / each['baseline_mean'] if each['baseline_mean'] else None)}). {floor}"
        )
        yield Shown(
            section, each["arm"], words, words, (folder / each["file"]).read_text(encoding="utf-8"), follows_theme=False
        )


def _effects_alt(effects: Sequence[Record], unit: str, names: Mapping[str, str]) -> str:
    ordered = sorted(effects, key=lambda each: each["difference_mean"])
    low, high = ordered[0], ordered[-1]
    return (
        f"Bars of differences; most is gained by {part_name(high['name'], names)} ({change(unit, high['difference_mean'])}), least by "
        f"{part_name(low['name'], names)} ({change(unit, low['difference_mean'])})."
    )


def _forest_alt(rows: Sequence[Record]) -> str:
    told = [
        f"{label_of(each['name'])} {share(each['share'])}"
        for each in rows
        if each["tone"] in (BETTER, WORSE, MOVED, MAY_BE_CHANCE)
    ]
    return f"Forest plot of {len(rows)} KPIs. {'; '.join(told[:12]) + '.' if told else 'No interval leaves out zero.'}"

"""Writes comparison.html and its figures beside comparison.json, and makes them anew from a finished comparison's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sim.reporting import comparison_page
from sim.reporting.comparison_page import Shown
from sim.reporting.comparison_summary import BETTER, MAY_BE_CHANCE, MOVED, WORSE
from sim.reporting.comparison_wording import amount, change, label_of, share
from sim.reporting.comparison_words import HEADLINES
from sim.reporting.files import write_atomically
from sim.reporting.manifest import read_finished, write_manifest
from sim.reporting.wording import percent

PAGE = "comparison.html"
SHOWN_MOST = 16  # tenants in one figure: those that gain most and those that lose most
ROWS_MOST = 36  # KPIs in the first forest; the folded one has all
_OF_KIND = {"tenant": "tenant", "segment": "kind of visitors", "hour": "hour", "level": "level"}
_AXES = {"fen": "yuan", "share": "percentage points"}
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
    write(folder, comparison, facts)
    write_manifest(folder, facts)
    return folder / PAGE


def _figures(comparison: Record) -> Iterator[Shown]:
    from sim.reporting import comparison_figures as figures
    from sim.reporting.figure_style import svg_of

    names = comparison.get("tenant_names", {})
    for arm in comparison["summary"]:
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
        for kind, of, unit, effects in _effects(comparison, arm["arm"]):
            words = f"{of} by {_OF_KIND.get(kind, kind)}, {_AXES.get(unit, unit)}".removesuffix(", ")
            words = words[0].upper() + words[1:]
            alt = _effects_alt(effects, unit, names)
            if kind == "hour":
                yield Shown("effects", arm["arm"], _caption(words, effects), alt, svg_of(figures.by_hour(effects, unit, words)))
            else:
                section = "effects" if kind == "level" else "parts"
                few = ends_of(effects)
                rest = f" The {len(few)} of {len(effects)} that gain or lose most." if len(few) < len(effects) else ""
                yield Shown(
                    section, arm["arm"], _caption(f"{words}.{rest}", few), alt, svg_of(figures.bars(few, names, unit, words))
                )  # fmt: skip


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


def _effects(comparison: Record, arm: str) -> Iterator[tuple[str, str, str, list[Record]]]:
    """Yield kind, what it is of, unit and the effects of each; tenants and segments from the shorter lists of `losers` where there are no effects."""
    groups: dict[tuple[str, str, str], list[Record]] = {}
    for each in comparison.get("effects", ()):
        if each["arm"] == arm and each["difference_mean"] is not None:
            groups.setdefault((each["kind"], each["of"], each["unit"]), []).append(each)
    if not any(kind in ("tenant", "segment") for kind, _, _ in groups):
        for each in comparison.get("losers", ()):
            if each["arm"] == arm:
                key = (
                    ("tenant", "sales", "fen")
                    if "tenant" in each["kind"]
                    else ("segment", "spending a visit", "fen")
                    if "fen" in each["kind"]
                    else ("segment", "satisfaction", "")
                )
                groups[key] = list({part["name"]: part for part in [*each["highest"], *each["lowest"]]}.values())
    yield from ((*key, found) for key, found in groups.items())


def _maps(folder: Path, comparison: Record) -> Iterator[Shown]:
    for each in comparison.get("maps", ()):
        gains, loses = each["gains_share"], each["loses_share"]
        section = "maps folded" if gains == loses == 0 else "maps"
        if gains is None:
            floor = "The plans have different zones, so that there is no map of the difference."
        elif section == "maps":
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


def _caption(words: str, effects: Sequence[Record]) -> str:
    lines = " The line is the 95 % interval." if any(each.get("ci_low") is not None for each in effects) else ""
    return f"{words}{'' if words.endswith('.') else '.'}{lines} Pale bars may be chance."


def _effects_alt(effects: Sequence[Record], unit: str, names: Mapping[str, str]) -> str:
    ordered = sorted(effects, key=lambda each: each["difference_mean"])
    low, high = ordered[0], ordered[-1]
    return (
        f"Bars of differences; most is gained by {names.get(high['name'], high['name'])} ({change(unit, high['difference_mean'])}), least by "
        f"{names.get(low['name'], low['name'])} ({change(unit, low['difference_mean'])})."
    )


def _forest_alt(rows: Sequence[Record]) -> str:
    told = [
        f"{label_of(each['name'])} {share(each['share'])}"
        for each in rows
        if each["tone"] in (BETTER, WORSE, MOVED, MAY_BE_CHANCE)
    ]
    return f"Forest plot of {len(rows)} KPIs. {'; '.join(told[:12]) + '.' if told else 'No interval leaves out zero.'}"

"""The figures that results in Python give by name: all that the report of a run and the page of a comparison show."""

from __future__ import annotations

import datetime
import re
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.errors import GalleriaError, Problem
from sim.reporting import comparison_figures, days_pictures, pictures
from sim.reporting.comparison_files import effect_groups, ends_of, headline_rows
from sim.reporting.comparison_summary import summary_of
from sim.reporting.figure_colours import MAIN, SECOND
from sim.reporting.figure_style import Drawing, figure_of, undrawn
from sim.reporting.manifest import read_finished
from sim.reporting.picture import Picture

FEN_PER_YUAN = 100


@dataclass(frozen=True)
class Named:
    """A figure that a result can draw: what it shows in words, and what makes it."""

    caption: str
    make: Callable[[], Figure]  # a Drawing


def drawn(name: str, known: Mapping[str, Named]) -> Drawing:
    """Return the figure of this name; raises GalleriaError for one that there is not."""
    if name not in known:
        raise GalleriaError.of("figures", [Problem("figure", repr(name), f"one of {', '.join(known)}", "name one of them")])
    figure = known[name].make()
    assert isinstance(figure, Drawing)
    return figure


def run_figures(folder: Path) -> dict[str, Named]:
    """Return the figures of a finished run by name, in the order of its report, "hours" first.

    Names are those of the files in figures/, which need not be there. Raises GalleriaError where the run's floor plan has changed since.
    """
    curves, run = read_finished(folder, "curves.json"), read_finished(folder, "run.json")
    compiled = _plan_of(folder)
    hours_us = run["opens_us"], run["closes_us"]
    with tempfile.TemporaryDirectory() as empty, undrawn() as kept:
        if "days" in run:
            rows = [{**row, "date": datetime.date.fromisoformat(row["date"])} for row in run["days"]]
            shown = days_pictures.save(Path(empty), rows, curves, compiled, *hours_us)
        else:
            shown = pictures.save(Path(empty), curves, compiled, *hours_us)
        made = [(picture, kept.get((Path(empty) / picture.file).read_text(encoding="utf-8"))) for picture in shown]
    found = {Path(picture.file).stem: Named(_words(picture), make) for picture, make in made if make is not None}
    hours = {} if "days" in run else {"hours": Named("Visits that come, and sales, by hour.", lambda: _hours(curves))}
    return hours | found


def _plan_of(folder: Path) -> Any:
    """Return the compiled plan of a finished run, which must be the one that it ran on."""
    from sim.config_files import compose
    from sim.floorplan.cache import compiled_for

    compiled = compiled_for(compose(str(folder / "config.yaml")))
    was = read_finished(folder, "manifest.json")["floorplan_sha256"]
    if compiled.digest != was:
        rule = f"the floor plan {compiled.name!r} has changed since this run"
        raise GalleriaError.of(
            folder, [Problem("floorplan_sha256", was, rule, "run it again; the figures drawn then are in figures/")]
        )
    return compiled


def _words(picture: Picture) -> str:
    """Return what a picture shows; maps are captioned by their level alone, which says too little outside the report."""
    return f"Where people were: {picture.caption}" if picture.section == "map" else picture.caption


def comparison_figures_of(comparison: Mapping[str, Any], arm: str) -> dict[str, Named]:
    """Return the figures of an arm of comparison.json by name: "forest", "all", and one for each kind of effects."""
    summary = next(each for each in summary_of(comparison) if each["arm"] == arm)
    known = [each for each in summary["kpis"] if each["share_low"] is not None]
    first = headline_rows(known)
    found = {}
    if known:
        words = "Difference of each KPI to the baseline, as a share of its mean, with the 95 % interval"
        found["forest"] = Named(
            f"{words}: headlines, and what surely moved.", lambda: comparison_figures.forest(first or known)
        )
        found["all"] = Named(f"{words}: all {len(known)} whose baseline is not zero.", lambda: comparison_figures.forest(known))
    names = comparison.get("tenant_names", {})
    for group in effect_groups(comparison, arm):
        few = group.effects if group.sort == "hour" else ends_of(group.effects)
        caption = f"{group.title}: difference, {group.measure}." if group.measure else f"{group.title}: difference."
        found[_slug(group.title)] = Named(caption, _effects(group.sort, few, names, group.unit, group.measure))
    return found


def _effects(
    sort: str, effects: Sequence[Mapping[str, Any]], names: Mapping[str, str], unit: str, axis: str
) -> Callable[[], Figure]:
    if sort == "hour":
        return lambda: comparison_figures.by_hour(effects, unit, axis)
    return lambda: comparison_figures.bars(effects, names, unit, axis)


def _slug(title: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", title.lower()).strip("_")


def _hours(curves: Mapping[str, Any]) -> Drawing:
    """Draw visits that come, and sales, by hour."""
    visits, fen = np.array(curves["arrivals_visits"], float), np.array(curves["sales_fen"], float)
    busy = np.flatnonzero((visits > 0) | (fen > 0))
    hours = np.arange(busy[0], busy[-1] + 1) if busy.size else np.arange(0)

    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        axes.bar(hours - 0.2, visits[hours], 0.38, color=MAIN, label="visits that come")
        axes.set_ylabel("visits an hour")
        beside = axes.twinx()
        beside.bar(hours + 0.2, fen[hours] / FEN_PER_YUAN, 0.38, color=SECOND, label="sales")
        beside.set_ylabel("yuan an hour")
        beside.grid(visible=False)
        for each in (axes, beside):
            each.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.set_xlabel("hour of the day")
        figure.legend(loc="outside upper right", ncols=2)

    return figure_of(7.0, 2.6, paint)

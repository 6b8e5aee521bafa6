"""Which pictures a run gets, where they stand in the report and what they say in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from sim.plan_arrays import CompiledPlan
from sim.reporting import figures
from sim.reporting.files import write_atomically
from sim.reporting.hot_places import relative_time
from sim.reporting.picture import Picture
from sim.reporting.sensing_pictures import sensing_pictures
from sim.reporting.topics.every_picture import topic_pictures


def save(folder: Path, curves: dict[str, Any], compiled: CompiledPlan, opens_us: int, closes_us: int) -> list[Picture]:
    """Write figures/*.svg into the run's folder; return the pictures in the order of the report."""
    span = figures.span_of(curves, opens_us, closes_us)
    made: list[tuple[Picture, str]] = [
        *_day_pictures(curves, span),
        *_queue_pictures(curves, span),
        *topic_pictures(curves, compiled, span),
        *map_pictures(curves, compiled),
        *sensing_pictures(curves.get("sensing") or {}, compiled),
    ]
    for picture, svg in made:
        write_atomically(folder / picture.file, svg)
    return [picture for picture, _ in made]


def _day_pictures(curves: dict[str, Any], span: figures.Span) -> list[tuple[Picture, str]]:
    peak = int(np.argmax(curves["people_inside"]))
    when, most = figures.CLOCK(curves["minutes"][peak], None), int(np.asarray(curves["people_inside"])[peak])
    busiest = int(np.argmax(curves["arrivals_people"]))
    made = [
        (
            Picture("figures/inside.svg", "day", "People inside, every five minutes. Dotted: opening and closing.",
                    f"Curve of the number of people inside; it peaks at {most:,} around {when}."),
            figures.inside(curves, span),
        ),
        (
            Picture("figures/comings.svg", "day", "People arriving and leaving, by hour.",
                    f"Bars of people arriving and leaving by hour; most arrive between {busiest}:00 and {busiest + 1}:00."),
            figures.comings(curves, span),
        ),
        (
            Picture("figures/trade.svg", "day", "Parties entering stores and buying, by hour.", "Bars of store entries and purchases by hour."),
            figures.trade(curves, span),
        ),
        (
            Picture("figures/sales.svg", "day", "Tenants' sales, by hour.", "Bars of sales by hour."),
            figures.sales(curves, span),
        ),
    ]  # fmt: skip
    if curves["parking"]:
        picture = Picture("figures/parking.svg", "parking", "Cars parked as a share of bays, every five minutes. Dashed: full.",
                          "Curve of cars parked in each car park over the day, as a share of its bays.")  # fmt: skip
        made.append((picture, figures.parking(curves, span)))
    return made


def _queue_pictures(curves: dict[str, Any], span: figures.Span) -> list[tuple[Picture, str]]:
    made, histograms = [], []
    for kind, place in (("till", "at tills"), ("table", "for a table")):
        curve = curves["queues"][kind]
        if not sum(curve["joined"]):
            continue
        made += [
            (
                Picture(f"figures/{kind}_waiting.svg", "queue", f"Parties waiting {place}, every five minutes, all stores together.",
                        f"Curve of the number of parties waiting {place}; at most {int(max(curve['waiting'])):,}."),
                figures.waiting(curve, curves["minutes"], span),
            ),
            (
                Picture(f"figures/{kind}_waits.svg", "queue", f"Waits {place}, by the hour of joining; who did not have to wait counts as zero.",
                        f"Bars of the mean and the 95th percentile of waits {place} by hour."),
                figures.wait_by_hour(curve, span),
            ),
        ]  # fmt: skip
        picture = Picture(f"figures/{kind}_histogram.svg", "queue",
                          f"How long those waited {place} who had to wait at all; {curve['no_wait']:,} did not.",
                          f"Histogram of waits {place} above zero.")  # fmt: skip
        histograms.append((picture, figures.wait_histogram(curve)))
    return made + histograms


def map_pictures(curves: dict[str, Any], compiled: CompiledPlan) -> list[tuple[Picture, str]]:
    """Draw where people spent their time, a map for each level, the top one first; `curves` has person-seconds by zone."""
    zones = curves["zones"]
    relative = relative_time(compiled, np.asarray(zones["person_s"], float))
    made = []
    for level in reversed(range(len(compiled.level_ids))):
        name = compiled.level_names[level]
        here = compiled.arrays.zone_level == level
        hot = float(relative[here].max()) if here.any() else 0.0
        picture = Picture(f"figures/map_{level + 1:02d}.svg", "map", name,
                          f"Plan of {name}; floor zones coloured by time spent per m2; the busiest has {hot:.1f} times the mall's mean.")  # fmt: skip
        made.append((picture, figures.level_map(compiled, level, relative)))
    return made

"""Pictures of looking for a bay, and paying for it."""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib.figure import Figure

from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BIN_MIN
from sim.reporting.figure_colours import INK, MAIN, MUTED, PAPER, SECOND
from sim.reporting.figure_style import draw
from sim.reporting.figures import Span, _legend_above, _time_axis
from sim.reporting.picture import Picture

CARS_MIN = 20  # a mean of fewer searches is not drawn


def pictures(curves: dict[str, Any], compiled: CompiledPlan, span: Span) -> list[tuple[Picture, str]]:
    """Return the pictures and their SVG; `curves` are those of the topic."""
    made = [
        (
            Picture("figures/car_levels.svg", "cars", "Cars standing on each parking level as a share of its bays, every five minutes. Dashed: full.",
                    "Curve of the taken share of the bays of each parking level over the day."),
            _levels(curves, span),
        ),
        (
            Picture("figures/car_bays.svg", "cars", "Cars that each bay took over the day, by the bay's walk to the door: every field is a twentieth of a car park's bays.",
                    "One strip for each car park, from its nearest to its farthest bays, coloured by the cars that a bay took."),
            _bays(curves),
        ),
    ]  # fmt: skip
    if sum(cars >= CARS_MIN for cars in np.asarray(curves["search_cars"]).tolist()) > 1:
        picture = Picture("figures/car_search.svg", "cars", "Mean time from the gate to a bay, ramps and manoeuvre included, by the share of the car park's bays that were taken: what grows with it is the search.",
                          "Bars of the mean search time in classes of a tenth of the bays taken.")  # fmt: skip
        made.append((picture, _search(curves)))
    return made


def _levels(curves: dict[str, Any], span: Span) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        colours, strokes = (MAIN, SECOND, MUTED, INK), ("solid", "dashed", "dotted")
        for index, (name, level) in enumerate(curves["levels"].items()):
            percent = 100 * np.asarray(level["cars"], float) / max(level["bays"], 1)
            minutes = BIN_MIN * np.arange(percent.size + 1)
            axes.plot(
                minutes, [0, *percent], color=colours[index % 4], linestyle=strokes[index // 4 % 3], linewidth=1.5,
                label=f"{name} ({level['bays']:,} bays)",
            )  # fmt: skip
        axes.axhline(100, color=SECOND, linewidth=0.8, linestyle=(0, (4, 2)))
        axes.set_ylabel("bays taken, %")
        _legend_above(axes, 3)
        _time_axis(axes, span)
        axes.set_ylim(0, 105)

    return draw(5.2, 2.4, paint)


def _bays(curves: dict[str, Any]) -> str:
    strips = curves["uses_by_distance"]
    most = max((max(uses, default=0.0) for uses in strips.values()), default=0.0)

    def paint(figure: Figure) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        axes = figure.subplots()
        ramp = LinearSegmentedColormap.from_list("cars", [PAPER, MAIN])
        for row, uses in enumerate(strips.values()):
            field = axes.imshow(
                np.array([uses]), extent=(0, 100, row + 0.42, row - 0.42), aspect="auto", cmap=ramp, vmin=0, vmax=max(most, 1.0)
            )
        axes.set_ylim(len(strips) - 0.5, -0.5)
        axes.set_xlim(0, 100)
        axes.set_yticks(range(len(strips)), list(strips))
        axes.set_xlabel("% of its bays, the nearest to the door first")
        axes.grid(False)
        figure.colorbar(field, ax=axes, label="cars a bay", shrink=0.9, pad=0.02).outline.set_visible(False)

    return draw(5.2, max(1.4, 0.7 + 0.22 * len(strips)), paint)


def _search(curves: dict[str, Any]) -> str:
    def paint(figure: Figure) -> None:
        axes = figure.subplots()
        cars, means = np.asarray(curves["search_cars"]), curves["search_s_mean"]
        width = 100 / cars.size
        shown = [index for index, count in enumerate(cars.tolist()) if count >= CARS_MIN]
        axes.bar(
            [width * index + 1 for index in shown], [means[index] for index in shown], width=width - 2, align="edge", color=MAIN
        )
        axes.set_xlim(0, 100)
        axes.set_xlabel("bays taken, %")
        axes.set_ylabel("gate to bay, s")

    return draw(5.2, 2.2, paint)

"""The signs of a plan drawing: doors, escalators, lifts, stairs, entrances, car parks, scale bar and north arrow."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Polygon
from matplotlib.path import Path as Outline

from sim.plan_arrays import CompiledPlan, RideKind

INK = "#2b2b2b"
UP, DOWN, LIFT, WAY_IN, CAR = "#00508c", "#b85000", "#404040", "#9b1b30", "#1f4e9e"
STEP_WIDTH_M = 1.3  # drawn width of an escalator


def outline_of(rings: Sequence[np.ndarray]) -> Outline:
    """Return one path of many rings in which holes run against the rings they lie in, so that they stay empty."""
    paths = [Outline(ring) for ring in rings]
    parts = []
    for place, ring in enumerate(rings):
        x_m, y_m = ring[:-1, 0], ring[:-1, 1]
        area = float(np.sum(x_m * np.roll(y_m, -1) - np.roll(x_m, -1) * y_m))
        around = [other for other, path in enumerate(paths) if other != place and path.contains_points(ring).mean() > 0.5]
        hole = len(around) % 2 == 1
        parts.append(ring if (area > 0) != hole else ring[::-1])
    codes = [[Outline.MOVETO, *[Outline.LINETO] * (len(ring) - 2), Outline.CLOSEPOLY] for ring in parts]
    return Outline(np.vstack(parts), [code for part in codes for code in part])


def fill(axes: Axes, rings: Sequence[np.ndarray], **style: object) -> None:
    """Fill a polygon given by its rings."""
    axes.add_artist(PathPatch(outline_of(rings), **style))  # limits are set for the whole plan, not by each outline


def draw_doors(axes: Axes, compiled: CompiledPlan, unit: int, points_per_m: float) -> None:
    """Draw each door of a unit as a bright gap in the wall nearest to the node in front of it."""
    arrays, ring = compiled.arrays, compiled.unit_rings[unit][0]
    for door in range(arrays.unit_door_start[unit], arrays.unit_door_start[unit + 1]):
        node = arrays.door_node[door]
        spot = np.array([arrays.node_x_m[node], arrays.node_y_m[node]])
        start, along = ring[:-1], np.diff(ring, axis=0)
        length = np.maximum(np.hypot(along[:, 0], along[:, 1]), 1e-9)
        share = np.clip(((spot - start) * along).sum(axis=1) / length**2, 0.0, 1.0)
        nearest = start + share[:, None] * along
        edge = int(np.argmin(np.round(np.hypot(*(nearest - spot).T), 6)))
        half = min(arrays.door_width_m[door], 0.9 * length[edge]) / 2
        middle = start[edge] + np.clip(share[edge] * length[edge], half, length[edge] - half) * along[edge] / length[edge]
        ends = [middle - half * along[edge] / length[edge], middle + half * along[edge] / length[edge]]
        (x_a, y_a), (x_b, y_b) = ends
        axes.plot(
            [x_a, x_b], [y_a, y_b], color="white", linewidth=min(0.9 * points_per_m, 4.5), solid_capstyle="butt", zorder=5
        )
        axes.plot([x_a, x_b], [y_a, y_b], color=WAY_IN, linewidth=min(0.5 * points_per_m, 2.6), solid_capstyle="butt", zorder=6)


def draw_rides(axes: Axes, compiled: CompiledPlan, level: int, points_per_m: float) -> None:
    """Draw the escalators, lifts and stairs that touch a level."""
    arrays = compiled.arrays
    standing: dict[int, tuple[float, float]] = {}
    for ride in range(arrays.ride_connector.size):
        if level not in (arrays.ride_from_level[ride], arrays.ride_to_level[ride]):
            continue
        connector = int(arrays.ride_connector[ride])
        leaves = bool(arrays.ride_from_level[ride] == level)
        nodes = arrays.ride_from_node[ride], arrays.ride_to_node[ride]
        start, end = (np.array([arrays.node_x_m[node], arrays.node_y_m[node]]) for node in nodes)
        if arrays.connector_kind[connector] == RideKind.ESCALATOR:
            _escalator(axes, start, end, leaves, bool(arrays.ride_to_level[ride] > arrays.ride_from_level[ride]), points_per_m)
        else:
            here = start if leaves else end
            standing[connector] = (float(here[0]), float(here[1]))
    for connector, (x_m, y_m) in standing.items():
        sign = _lift if arrays.connector_kind[connector] == RideKind.LIFT else _stairs
        sign(axes, x_m, y_m)


def _escalator(axes: Axes, start: np.ndarray, end: np.ndarray, leaves: bool, up: bool, points_per_m: float) -> None:
    """Draw the half of an escalator that is near this level, with steps and an arrow in the direction of travel."""
    along = end - start
    length = float(np.hypot(*along))
    if length < 1e-6:
        return
    along = along / length
    across = np.array([-along[1], along[0]]) * STEP_WIDTH_M / 2
    low, high = (start, start + along * length * 0.48) if leaves else (end - along * length * 0.48, end)
    low, high = (low + 0.5 * along, high) if leaves else (low, high - 0.5 * along)
    colour = UP if up else DOWN
    axes.add_patch(
        Polygon(
            [low + across, high + across, high - across, low - across],
            facecolor="white",
            edgecolor=colour,
            linewidth=0.5,
            zorder=7,
        )
    )
    for share in np.linspace(0.12, 0.88, 7):
        spot = low + share * (high - low)
        (x_a, y_a), (x_b, y_b) = spot + across, spot - across
        axes.plot([x_a, x_b], [y_a, y_b], color=colour, linewidth=0.25, alpha=0.6, zorder=7)
    middle, reach = (low + high) / 2, float(np.hypot(*(high - low)))
    tip, tail = middle + along * 0.42 * reach, middle - along * 0.42 * reach
    style = {
        "arrowstyle": f"-|>,head_length={min(0.25 * points_per_m, 1.4):.2f},head_width={min(0.12 * points_per_m, 0.7):.2f}",
        "color": colour,
        "linewidth": 0.9,
    }
    axes.annotate("", xy=tip, xytext=tail, arrowprops={**style, "shrinkA": 0, "shrinkB": 0}, zorder=8)


def _lift(axes: Axes, x_m: float, y_m: float) -> None:
    axes.plot(x_m, y_m, marker="s", markersize=7.0, color=LIFT, markeredgecolor="white", markeredgewidth=0.5, zorder=8)
    axes.plot(x_m, y_m, marker="$\\updownarrow$", markersize=4.6, color="white", markeredgewidth=0.0, zorder=9)


def _stairs(axes: Axes, x_m: float, y_m: float) -> None:
    axes.plot(x_m, y_m, marker="s", markersize=8.0, color="white", markeredgecolor=LIFT, markeredgewidth=0.8, zorder=8)
    steps = Outline(
        [(-0.7, -0.7), (-0.35, -0.7), (-0.35, -0.25), (0.0, -0.25), (0.0, 0.2), (0.35, 0.2), (0.35, 0.65), (0.75, 0.65)]
    )
    axes.plot(x_m, y_m, marker=steps, markersize=5.0, color="none", markeredgecolor=LIFT, markeredgewidth=0.9, zorder=9)


def _outward(rings: Sequence[Sequence[np.ndarray]], spot: np.ndarray) -> np.ndarray:
    """Return the direction from a place near the edge of the floor to that edge and beyond."""
    best, direction = np.inf, np.array([0.0, 1.0])
    for polygon in rings:
        start, along = polygon[0][:-1], np.diff(polygon[0], axis=0)
        squares = np.maximum((along**2).sum(axis=1), 1e-12)
        nearest = start + np.clip(((spot - start) * along).sum(axis=1) / squares, 0.0, 1.0)[:, None] * along
        away = np.hypot(*(nearest - spot).T)
        edge = int(np.argmin(away))
        if away[edge] < best:
            best = float(away[edge])
            normal = np.array([along[edge][1], -along[edge][0]]) / np.sqrt(squares[edge])
            towards = nearest[edge] - spot
            # on the edge itself only its normal tells; the outer ring runs counter-clockwise or is turned here
            direction = towards / best if best > 0.05 else normal * np.sign(_area(polygon[0]) or 1.0)
    return direction


def _area(ring: np.ndarray) -> float:
    x_m, y_m = ring[:-1, 0], ring[:-1, 1]
    return float(np.sum(x_m * np.roll(y_m, -1) - np.roll(x_m, -1) * y_m))


def _words_of(entrance_id: str) -> str:
    """Return an id as one reads it aloud: "entrance-north-4" is "Entrance north 4"."""
    words = entrance_id.replace("-", " ").replace("_", " ").strip()
    return words[:1].upper() + words[1:]


def draw_entrances(axes: Axes, compiled: CompiledPlan, level: int, points_per_m: float) -> None:
    """Draw an arrow at every street entrance of a level with its share of arrivals, and a P at every way in from a car park."""
    arrays = compiled.arrays
    cars = {int(entrance) for entrance in arrays.parking_entrance}
    arrow_m, words_m = 26.0 / points_per_m, 30.0 / points_per_m
    for entrance in np.flatnonzero(arrays.entrance_level == level):
        node = arrays.entrance_node[entrance]
        spot = np.array([arrays.node_x_m[node], arrays.node_y_m[node]])
        if int(entrance) in cars:
            axes.plot(*spot, marker="s", markersize=10.0, color=CAR, zorder=9)
            axes.text(
                spot[0],
                spot[1],
                "P",
                color="white",
                fontsize=7,
                fontweight="bold",
                ha="center",
                va="center_baseline",
                zorder=10,
            )
            continue
        out = _outward(compiled.walkable_rings[level], spot)
        style = {
            "arrowstyle": "-|>,head_length=0.7,head_width=0.45",
            "color": WAY_IN,
            "linewidth": 2.6,
            "shrinkA": 0,
            "shrinkB": 0,
        }
        axes.annotate(
            "",
            xy=(spot[0], spot[1]),
            xytext=(spot[0] + arrow_m * out[0], spot[1] + arrow_m * out[1]),
            arrowprops=style,
            zorder=9,
        )
        words = (
            f"{_words_of(compiled.entrance_ids[entrance])}\n{100 * arrays.entrance_share[entrance]:.0f} % of arrivals on foot"
        )
        side = "center" if abs(out[0]) < 0.6 else ("left" if out[0] > 0 else "right")
        height = "center" if abs(out[1]) < 0.3 else ("bottom" if out[1] > 0 else "top")
        axes.text(
            spot[0] + words_m * out[0],
            spot[1] + words_m * out[1],
            words,
            color=WAY_IN,
            fontsize=6.5,
            ha=side,
            va=height,
            zorder=9,
        )


def draw_scale(axes: Axes, left_m: float, bottom_m: float, length_m: float) -> None:
    """Draw a scale bar of four fields."""
    for field in range(4):
        low = left_m + field * length_m / 4
        corners = [
            (low, bottom_m),
            (low + length_m / 4, bottom_m),
            (low + length_m / 4, bottom_m + length_m / 40),
            (low, bottom_m + length_m / 40),
        ]
        axes.add_patch(Polygon(corners, facecolor=INK if field % 2 == 0 else "white", edgecolor=INK, linewidth=0.6))
    for share in (0.0, 0.5, 1.0):
        text = f"{share * length_m:g}" + (" m" if share == 1.0 else "")
        axes.text(left_m + share * length_m, bottom_m + length_m / 28, text, fontsize=7, ha="center", va="bottom", color=INK)


def draw_north(axes: Axes, x_m: float, y_m: float, height_m: float) -> None:
    """Draw a north arrow; y is north in local metres."""
    half = height_m / 4
    axes.add_patch(
        Polygon(
            [(x_m, y_m + height_m), (x_m - half, y_m), (x_m, y_m + height_m / 4)], facecolor=INK, edgecolor=INK, linewidth=0.6
        )
    )
    axes.add_patch(
        Polygon(
            [(x_m, y_m + height_m), (x_m + half, y_m), (x_m, y_m + height_m / 4)],
            facecolor="white",
            edgecolor=INK,
            linewidth=0.6,
        )
    )
    axes.text(x_m, y_m + 1.05 * height_m, "N", fontsize=9, ha="center", va="bottom", color=INK)


KEY_WORDS = {
    "up": "escalator going up",
    "down": "escalator going down",
    "lift": "lift",
    "stairs": "stairs",
    "entrance": "street entrance",
    "door": "door of a shop",
    "car": "way in from a car park",
}


def draw_key(axes: Axes, x_in: float, y_in: float, signs: Sequence[str]) -> None:
    """Draw what the signs mean, on axes whose unit is an inch."""
    arrow = {"arrowstyle": "-|>,head_length=0.5,head_width=0.25", "linewidth": 1.6, "shrinkA": 0, "shrinkB": 0}
    for sign in signs:
        words = KEY_WORDS[sign]
        if sign in ("up", "down", "entrance"):
            colour = {"up": UP, "down": DOWN, "entrance": WAY_IN}[sign]
            axes.annotate("", xy=(x_in + 0.3, y_in), xytext=(x_in, y_in), arrowprops={**arrow, "color": colour})
        elif sign == "lift":
            _lift(axes, x_in + 0.15, y_in)
        elif sign == "stairs":
            _stairs(axes, x_in + 0.15, y_in)
        elif sign == "door":
            axes.plot([x_in, x_in + 0.3], [y_in, y_in], color=WAY_IN, linewidth=2.0)
        else:
            axes.plot(x_in + 0.15, y_in, marker="s", markersize=10.0, color=CAR)
            axes.text(x_in + 0.15, y_in, "P", color="white", fontsize=7, fontweight="bold", ha="center", va="center_baseline")
        axes.text(x_in + 0.42, y_in, words, fontsize=9, va="center", color=INK)
        x_in += 0.75 + 0.085 * len(words)

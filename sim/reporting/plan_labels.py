"""Fitting a tenant's name into its room on a drawing: turned, wrapped and shrunk, or a number where nothing fits."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from matplotlib.font_manager import FontProperties
from matplotlib.path import Path as Outline
from matplotlib.textpath import text_to_path

FONT = "DejaVu Sans"  # ships with matplotlib, so that a label fits everywhere; wider than what a viewer may put in its place
SIZES_PT = (10.0, 9.0, 8.0, 7.0, 6.5, 6.0, 5.5, 5.0)
LINE_SPACING = 1.22
MARGIN_PT = 1.6
GRID = 9  # places tried along each side of a room


@dataclass(frozen=True)
class Label:
    """A text placed in a room: its middle in metres, its size in points, its turn in degrees."""

    text: str
    x_m: float
    y_m: float
    size_pt: float
    turn_deg: float


@lru_cache(maxsize=4096)
def _width_em(line: str) -> float:
    """Return the width of a line relative to its font size."""
    width_pt, _, _ = text_to_path.get_text_width_height_descent(line, FontProperties(family=FONT, size=100.0), ismath=False)
    return float(width_pt) / 100.0


def wrappings(name: str) -> list[str]:
    """Return the name on one, two, three lines: for each the one whose longest line is shortest."""
    words = name.split()
    found = [name]
    for lines in range(2, min(3, len(words)) + 1):
        cuts = (
            [(cut,) for cut in range(1, len(words))]
            if lines == 2
            else [(a, b) for a in range(1, len(words)) for b in range(a + 1, len(words))]
        )
        texts = []
        for cut in cuts:
            edges = (0, *cut, len(words))
            texts.append("\n".join(" ".join(words[low:high]) for low, high in pairwise(edges)))
        found.append(min(texts, key=lambda text: max(_width_em(line) for line in text.split("\n"))))
    return found


def text_box_pt(text: str, size_pt: float) -> tuple[float, float]:
    """Return width and height of a text with its margin."""
    lines = text.split("\n")
    width = max(_width_em(line) for line in lines) * size_pt
    return width + 2 * MARGIN_PT, (0.95 + LINE_SPACING * (len(lines) - 1)) * size_pt + 2 * MARGIN_PT


def main_direction_deg(ring: np.ndarray) -> float:
    """Return the direction of the ring's longest edge, between -45 (excluded) and 45 degrees; the other is square to it."""
    edges = np.diff(ring, axis=0)
    longest = edges[int(np.argmax(np.round(np.hypot(edges[:, 0], edges[:, 1]), 3)))]
    turn = float(np.degrees(np.arctan2(longest[1], longest[0]))) % 90.0
    return turn - 90.0 if turn > 45.0 else turn


def _fits_at(ring: np.ndarray, centres: np.ndarray, width_m: float, height_m: float) -> np.ndarray:
    """Return for each centre whether an upright box of that size lies inside the ring."""
    shares = np.array([-0.5, -0.25, 0.0, 0.25, 0.5])
    rim = np.array([(x, y) for x in shares for y in shares if abs(x) == 0.5 or abs(y) == 0.5]) * (width_m, height_m)
    spots = (centres[:, None, :] + rim[None, :, :]).reshape(-1, 2)
    inside = np.asarray(Outline(ring).contains_points(spots)).reshape(centres.shape[0], -1).all(axis=1)
    offset = np.abs(ring[None, :, :] - centres[:, None, :])
    pierced = ((offset[:, :, 0] < width_m / 2) & (offset[:, :, 1] < height_m / 2)).any(axis=1)
    fits: np.ndarray = inside & ~pierced
    return fits


def _centres(ring: np.ndarray) -> np.ndarray:
    """Return a grid of places inside the ring, the nearest to its middle first."""
    low, high = ring.min(axis=0), ring.max(axis=0)
    steps = (np.arange(GRID) + 0.5) / GRID
    grid = np.array([(x, y) for x in steps for y in steps]) * (high - low) + low
    middle = (low + high) / 2
    away = np.round(np.hypot(*((grid - middle) / (high - low)).T), 6)
    ordered: np.ndarray = grid[np.argsort(away, kind="stable")]
    return ordered


def fit_label(name: str, ring: np.ndarray, points_per_m: float, least_pt: float = SIZES_PT[-1]) -> Label | None:
    """Return the name as large as it fits into the ring, None where it does not fit at `least_pt`."""
    turn = main_direction_deg(ring)
    best: tuple[float, Label] | None = None
    for angle_deg in (turn, turn + 90.0 if turn <= 0.0 else turn - 90.0):
        radians = np.radians(angle_deg)
        rotate = np.array([[np.cos(radians), np.sin(radians)], [-np.sin(radians), np.cos(radians)]])
        turned = ring @ rotate.T
        centres = _centres(turned)
        for text in wrappings(name):
            for size in SIZES_PT:
                # an upright name must be a size larger to be worth turning the head
                worth = size - 0.9 * (angle_deg != turn) - 0.1 * text.count("\n")
                if size < least_pt or (best is not None and worth <= best[0]):
                    break
                width, height = text_box_pt(text, size)
                fits = _fits_at(turned, centres, width / points_per_m, height / points_per_m)
                if fits.any():
                    x_m, y_m = centres[int(np.argmax(fits))] @ rotate
                    best = (worth, Label(text, float(x_m), float(y_m), size, float(angle_deg)))
                    break
    return best[1] if best else None

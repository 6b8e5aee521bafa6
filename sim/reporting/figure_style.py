"""How figures look: colours that the page can replace, text that stays text, bytes that depend on the content only."""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable
from typing import Any

import matplotlib
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from sim.reporting.figure_colours import GRID, INK, MUTED

STYLE: dict[str, Any] = {
    "svg.fonttype": "none",  # text stays text: small, searchable, in the page's own font
    "svg.hashsalt": "galleria",  # ids do not depend on the moment
    "text.parse_math": False,  # a tenant may be called "$5 & up"
    "axes.unicode_minus": False,
    "font.family": "sans-serif",
    "font.size": 8.5,
    "text.color": INK,
    "axes.labelcolor": MUTED,
    "axes.edgecolor": GRID,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "grid.color": GRID,
    "grid.linewidth": 0.6,
    "xtick.color": MUTED,
    "ytick.color": MUTED,
    "xtick.major.size": 3,
    "ytick.major.size": 0,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
}


def svg_text(figure: Figure) -> str:
    """Return a figure as SVG whose bytes depend on its content only."""
    FigureCanvasSVG(figure)
    text = io.StringIO()
    with warnings.catch_warnings():
        # A name in a script that the measuring font lacks is drawn by the reader's fonts all the same.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None})
    return text.getvalue()


def figure_of(width_in: float, height_in: float, paint: Callable[[Figure], None], layout: str = "constrained") -> Figure:
    """Return a figure of this size with what `paint` puts on it."""
    with matplotlib.rc_context(_settings()):
        figure = Figure(figsize=(width_in, height_in), layout=layout)  # type: ignore[arg-type]
        paint(figure)
    return figure


def svg_of(figure: Figure) -> str:
    """Return the SVG of a figure that `figure_of` made."""
    with matplotlib.rc_context(_settings()):
        return svg_text(figure)


def draw(width_in: float, height_in: float, paint: Callable[[Figure], None]) -> str:
    """Return the SVG of what `paint` puts on a figure of this size."""
    return svg_of(figure_of(width_in, height_in, paint))


def _settings() -> Any:
    return {**matplotlib.rcParamsDefault, **STYLE, "backend": "agg"}

"""How figures look: colours that the page can replace, text that stays text, bytes that depend on the content only."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Any

import matplotlib
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure
from matplotlib.text import Text
from matplotlib.ticker import ScalarFormatter

from sim.errors import GalleriaError, Problem
from sim.reporting.figure_colours import GRID, INK, MUTED
from sim.reporting.files import write_atomically
from sim.reporting.names import short_name

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


Undrawn = dict[str, Callable[[], "Drawing"]]
_UNDRAWN: ContextVar[Undrawn | None] = ContextVar("undrawn", default=None)


class Thousands(ScalarFormatter):
    """Plain numbers of an axis with thousands apart, as the text beside a figure has them."""

    def __call__(self, x: float, pos: int | None = None) -> str:
        """Return the words of a tick."""
        text = str(super().__call__(x, pos))
        return re.sub(r"(?<=\d)(?=(\d{3})+(?!\d))", ",", text) if "." not in text and "e" not in text else text


class Drawing(Figure):
    """A figure in the report's own style, which can be saved: a matplotlib Figure otherwise."""

    def save(self, path: Path | str, dpi: float = 200.0) -> Path:
        """Write the figure on white as .svg, with its text as text, or as .png; return the path. Raises GalleriaError for another ending."""
        path = Path(path)
        if path.suffix == ".svg":
            with matplotlib.rc_context(_settings()):
                write_atomically(path, svg_text(self, "white"))
        elif path.suffix == ".png":
            write_atomically(path, self._png(dpi))
        else:
            rule, way_out = (
                "a figure is saved as .svg or .png",
                "end the name in one of them, or call savefig for another format",
            )
            raise GalleriaError.of("figures", [Problem("path", str(path), rule, way_out)])
        return path

    def _png(self, dpi: float) -> bytes:
        FigureCanvasAgg(self)
        content = io.BytesIO()
        with matplotlib.rc_context(_settings()), warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Glyph .* missing from")
            self.savefig(content, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
        return content.getvalue()


@contextmanager
def undrawn() -> Iterator[Undrawn]:
    """Within it `draw` paints nothing: it returns a word in place of the SVG, and keeps under the word what would make the figure."""
    kept: Undrawn = {}
    token = _UNDRAWN.set(kept)
    try:
        yield kept
    finally:
        _UNDRAWN.reset(token)


def svg_text(figure: Figure, background: str = "none") -> str:
    """Return a figure as SVG whose bytes depend on its content only."""
    canvas = FigureCanvasSVG(figure)
    text, face = io.StringIO(), figure.get_facecolor()
    figure.set_facecolor(background)
    with warnings.catch_warnings():
        # A name in a script that the measuring font lacks is drawn by the reader's fonts all the same.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        # What savefig calls, after it has drawn everything once more to nowhere.
        canvas.print_svg(text, metadata={"Date": None, "Creator": None})  # type: ignore[no-untyped-call]
    figure.set_facecolor(face)
    return text.getvalue()


def figure_of(width_in: float, height_in: float, paint: Callable[[Figure], None], layout: str = "constrained") -> Drawing:
    """Return a figure of this size with what `paint` puts on it."""
    with matplotlib.rc_context(_settings()):
        figure = Drawing(figsize=(width_in, height_in), layout=layout)  # type: ignore[arg-type]
        paint(figure)
        for axes in figure.axes:
            for axis in (axes.xaxis, axes.yaxis):
                if type(axis.get_major_formatter()) is ScalarFormatter:
                    axis.set_major_formatter(Thousands())
        for text in figure.findobj(Text):
            text.set_text(short_name(text.get_text()))
    return figure


def svg_of(figure: Figure) -> str:
    """Return the SVG of a figure that `figure_of` made."""
    with matplotlib.rc_context(_settings()):
        return svg_text(figure)


def draw(width_in: float, height_in: float, paint: Callable[[Figure], None]) -> str:
    """Return the SVG of what `paint` puts on a figure of this size."""
    kept = _UNDRAWN.get()
    if kept is None:
        return svg_of(figure_of(width_in, height_in, paint))
    word = f"figure {len(kept) + 1}"
    kept[word] = lambda: figure_of(width_in, height_in, paint)
    return word


def _settings() -> Any:
    return {**matplotlib.rcParamsDefault, **STYLE, "backend": "agg"}

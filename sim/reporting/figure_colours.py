"""The colours of the figures, which the page replaces by its own, so that pictures follow light and dark."""

from __future__ import annotations

INK, MUTED, GRID, MAIN, SECOND, PAPER = "#1d2530", "#66707d", "#d8dde3", "#24688f", "#b9512f", "#fefefe"

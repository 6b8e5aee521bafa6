"""Makes the gallery docs/reference/figures.md and its pictures anew, from a real day and a real comparison.

`python docs/figures.py` runs the default day and compares a smaller one (two minutes); `python docs/figures.py RUN COMPARISON` takes
finished folders instead.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from PIL import Image  # noqa: E402

from sim import compare, load, run  # noqa: E402

PICTURES = ROOT / "docs" / "images" / "figures"
PAGE = ROOT / "docs" / "reference" / "figures.md"
DPI, DPI_OF_WIDE, WIDE_IN = 100, 72, 9.0
BYTES_MOST = 60_000
COLOURS = 256  # half the room
COMPARED = ("everyday", "population.visits_per_day=2500")
ARMS = ["none", "escalator_outage"]
REPLICATIONS = 4
SECTIONS = {
    "The day": ("hours", "inside", "comings", "trade", "sales", "targets_profile"),
    "Waiting": ("till_", "table_"),
    "Where people were": ("map_04",),
    "Restaurants and cinemas": ("food_", "cinema_"),
    "Paying and goods": ("paying_", "goods_"),
    "Car parks": ("parking", "car_", "exit_"),
    "Shoppers": ("satisfaction", "minds_", "parties_", "trades_"),
    "Points": ("points_",),
    "What the mall could know": ("position_", "push_", "hot_", "error_"),
}
HEAD = """# Figures

Every figure of a report is there in Python too, as matplotlib's, and saves itself as SVG (text stays text) or PNG:

```python
from sim import run

result = run("corner_day", "population.visits_per_day=80", "seed=2", out="outputs/figures_of_a_day")
for name, shows in result.figures().items():
    print(name, shows)

result.figure("inside").save("inside.svg")
result.figure("map_01").save("map.png", dpi=150)
result.figure("inside").axes[0].set_title("Sunday")  # a matplotlib Figure otherwise
```

`figures()` names those that this run has: what did not happen (no cinema, nothing sensed) is not drawn. Numbers of maps are numbers of levels, the lowest is 01.
The same run gives the same bytes. A run of several days has `days_...` instead of the curves of one.

The pictures below are of an ordinary Saturday in the default mall (`galleria run everyday`, seed 1); `python docs/figures.py` makes them anew.
"""
OF_COMPARISONS = """
## Comparisons

```python
from sim import compare

if __name__ == "__main__":
    found = compare(
        "corner_day", "population.visits_per_day=80", arms=["none", "services.payment_s_mean=60"], replications=3, out="outputs/figures_of_tills"
    )
    print(found.figures())
    found.figure("forest").save("forest.svg")
```

With several arms, name one: `found.figure("forest", "bracelets")`. `all` is the forest of all KPIs. Maps before and after, level by level, are drawn when
a comparison is made and kept in its folder, `figures/map_<arm>_<level>.svg`. Here is `galleria compare everyday population.visits_per_day=2500
arms=[none,escalator_outage] replications=4`: so few people hardly notice that an escalator stands still, and the figures say so.
"""


def main(words: list[str]) -> None:
    """Make the gallery of two finished folders, or of runs of its own."""
    with tempfile.TemporaryDirectory() as folder:
        day: Any = load(words[0]) if words else run("everyday", "recording.report=false", out=Path(folder) / "day")
        found: Any = (
            load(words[1]) if words else compare(*COMPARED, arms=ARMS, replications=REPLICATIONS, out=Path(folder) / "arms")
        )
        PICTURES.mkdir(parents=True, exist_ok=True)
        for old in PICTURES.glob("*.png"):
            old.unlink()
        PAGE.write_text(HEAD + of_the_day(day) + OF_COMPARISONS + of_a_comparison(found), encoding="utf-8")


def of_the_day(day: Any) -> str:
    """Return the sections of a run's figures, drawing each."""
    known, lines = day.figures(), []
    for title, wanted in SECTIONS.items():
        lines += ["", f"## {title}"]
        lines += [entry(name, known[name], day.figure) for name in known if belongs(name, wanted)]
    return "\n".join(lines) + "\n"


def belongs(name: str, wanted: tuple[str, ...]) -> bool:
    """Say whether a figure is one of these: a whole name, or the beginning of one that ends in "_"."""
    return name in wanted or name.startswith(tuple(word for word in wanted if word.endswith("_")))


def of_a_comparison(found: Any) -> str:
    """Return the figures of a comparison, drawing each but the longest."""
    return "\n".join(entry(name, words, found.figure) for name, words in found.figures().items() if name != "all") + "\n"


def entry(name: str, words: str, figure: Callable[[str], Any]) -> str:
    """Draw a figure small and return its lines of the page."""
    drawn = figure(name)
    dpi = DPI_OF_WIDE if drawn.get_size_inches()[0] >= WIDE_IN else DPI
    while len(content := small_png(drawn, dpi)) > BYTES_MOST:
        dpi -= 8
    (PICTURES / f"{name}.png").write_bytes(content)
    return f"\n### {name}\n\n{words}\n\n![{words}](../images/figures/{name}.png)"


def small_png(drawn: Any, dpi: float) -> bytes:
    """Return a figure as a PNG of few colours."""
    full, small = io.BytesIO(), io.BytesIO()
    drawn.savefig(full, format="png", dpi=dpi, facecolor="white", metadata={"Software": None})
    Image.open(full).convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    return small.getvalue()


if __name__ == "__main__":
    main(sys.argv[1:])

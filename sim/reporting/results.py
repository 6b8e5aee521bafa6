"""A finished run and a finished comparison as Python sees them: plain values, frames, Arrow tables, figures."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass, fields
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import GalleriaError, Problem
from sim.reporting.kpi_catalogue import BY_NAME
from sim.reporting.manifest import read_finished
from sim.reporting.wording import kpi_text

if TYPE_CHECKING:
    import pyarrow as pa

    from sim.reporting.figure_style import Drawing
    from sim.reporting.result_figures import Named

ROWS_SHOWN = 12


@dataclass(frozen=True)
class RunResult:
    """A finished run: its KPIs and manifest at hand, its files as frames, tables and figures."""

    folder: Path
    kpis: dict[str, Any]
    manifest: dict[str, Any]
    report: Path | None = None

    def kpis_frame(self, library: str = "pandas") -> Any:
        """Return one row per KPI: name, unit, value (None where this run cannot know it), which way is better, what it means."""
        from sim.reporting.tables import frame_of, record_table

        return frame_of(record_table(_kpi_records(self.kpis)), library)

    def tenants_frame(self, library: str = "pandas") -> Any:
        """Return one row per tenant; columns as in docs/reference/outputs.md, money in fen."""
        return self.frame("tenants", library)

    def events(self, library: str = "pandas") -> Any:
        """Return what happened, one row per event; raises GalleriaError where the run kept no log (`recording=visits` does)."""
        return self.frame("events", library)

    def tables(self) -> tuple[str, ...]:
        """Return the names of all tables that the run has left."""
        from sim.reporting.tables import files_in

        return files_in(self.folder)

    def table(self, name: str) -> pa.Table:
        """Return a table of the run as Arrow, by the name of its file without suffix; raises GalleriaError for one that is not there."""
        from sim.reporting.tables import file_table

        return file_table(self.folder, name)

    def frame(self, name: str, library: str = "pandas") -> Any:
        """Return a table of the run as a frame of pandas or Polars."""
        from sim.reporting.tables import frame_of

        return frame_of(self.table(name), library)

    def figures(self) -> dict[str, str]:
        """Return what each figure of the run shows, by its name, in the order of the report (docs/reference/figures.md)."""
        return {name: figure.caption for name, figure in self._figures.items()}

    def figure(self, name: str = "hours") -> Drawing:
        """Return a figure of the report as matplotlib's, with `.save("name.svg")` or ".png"; raises GalleriaError for a name not in `figures()`."""
        from sim.reporting.result_figures import drawn

        return drawn(name, self._figures)

    @cached_property
    def _figures(self) -> dict[str, Named]:
        from sim.reporting.result_figures import run_figures

        return run_figures(self.folder)

    def _repr_html_(self) -> str:
        """Return the headline KPIs as notebooks show them."""
        from sim.reporting.page_sections import TILES

        rows = [(_label(name), _shown(name, self.kpis[name])) for name in TILES if self.kpis.get(name) is not None]
        return _html_table(str(self.folder), ("KPI", ""), rows)


@dataclass(frozen=True)
class Effect:
    """What one arm does to one KPI, against the baseline; differences are arm - baseline, in the KPI's unit."""

    name: str
    unit: str
    arm: str
    baseline_mean: float | None
    arm_mean: float | None
    difference_mean: float | None
    ci_low: float | None  # 95 %, of this KPI by itself
    ci_high: float | None
    p_adjusted: float | None  # corrected for the number of KPIs and arms
    verdict: str  # higher, lower, no difference seen, unknown
    better: str  # which way is, for a planner


class Comparison(dict[str, Any]):
    """A comparison: all that comparison.json says, by its keys, and views of it."""

    def __init__(self, facts: dict[str, Any], folder: Path) -> None:
        """Take the content of comparison.json, and where it lies."""
        super().__init__(facts)
        self.folder = Path(folder)

    @property
    def baseline(self) -> str:
        """The arm that the others are held against."""
        return str(self["baseline"])

    @property
    def arms(self) -> tuple[str, ...]:
        """The arms, baseline first."""
        return tuple(str(arm["name"]) for arm in self.get("arms", ()))

    @property
    def replications(self) -> int:
        """How many days each arm has been run."""
        return int(self["replications"])

    def effects(self, arm: str | None = None) -> list[Effect]:
        """Return the effects on all KPIs, of one arm or of all, in the order of the catalogue."""
        wanted = {field.name for field in fields(Effect)}
        rows = [row for row in self["kpis"] if arm in (None, row["arm"])]
        return [Effect(**{name: value for name, value in row.items() if name in wanted}) for row in rows]

    def effect(self, kpi: str, arm: str | None = None) -> Effect:
        """Return the effect of an arm on a KPI; the arm may be left out where there is one beside the baseline."""
        arm = self._arm(arm)
        found = [effect for effect in self.effects(arm) if effect.name == kpi]
        if not found:
            known = ", ".join(effect.name for effect in self.effects(arm))
            rule = "no KPI of this comparison"
            raise GalleriaError.of(self.folder, [Problem("kpi", repr(kpi), rule, f"`galleria list kpis`; here are {known}")])
        return found[0]

    def kpis_frame(self, library: str = "pandas") -> Any:
        """Return one row per arm and KPI: means, difference, 95 % interval, adjusted p, verdict, variance reduction."""
        return self._frame("kpis", library)

    def tenants_frame(self, library: str = "pandas") -> Any:
        """Return one row per arm and tenant among those that gain or lose most: difference of sales in fen a day, adjusted p."""
        from sim.reporting.tables import frame_of, record_table

        rows = [
            {
                "arm": each["arm"],
                "tenant": part["name"],
                "difference_fen_mean": part["difference_mean"],
                "p_adjusted": part["p_adjusted"],
            }
            for each in self.get("losers", ())
            if each["kind"].startswith("sales of tenants")
            for part in _once([*each["highest"], *reversed(each["lowest"])])
        ]
        return frame_of(record_table(rows, ("arm", "tenant", "difference_fen_mean", "p_adjusted")), library)

    def runs_frame(self, library: str = "pandas") -> Any:
        """Return the KPIs of every run: one row per arm and replication, a column per KPI."""
        from sim.reporting.tables import frame_of, record_table

        return frame_of(record_table(_runs_in(self.folder, self.arms)), library)

    def table(self, name: str = "kpis") -> pa.Table:
        """Return a list of comparison.json ("kpis", "benefits", "losers", ...) as an Arrow table."""
        from sim.reporting.tables import record_table

        rows = self.get(name)
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            known = ", ".join(
                key for key, value in self.items() if isinstance(value, list) and value and isinstance(value[0], dict)
            )
            raise GalleriaError.of(self.folder, [Problem("table", repr(name), f"one of {known}", "kpis is the default")])
        return record_table(rows)

    def figures(self, arm: str | None = None) -> dict[str, str]:
        """Return what each figure of an arm shows, by its name; the arm may be left out where there is one beside the baseline."""
        from sim.reporting.result_figures import comparison_figures_of

        return {name: figure.caption for name, figure in comparison_figures_of(self, self._arm(arm)).items()}

    def figure(self, name: str = "forest", arm: str | None = None) -> Drawing:
        """Return a figure of an arm as matplotlib's, with `.save("name.svg")` or ".png": "forest", differences with their intervals.

        Raises GalleriaError for a name that is not in `figures(arm)`.
        """
        from sim.reporting.result_figures import comparison_figures_of, drawn

        return drawn(name, comparison_figures_of(self, self._arm(arm)))

    def _frame(self, name: str, library: str) -> Any:
        from sim.reporting.tables import frame_of

        return frame_of(self.table(name), library)

    def _arm(self, arm: str | None) -> str:
        others = list(dict.fromkeys(row["arm"] for row in self["kpis"]))
        if arm is None and len(others) == 1:
            return str(others[0])
        if arm not in others:
            rule = f"one of {', '.join(map(repr, others))}"
            raise GalleriaError.of(self.folder, [Problem("arm", repr(arm), rule, "name an arm other than the baseline")])
        return str(arm)

    def _repr_html_(self) -> str:
        """Return what differs, as notebooks show it."""
        moved = [row for row in self["kpis"] if row["verdict"] in ("higher", "lower")]
        rows = [
            (row["arm"], _label(row["name"]), _shown(row["name"], row["difference_mean"]),
             f"{_shown(row['name'], row['ci_low'])} to {_shown(row['name'], row['ci_high'])}", row["verdict"])
            for row in moved[:ROWS_SHOWN]
        ]  # fmt: skip
        tests = sum(row["p_adjusted"] is not None for row in self["kpis"])
        title = (
            f"{self['scenario']}: {self.replications} replications against {self.baseline!r}; "
            f"{len(moved)} of {tests} differences are more than chance"
        )
        return _html_table(title, ("arm", "KPI", "difference", "95 % interval", "verdict"), rows)


def load_comparison(folder: Path) -> Comparison:
    """Return a finished comparison from its folder; raises GalleriaError where there is none or it was changed."""
    return Comparison(read_finished(Path(folder), "comparison.json"), Path(folder))


def _kpi_records(kpis: dict[str, Any]) -> list[dict[str, Any]]:
    records = []
    for name, value in kpis.items():
        kpi = BY_NAME.get(name)
        number = float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        record = {"name": name, "unit": "", "value": number, "better": "neither", "label": name, "definition": ""}
        if kpi:
            record |= {"unit": kpi.unit, "better": kpi.direction, "label": kpi.label, "definition": kpi.definition}
        records.append(record)
    return records


def _runs_in(folder: Path, arms: tuple[str, ...]) -> list[dict[str, Any]]:
    """Return a record per kept run, in the order of the arms and replications."""
    kept = [json.loads(path.read_text(encoding="utf-8")) for path in sorted((folder / "runs").glob("*/[0-9]*.json"))]
    order = {arm: place for place, arm in enumerate(arms)}
    kept = sorted((each for each in kept if each["arm"] in order), key=lambda each: (order[each["arm"]], each["replication"]))
    return [
        {"arm": each["arm"], "replication": each["replication"], "seed": each["seed"]}
        | {name: value for name, value in each["kpis"].items() if not isinstance(value, dict)}
        for each in kept
    ]


def _once(parts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return list({part["name"]: part for part in parts}.values())


def _label(name: str) -> str:
    return BY_NAME[name].label if name in BY_NAME else name


def _shown(name: str, value: Any) -> str:
    return kpi_text(name, value) if name in BY_NAME else str(value)


def _html_table(title: str, head: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    def line(cells: tuple[Any, ...], tag: str) -> str:
        return "<tr>" + "".join(f"<{tag}>{html.escape(str(cell))}</{tag}>" for cell in cells) + "</tr>"

    body = "".join(line(row, "td") for row in rows)
    return f"<p>{html.escape(title)}</p><table><thead>{line(head, 'th')}</thead><tbody>{body}</tbody></table>"

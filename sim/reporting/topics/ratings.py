"""What a run says of ratings: what parties gave, what the mall shows, and how well that tells who is good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_counts, add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.standing import Fate, rank_correlation

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NOT_SHOWN = "the mall shows no ratings (ratings.display)"
_KPIS = (
    Kpi("ratings_left", "count", "neither", "ratings", "Ratings", "Ratings that parties left, of all tenants."),
    Kpi("stars_mean", "index", "higher", "ratings", "Stars given", "Their mean, 1 to 5."),
    Kpi("quality_stars_mean", "index", "higher", "ratings", "True quality", "Mean over tenants of what an average visitor would rate them, when the day begins.", null_where=_NOT_SHOWN),
    Kpi("shown_error_stars_mean", "index", "lower", "ratings", "Error of the stars shown", "Mean over tenants whose stars are shown of the distance between these and their true quality.", null_where=_NOT_SHOWN),
    Kpi("rating_rank_correlation", "index", "higher", "ratings", "Do the stars tell who is good?", "Spearman's rank correlation of shown stars and true quality, over tenants whose stars are shown; 1 when the order is right, 0 when it is chance.", null_where=_NOT_SHOWN),
    Kpi("fraud_share", "share", "lower", "ratings", "Bought ratings", "Bought ratings / ratings that the shown stars rest on.", null_where=_NOT_SHOWN),
    Kpi("tenants_warned", "count", "neither", "ratings", "Tenants warned", "Tenants that the mall has warned of their ratings since the day before.", null_where=_NOT_SHOWN),
    Kpi("tenants_replaced", "count", "neither", "ratings", "Tenants replaced", "Tenants that had to go since the day before: for low ratings, or for ratings taken for bought.", null_where=_NOT_SHOWN),
    Kpi("tenants_expelled_wrongly", "count", "lower", "ratings", "Honest tenants expelled", "Of them, those that had to go for bought ratings and had bought none.", null_where=_NOT_SHOWN),
)  # fmt: skip
_STANDING = {
    "shown": EventKind.STARS_SHOWN, "deserved": EventKind.STARS_DESERVED, "counted": EventKind.RATINGS_COUNTED,
    "bought": EventKind.RATINGS_BOUGHT,
}  # fmt: skip
MILLI = 1000


class Sums:
    """Takes batches of events in order of time; of what is posted each morning, the last counts."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.left, self.stars_milli = np.zeros(units, np.int64), np.zeros(units, np.int64)
        self.standing = {name: np.zeros(units, np.int64) for name in _STANDING}
        self.fates = np.zeros(len(Fate), np.int64)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        rated = of_kind[EventKind.RATED]
        add_counts(self.left, rows.place[rated])
        add_values(self.stars_milli, rows.place[rated], rows.value[rated])
        for name, kind in _STANDING.items():
            self.standing[name][rows.place[of_kind[kind]]] = rows.value[of_kind[kind]]
        self.fates += np.bincount(rows.value[of_kind[EventKind.TENANT_JUDGED]], minlength=len(Fate))


def _is_shown(sums: Sums) -> bool:
    return bool(sums.standing["deserved"].any())


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    left = int(sums.left.sum())
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    found |= {"ratings_left": left, "stars_mean": int(sums.stars_milli.sum()) / left / MILLI if left else None}
    if not _is_shown(sums):
        return found
    stars, counted = sums.standing, int(sums.standing["counted"].sum())
    shown = np.flatnonzero(stars["shown"])
    error = int(np.abs(stars["shown"] - stars["deserved"])[shown].sum())
    wrongly, expelled = int(sums.fates[Fate.EXPELLED_WRONGLY]), int(sums.fates[Fate.EXPELLED])
    return found | {
        "quality_stars_mean": int(stars["deserved"].sum()) / stars["deserved"].size / MILLI,
        "shown_error_stars_mean": error / shown.size / MILLI if shown.size else None,
        "rating_rank_correlation": rank_correlation(stars["shown"][shown], stars["deserved"][shown]),
        "fraud_share": int(stars["bought"].sum()) / counted if counted else None,
        "tenants_warned": int(sums.fates[Fate.WARNED]),
        "tenants_replaced": int(sums.fates[Fate.REPLACED]) + expelled + wrongly,
        "tenants_expelled_wrongly": wrongly,
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: the stars of each tenant that are shown, and those it deserves."""
    shown = np.flatnonzero(sums.standing["shown"])
    if shown.size == 0:
        return {}
    names = [books.compiled.tenant_names[unit] for unit in shown.tolist()]
    stars = {name: (sums.standing[name][shown] / MILLI).tolist() for name in ("shown", "deserved")}
    return {"tenants": names, **stars, "buys": (sums.standing["bought"][shown] > 0).tolist()}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not kpis["ratings_left"]:
        return []
    found = [f"Parties left {kpis['ratings_left']:,} ratings; their mean is {kpis['stars_mean']:.2f} of 5 stars."]
    if not curves:
        return found
    order = kpis["rating_rank_correlation"]
    tells = "" if order is None else f"; in rank they agree by {order:.2f}, where 1 is the true order and 0 is chance"
    found.append(
        f"The app shows the stars of {len(curves['tenants']):,} tenants. They lie {kpis['shown_error_stars_mean']:.2f} stars from what the "
        f"tenants deserve{tells}."
    )
    if kpis["fraud_share"]:
        found.append(
            f"{100 * kpis['fraud_share']:.1f} % of the ratings behind them are bought, by {sum(curves['buys']):,} tenants."
        )
    if kpis["tenants_warned"] or kpis["tenants_replaced"]:
        found.append(
            f"The mall has warned {kpis['tenants_warned']:,} tenants and replaced {kpis['tenants_replaced']:,}; "
            f"{kpis['tenants_expelled_wrongly']:,} of these had to go for ratings that they had not bought."
        )
    return found


TOPIC = Topic("ratings", "Ratings of tenants", _KPIS, Sums, values, curves, words)

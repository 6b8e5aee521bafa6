"""What a run says of happenings in the hall: who came, what it cost, how crowded it was, what visitors bought afterwards; hunts, friends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.happenings.records import KINDS, Kind
from sim.crowd.movement import LOS_D_PER_M2
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import Level
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_HOUR, US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NONE = "nothing was on in the hall"
_NO_HUNT = "there was no hunt"
_NO_MEETING = "no friends were asked to meet"
_KPIS = (
    Kpi("happening_visits", "visits", "higher", "happenings", "Visitors of events", "Times that a party joined an event in the hall or a freeze; clues of hunts and meetings of friends are apart.", null_where=_NONE),
    Kpi("happening_people", "people", "higher", "happenings", "People at events", "People of these parties.", null_where=_NONE),
    Kpi("happening_people_max", "people", "neither", "happenings", "Most people at events at once", "Largest number of people at events and freezes together.", null_where=_NONE),
    Kpi("happening_full_visits", "visits", "lower", "happenings", "Turned away", "Times that a party came and found no room.", null_where=_NONE),
    Kpi("happening_missed_visits", "visits", "lower", "happenings", "Came too late", "Times that a party came when it was over.", null_where=_NONE),
    Kpi("happening_cost_fen", "fen", "lower", "happenings", "What happenings cost", "Cost of everything that was set up, staff included.", null_where=_NONE),
    Kpi("happening_cost_fen_per_visit", "fen", "lower", "happenings", "Cost of a visitor", "Cost / visitors of events, freezes, first clues and meetings.", null_where=_NONE),
    Kpi("happening_spend_60min_fen", "fen", "higher", "happenings", "Bought within the hour after", "Purchases of parties within 60 minutes after they left a happening, each once. What happened, not what the happening caused: they would have bought some of it anyway; the twin run tells.", null_where=_NONE),
    Kpi("happening_density_per_m2_max", "per m2", "lower", "happenings", "Densest crowd at a happening", "Largest number of people per m2 of the zone of hall around, as a party joined.", null_where=_NONE),
    Kpi("happening_crowded_share", "share", "lower", "happenings", "Joined a crowd", "Parties that found level of service D or worse as they joined (less than 1.39 m2 a person) / parties that joined.", null_where=_NONE),
    Kpi("hunt_started_visits", "visits", "higher", "happenings", "Began the hunt", "Parties that found the first clue.", null_where=_NO_HUNT),
    Kpi("hunt_clues_found", "count", "higher", "happenings", "Clues found", "Clues found by parties, the first and the last included.", null_where=_NO_HUNT),
    Kpi("hunt_won_share", "share", "neither", "happenings", "Found the treasure", "Parties that found the last clue / parties that found the first.", null_where=_NO_HUNT),
    Kpi("friends_met_pairs", "count", "higher", "happenings", "Friends who met", "Pairs of parties that met after a message had told them of each other.", null_where=_NO_MEETING),
    Kpi("friends_missed", "count", "lower", "happenings", "Waited in vain for a friend", "Parties that waited for a friend who did not come.", null_where=_NO_MEETING),
    Kpi("friends_wait_s_mean", "s", "lower", "happenings", "Wait for a friend", "Mean wait of the first of a pair that met.", null_where=_NO_MEETING),
    Kpi("friends_spend_60min_fen", "fen", "higher", "happenings", "Bought within the hour after meeting", "Purchases of parties that met, within 60 minutes after they parted.", null_where=_NO_MEETING),
    Kpi("far_stores_sales_share", "share", "neither", "space", "Sales of far stores", "Sales of the quarter of the stores that lie farthest from an entrance, as the crow flies, a level counting as 60 m / sales: cold parts of a plan, whoever comes there."),
)  # fmt: skip
_LEVEL_M = 60.0  # engineering judgement, confidence L
_FAR_SHARE = 0.25
_APART = (Kind.CLUE, Kind.MEETING, Kind.HUNT)
_WITHIN_US = US_PER_HOUR
_CROWDED = 1000.0 * LOS_D_PER_M2


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.kind = np.zeros(0, np.int64)
        self.cost_fen = self.spend_fen = self.friends_spend_fen = self.friends_wait_us = self.people = 0
        self.joined, self.full, self.missed = (np.zeros(len(Kind), np.int64) for _ in range(3))
        self.won = self.met = self.waited_in_vain = self.crowded = self.density_max = 0
        self.there = Level()
        self._left = np.zeros((3, 0), np.int64)  # visit, time, kind: of those who left within the last hour

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        added = of_kind[EventKind.HAPPENING_SET]
        self.cost_fen += int((rows.value[added] // KINDS).sum())
        self.kind = np.concatenate([self.kind, rows.value[added] % KINDS])
        if self.kind.size == 0:
            return
        for name, event in (
            ("joined", EventKind.HAPPENING_JOINED),
            ("full", EventKind.HAPPENING_FULL),
            ("missed", EventKind.HAPPENING_MISSED),
        ):
            kinds = self.kind[rows.place[of_kind[event]]]
            getattr(self, name)[:] += np.bincount(kinds, minlength=len(Kind))
        self._take_joined(rows, of_kind)
        self.won += of_kind[EventKind.HUNT_WON].size
        self.met += of_kind[EventKind.FRIENDS_MET].size
        self.friends_wait_us += int(rows.value[of_kind[EventKind.FRIENDS_MET]].sum())
        self.waited_in_vain += of_kind[EventKind.FRIEND_MISSED].size
        self._take_spending(rows, of_kind)

    def _take_joined(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        joined = of_kind[EventKind.HAPPENING_JOINED]
        self.density_max = max(self.density_max, int(rows.value[joined].max(initial=0)))
        self.crowded += int(np.count_nonzero(rows.value[joined] > _CROWDED))
        moved = np.flatnonzero((rows.kind == EventKind.HAPPENING_JOINED) | (rows.kind == EventKind.HAPPENING_LEFT))
        moved = moved[~np.isin(self.kind[rows.place[moved]], _APART)]
        people = rows.people[moved].astype(np.int64)
        came = rows.kind[moved] == EventKind.HAPPENING_JOINED
        self.people += int(people[came].sum())
        self.there.take(rows.time_us[moved], np.where(came, people, -people))

    def _take_spending(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add what was bought within the hour after a party's last happening, each purchase once."""
        left = of_kind[EventKind.HAPPENING_LEFT]
        new = np.stack([rows.visit[left], rows.time_us[left], self.kind[rows.place[left]]])
        known = np.concatenate([self._left, new], axis=1)
        known = known[:, np.lexsort((known[1], known[0]))]
        bought = of_kind[EventKind.PURCHASED]
        if known.shape[1] and bought.size:
            visits, dense = np.unique(known[0], return_inverse=True)
            at = np.minimum(np.searchsorted(visits, rows.visit[bought]), visits.size - 1)
            bought, at = bought[visits[at] == rows.visit[bought]], at[visits[at] == rows.visit[bought]]
            span = int(max(known[1].max(), rows.time_us.max())) + 1
            last = np.searchsorted(dense * span + known[1], at * span + rows.time_us[bought], side="right") - 1
            is_after = (last >= 0) & (dense[last] == at) & (rows.time_us[bought] - known[1, last] <= _WITHIN_US)
            fen = rows.value[bought[is_after]]
            is_friends = known[2, last[is_after]] == Kind.MEETING
            self.spend_fen += int(fen.sum())
            self.friends_spend_fen += int(fen[is_friends].sum())
        now_us = int(rows.time_us[-1]) if rows.time_us.size else 0
        self._left = known[:, known[1] >= now_us - _WITHIN_US]


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    found["far_stores_sales_share"] = _far_share(books)
    if sums.kind.size == 0:
        return found
    joined = int(sums.joined.sum())
    visits = joined - int(sums.joined[list(_APART)].sum())
    started = int(sums.joined[Kind.HUNT])
    visitors = visits + started + int(sums.joined[Kind.MEETING])
    if (~np.isin(sums.kind, _APART)).any():
        found |= {"happening_visits": visits, "happening_people": sums.people, "happening_people_max": sums.there.max}
    found |= {
        "happening_full_visits": int(sums.full.sum()), "happening_missed_visits": int(sums.missed.sum()),
        "happening_cost_fen": sums.cost_fen, "happening_cost_fen_per_visit": sums.cost_fen / visitors if visitors else None,
        "happening_spend_60min_fen": sums.spend_fen,
        "happening_density_per_m2_max": sums.density_max / 1000.0 if joined else None,
        "happening_crowded_share": sums.crowded / joined if joined else None,
    }  # fmt: skip
    if (sums.kind == Kind.HUNT).any():
        found |= {
            "hunt_started_visits": started, "hunt_clues_found": int(sums.joined[Kind.CLUE]) + started,
            "hunt_won_share": sums.won / started if started else None,
        }  # fmt: skip
    if (sums.kind == Kind.MEETING).any():
        found |= {
            "friends_met_pairs": sums.met, "friends_missed": sums.waited_in_vain, "friends_spend_60min_fen": sums.friends_spend_fen,
            "friends_wait_s_mean": sums.friends_wait_us / sums.met / US_PER_S if sums.met else None,
        }  # fmt: skip
    return found


def _far_share(books: Books) -> float | None:
    """Return the share of the far stores in all sales; None where nothing was sold."""
    arrays, sales_fen = books.compiled.arrays, books.sums.unit["sales_fen"]
    if not sales_fen.sum():
        return None
    node = arrays.entrance_node
    away_m = np.hypot(arrays.unit_x_m[:, None] - arrays.node_x_m[node], arrays.unit_y_m[:, None] - arrays.node_y_m[node])
    away_m = away_m + _LEVEL_M * np.abs(arrays.unit_level[:, None] - arrays.node_level[node])
    far = np.argsort(-away_m.min(axis=1), kind="stable")[: max(1, round(_FAR_SHARE * sales_fen.size))]
    return int(sales_fen[far].sum()) / int(sales_fen.sum())


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return how many people were at events, every five minutes."""
    return {"there": sums.there.at_bin_ends()} if sums.kind.size else {}


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    cost = f"Everything cost ¥{(kpis['happening_cost_fen'] or 0) / 100:,.0f}"
    each = kpis["happening_cost_fen_per_visit"]
    found = []
    if kpis["happening_visits"] is not None:
        found.append(
            f"{kpis['happening_visits']:,} parties ({kpis['happening_people']:,} people) were at events in the hall, at most "
            f"{kpis['happening_people_max']:,} people at once; {kpis['happening_full_visits']:,} found no room, "
            f"{kpis['happening_missed_visits']:,} came too late."
        )
    found.append(f"{cost}, ¥{each / 100:,.1f} a visitor." if each is not None else f"{cost}, and nobody came.")
    if kpis["happening_density_per_m2_max"] is not None:
        found.append(
            f"The densest crowd around one had {kpis['happening_density_per_m2_max']:.2f} people per m2; "
            f"{100 * (kpis['happening_crowded_share'] or 0):.0f} % of the parties joined at level of service D or worse."
        )
    found.append(
        f"Who had been there bought for ¥{(kpis['happening_spend_60min_fen'] or 0) / 100:,.0f} within the hour after; how much of it "
        "they would have bought anyway only the same day without the happening tells."
    )
    if kpis["hunt_won_share"] is not None:
        found.append(
            f"{kpis['hunt_started_visits']:,} parties began a hunt and found {kpis['hunt_clues_found']:,} clues; "
            f"{100 * kpis['hunt_won_share']:.0f} % of them found the treasure."
        )
    if kpis["friends_met_pairs"] is not None:
        found.append(f"{kpis['friends_met_pairs']:,} pairs of friends met; {kpis['friends_missed']:,} parties waited in vain.")
    return found


TOPIC = Topic("happenings", "Happenings in the hall", _KPIS, Sums, values, curves, words)

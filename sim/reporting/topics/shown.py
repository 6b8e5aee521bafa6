"""What a run says of stores that were shown to people: lists and bought places, who was shown how much, tags told, stock called back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind, Reason
from sim.plan_arrays import CompiledPlan
from sim.promos import FATE_SLOTS, Fate
from sim.reporting.bins import add_counts, add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NO_LISTS = "no policy shows lists of stores (policies)"
_NO_SLOTS = "no store pays for being shown (policies)"
_NO_TAGS = "no tags are told to stores (policies)"
_NO_RECALL = "nothing was called back (goods.stocking.recall_cover)"
POSITIONS = 16  # of a list; the value of PLACE_SHOWN is POSITIONS x number of the message + position
_MIX = np.uint64(0x9E3779B97F4A7C15)
_KPIS = (
    Kpi("places_shown", "count", "neither", "offers", "Stores shown in lists", "Entries of lists and bought places that reached a party.", null_where=_NO_LISTS),
    Kpi("places_opened_share", "share", "higher", "offers", "Entries opened", "Entries that the party opened / entries that reached one.", null_where=_NO_LISTS),
    Kpi("places_followed_share", "share", "higher", "offers", "Entries followed", "Entries for which the party changed its way at once / entries that reached one.", null_where=_NO_LISTS),
    Kpi("tenants_shown_share", "share", "higher", "offers", "Tenants ever shown", "Tenants that stood in somebody's list / tenants.", null_where=_NO_LISTS),
    Kpi("exposure_gini", "ratio", "lower", "offers", "Unevenness of exposure", "Gini coefficient of entries over all tenants: 0 when all are shown alike, towards 1 when one has them all.", null_where=_NO_LISTS),
    Kpi("led_sales_fen", "fen", "neither", "offers", "Sold to parties that were led there", "Sales to parties in a store that they had entered on this visit because of a message; who would have come anyway is among them.", null_where=_NO_LISTS),
    Kpi("slot_fees_fen", "fen", "neither", "offers", "Paid for being shown", "What stores paid the mall for places at auctions.", null_where=_NO_SLOTS),
    Kpi("slot_led_sales_fen", "fen", "higher", "offers", "Sold by stores that paid", "Sales to parties that a message had led there, over stores that paid for a place.", null_where=_NO_SLOTS),
    Kpi("slot_losers", "count", "lower", "offers", "Stores that paid more than they sold by it", "Stores whose fees exceed their sales to parties that a message had led there.", null_where=_NO_SLOTS),
    Kpi("tags_told_visits", "visits", "neither", "offers", "Visits of whom stores were told", "Parties whose tag at least one store was given.", null_where=_NO_TAGS),
    Kpi("tag_bits_mean", "ratio", "lower", "offers", "What a tag gives away", "Entropy of the tags told, in bits: by so much a tag narrows down on average whose it is.", null_where=_NO_TAGS),
    Kpi("tag_tellings_per_visit_mean", "ratio", "lower", "offers", "Stores told of one party", "Stores told / parties whose tag at least one was given.", null_where=_NO_TAGS),
    Kpi("tags_income_fen", "fen", "higher", "offers", "Income from tags", "What stores paid the mall for tags.", null_where=_NO_TAGS),
    Kpi("tags_learnt_share", "share", "lower", "offers", "Learnt of it", "Parties that learnt that tags were told, and let the app send no more / parties whose tag a store was given.", null_where=_NO_TAGS),
    Kpi("recall_cost_fen", "fen", "lower", "offers", "Stock called back", "What tenants paid for pieces called back from their shelves overnight.", null_where=_NO_RECALL),
)  # fmt: skip


class Sums:
    """Takes batches of events in order of time."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.shown, self.led_fen, self.fees_fen, self.tags_fen = (np.zeros(units, np.int64) for _ in range(4))
        self.fates = np.zeros((POSITIONS, len(Fate)), np.int64)
        self.by_position = np.zeros(POSITIONS, np.int64)
        self.learnt = self.recall_fen = 0
        self._positions = np.zeros(0, np.int8)  # by number of message, -1 for what is no list
        self._led = np.zeros(0, np.uint64)  # visit and store of whoever came because of a message
        self._told: list[tuple[np.ndarray, np.ndarray]] = []  # visit and tag, a row for each store told

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        shown = of_kind[EventKind.PLACE_SHOWN]
        if shown.size:
            self._take_shown(rows, shown)
        read = of_kind[EventKind.MESSAGE_READ]
        if read.size and self._positions.size:
            number, fate = rows.value[read] // FATE_SLOTS - 1, rows.value[read] % FATE_SLOTS
            is_listed = (number >= 0) & (number < self._positions.size)
            is_listed[is_listed] = self._positions[number[is_listed]] >= 0
            np.add.at(self.fates, (self._positions[number[is_listed]], fate[is_listed]), 1)
        self._take_sales(rows, of_kind)
        for sums, kind in ((self.fees_fen, EventKind.SLOT_PAID), (self.tags_fen, EventKind.TAGS_PAID)):
            add_values(sums, rows.place[of_kind[kind]], rows.value[of_kind[kind]])
        told = of_kind[EventKind.TAG_TOLD]
        if told.size:
            self._told.append((rows.visit[told].copy(), rows.value[told].copy()))
        self.learnt += of_kind[EventKind.TAGS_LEARNT].size
        self.recall_fen += int(rows.value[of_kind[EventKind.STOCK_RECALLED]].sum())

    def _take_shown(self, rows: Columns, shown: np.ndarray) -> None:
        number, position = rows.value[shown] // POSITIONS, rows.value[shown] % POSITIONS
        if number.max() >= self._positions.size:
            more = max(int(number.max()) + 1, 2 * self._positions.size) - self._positions.size
            self._positions = np.concatenate([self._positions, np.full(more, -1, np.int8)])
        self._positions[number] = position
        add_counts(self.shown, rows.place[shown])
        add_counts(self.by_position, position)

    def _take_sales(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        entered = of_kind[EventKind.STORE_ENTERED]
        led = entered[rows.value[entered] == Reason.OFFER]
        if led.size:
            self._led = np.union1d(self._led, _codes(rows, led))
        bought = of_kind[EventKind.PURCHASED]
        if self._led.size and bought.size:
            bought = bought[np.isin(_codes(rows, bought), self._led)]
            add_values(self.led_fen, rows.place[bought], rows.value[bought])

    @property
    def told(self) -> tuple[np.ndarray, np.ndarray]:
        """The visits of which stores were told and the tag of each, and how many stores were told of each."""
        if not self._told:
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        visits, tags = (np.concatenate(column) for column in zip(*self._told, strict=True))
        _, first, stores = np.unique(visits, return_index=True, return_counts=True)
        return tags[first], stores


def _codes(rows: Columns, at: np.ndarray) -> np.ndarray:
    """Return a number for each visit and store."""
    with np.errstate(over="ignore"):
        return np.asarray(rows.visit[at].astype(np.uint64) * _MIX + rows.place[at].astype(np.uint64))


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    shown = int(sums.by_position.sum())
    if shown:
        found |= {
            "places_shown": shown,
            "places_opened_share": int(sums.fates[:, Fate.OPENED :].sum()) / shown,
            "places_followed_share": int(sums.fates[:, Fate.FOLLOWED].sum()) / shown,
            "tenants_shown_share": int(np.count_nonzero(sums.shown)) / sums.shown.size,
            "exposure_gini": gini(sums.shown),
            "led_sales_fen": int(sums.led_fen.sum()),
        }
    if sums.fees_fen.any():
        paid = sums.fees_fen > 0
        found |= {
            "slot_fees_fen": int(sums.fees_fen.sum()),
            "slot_led_sales_fen": int(sums.led_fen[paid].sum()),
            "slot_losers": int(np.count_nonzero(sums.fees_fen > sums.led_fen)),
        }
    tags, stores = sums.told
    if tags.size:
        found |= {
            "tags_told_visits": tags.size,
            "tag_bits_mean": entropy_bits(tags),
            "tag_tellings_per_visit_mean": int(stores.sum()) / tags.size,
            "tags_income_fen": int(sums.tags_fen.sum()),
            "tags_learnt_share": sums.learnt / tags.size,
        }
    if sums.recall_fen:
        found["recall_cost_fen"] = sums.recall_fen
    return found


def gini(counts: np.ndarray) -> float:
    """Return how unevenly counts are shared out: 0 when all are alike, (n - 1) / n when one has them all."""
    ranked = np.sort(counts.astype(np.int64))
    ranks = 2 * np.arange(1, ranked.size + 1) - ranked.size - 1
    return int((ranks * ranked).sum()) / (ranked.size * int(ranked.sum()))


def entropy_bits(tags: np.ndarray) -> float:
    """Return the entropy of tags, in bits: what one of them says of whose it is, on average."""
    counts = np.unique(tags, return_counts=True)[1] / tags.size
    return float(np.cumsum(-counts * np.log2(counts))[-1]) + 0.0


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: entries by position and what became of them, and by tenant."""
    if not (sums.by_position.any() or sums.fees_fen.any() or sums.told[0].size or sums.recall_fen):
        return {}
    last = int(np.flatnonzero(sums.by_position).max(initial=-1)) + 1
    positions = [
        {"shown": int(sums.by_position[at]), "opened": int(sums.fates[at, Fate.OPENED :].sum()), "followed": int(sums.fates[at, Fate.FOLLOWED])}
        for at in range(last)
    ]  # fmt: skip
    order = np.argsort(-sums.shown, kind="stable")
    return {
        "positions": positions,
        "shown": [int(count) for count in sums.shown[order]],
        "paid": [
            {"unit": books.compiled.unit_ids[unit], "fees_fen": int(sums.fees_fen[unit]), "led_fen": int(sums.led_fen[unit])}
            for unit in np.flatnonzero(sums.fees_fen).tolist()
        ],
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    from sim.reporting.wording import percent, whole, yuan  # it reads the catalogue, of which this is a part

    found = []
    if kpis["places_shown"]:
        at_top = curves["positions"][0]
        found.append(
            f"{whole(kpis['places_shown'])} entries of lists reached somebody; {percent(kpis['places_opened_share'])} were opened "
            f"({percent(at_top['opened'] / max(at_top['shown'], 1))} of those at the top), for {percent(kpis['places_followed_share'])} the "
            f"party changed its way at once. {percent(kpis['tenants_shown_share'])} of the tenants were shown to anybody. Parties that were led "
            f"to a store bought there for {yuan(kpis['led_sales_fen'])}; what they would have bought without it is among that."
        )
    if kpis["slot_fees_fen"]:
        found.append(
            f"Stores paid {yuan(kpis['slot_fees_fen'])} for being shown and sold for {yuan(kpis['slot_led_sales_fen'])} to parties that messages led "
            f"there; {whole(kpis['slot_losers'])} of {whole(len(curves['paid']))} paid more than they sold so."
        )
    if kpis["tags_told_visits"]:
        found.append(
            f"Stores were told what {whole(kpis['tags_told_visits'])} parties like, {kpis['tag_tellings_per_visit_mean']:.1f} stores of each, for "
            f"{yuan(kpis['tags_income_fen'])}. A tag gives away {kpis['tag_bits_mean']:.2f} bits of who somebody is; "
            f"{percent(kpis['tags_learnt_share'])} learnt of it and turned messages off."
        )
    if kpis["recall_cost_fen"]:
        found.append(f"Pieces called back from shelves cost tenants {yuan(kpis['recall_cost_fen'])}.")
    return found


TOPIC = Topic("shown", "Stores shown, and what stores are told", _KPIS, Sums, values, curves, words)

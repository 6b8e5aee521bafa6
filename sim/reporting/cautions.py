"""What the reader of a run should know before trusting it: stranded parties, broken jams, full car parks, long lines."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sim.crowd.tallies import Counted
from sim.ledger.rates import gaining_cycles, rates_of, said
from sim.reporting.bins import BIN_MIN, BINS
from sim.reporting.kpis import Books, Value
from sim.reporting.wording import percent, whole

MIN_PER_HOUR = 60
ABANDON_SHARE_MAX = 0.10  # above, waiting decides what is sold
PARKING_BALK_SHARE_MAX = 0.05
CROWD_SHARE_MAX = 0.05
VISITS_TELLING = 1_000  # in a smaller day shares of rare things, percentiles and single tenants are mostly chance
WAITING_MIN, WAITING_SHARE = 10, 0.5  # parties in line at closing, and of the day's longest line: it has not come to rest
FIGURES_NAMED = 4  # of those outside what is known
TRADES_NAMED = 3  # of those that turn people back


def cautions(books: Books, kpis: dict[str, Value], day: Mapping[str, Any] = MappingProxyType({})) -> list[dict[str, str]]:
    """Return {weight: "serious" or "note", text} in the order of weight; `day` has the curves of the day."""
    serious = [*_stuck(books, kpis), *_plan(books)]
    serious += _gaining_rates(books)
    notes = [
        *_few(kpis),
        *_outside(day),
        *_not_steady(day),
        *_unheard(books),
        *_long_waits(kpis),
        *_turned_back(books, kpis),
        *_unfinished(books),
    ]
    return [{"weight": "serious", "text": text} for text in serious] + [{"weight": "note", "text": text} for text in notes]


def _stuck(books: Books, kpis: dict[str, Value]) -> list[str]:
    texts = []
    if not kpis["footfall_visits"]:
        texts.append("Nobody came into the mall: look at population, opening hours and entrances.")
    if stranded := kpis["stranded_visits"]:
        texts.append(
            f"{whole(stranded)} times a party had no way left to where it wanted to go. The plan has a part that closed connectors cut off."
        )
    if breaks := books.tallies.counts[Counted.GRIDLOCK_BREAKS]:
        texts.append(
            f"{whole(int(breaks))} times a walker squeezed into a full zone to end a jam. Densities and walking times near those zones "
            "are a lower bound; look at the hottest zones of the maps."
        )
    return texts


def _few(kpis: dict[str, Value]) -> list[str]:
    visits = kpis["footfall_visits"] or 0
    if not 0 < visits < VISITS_TELLING:
        return []
    return [
        f"Too few visits to tell much: {whole(visits)}. Shares of what is rare, percentiles and the numbers of single tenants are mostly chance."
    ]


def _outside(day: Mapping[str, Any]) -> list[str]:
    """Name the figures that lie outside what is known of malls."""
    rows = [row["what"] for row in (day.get("targets") or {}).get("rows", ()) if row["verdict"] == "outside"]
    if not rows:
        return []
    more = " …" if len(rows) > FIGURES_NAMED else ""
    named = "; ".join(rows[:FIGURES_NAMED]) + more
    return [f"Outside the range known of malls: {named}. What follows from these figures is not calibrated."]


def _not_steady(day: Mapping[str, Any]) -> list[str]:
    """Say which lines had not come to rest when the mall closed: what they make of waits depends on when the day ends."""
    if not any(day.get("arrivals_visits", ())):
        return []
    last_hour = max(hour for hour, visits in enumerate(day["arrivals_visits"]) if visits)
    closing = min((last_hour + 1) * MIN_PER_HOUR // BIN_MIN, BINS) - 1
    texts = []
    for kind, place in (("till", "at tills"), ("table", "for tables")):
        waiting = day["queues"][kind]["waiting"]
        last, most = int(waiting[closing]), int(max(waiting))
        if last >= WAITING_MIN and last >= WAITING_SHARE * most:
            texts.append(
                f"Not steady: {whole(last)} parties still waited {place} at the end of the last hour in which any came, of {whole(most)} at the longest. "
                "The line had not come to rest, so that mean waits depend on when the day ends."
            )
    return texts


def _plan(books: Books) -> list[str]:
    cut_off = books.compiled.unreachable_units
    if not cut_off:
        return []
    names = ", ".join(cut_off[:8]) + (" …" if len(cut_off) > 8 else "")
    return [f"{len(cut_off)} units with a tenant cannot be reached from any entrance and took no part: {names}."]


def _unheard(books: Books) -> list[str]:
    points = books.compiled.access_points
    if books.config.sensing.positioning.method in ("off", "law") or (points is not None and points.key.size):
        return []
    way_out = "`galleria floorplan access-points` proposes some, and sensing.positioning.method=law assumes an error"
    return [f"Nobody was located: the plan has no access points. {way_out}."]


def _gaining_rates(books: Books) -> list[str]:
    """Say by which rates of programmes outside whoever goes round gains."""
    exchange = books.config.partners.exchange
    cycles = gaining_cycles(rates_of(exchange)) if exchange.is_on else []
    return (
        [f"Rates of exchange let members gain by going round: {'; '.join(said(cycle) for cycle in cycles[:3])}."]
        if cycles
        else []
    )


def _long_waits(kpis: dict[str, Value]) -> list[str]:
    texts = []
    for name, place in (("till_abandon_share", "at tills"), ("table_abandon_share", "for tables")):
        share = kpis[name]
        if share is not None and share > ABANDON_SHARE_MAX:
            texts.append(f"{percent(share)} of the parties that waited {place} gave up: waiting decides what is sold there.")
    balked = kpis["parking_balk_share"]
    if balked is not None and balked > PARKING_BALK_SHARE_MAX:
        texts.append(f"{percent(balked)} of the cars drove on without parking; their parties are not among the visits.")
    crowd = kpis["los_d_or_worse_share"]
    if crowd is not None and crowd > CROWD_SHARE_MAX:
        texts.append(
            f"{percent(crowd)} of the time on the floors was spent in a crowd of less than 1.39 m² a person (Fruin D or worse)."
        )
    return texts


def _turned_back(books: Books, kpis: dict[str, Value]) -> list[str]:
    texts = []
    if refused := kpis["store_refused_visits"]:
        by_trade: dict[str, int] = {}
        for trade, count in zip(books.compiled.tenant_categories, books.sums.unit["refused"].tolist(), strict=True):
            by_trade[trade] = by_trade.get(trade, 0) + count
        most = sorted((-count, trade) for trade, count in by_trade.items() if count)[:TRADES_NAMED]
        named = ", ".join(f"{trade.replace('_', ' ')} {whole(-count)}" for count, trade in most)
        texts.append(
            f"{whole(refused)} times a party was turned back at a store's door because it was closed or full; most often by trade: {named}."
        )
    if away := kpis["turned_away_visits"]:
        texts.append(f"Parties that reached an entrance while the mall was closed: {whole(away)}.")
    return texts


def _unfinished(books: Books) -> list[str]:
    inside: Any = books.sums.inside.now
    if inside:
        return [f"{whole(inside)} people were still inside when the run ended; their visits have no length and no walk."]
    return []

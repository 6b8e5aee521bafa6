"""What the reader of a run should know before trusting it: stranded parties, broken jams, full car parks, long lines."""

from __future__ import annotations

from typing import Any

from sim.crowd.tallies import Counted
from sim.ledger.rates import gaining_cycles, rates_of, said
from sim.reporting.kpis import Books, Value
from sim.reporting.wording import percent, whole

ABANDON_SHARE_MAX = 0.10  # above, waiting decides what is sold
PARKING_BALK_SHARE_MAX = 0.05
CROWD_SHARE_MAX = 0.05
TRADES_NAMED = 3  # of those that turn people back


def cautions(books: Books, kpis: dict[str, Value]) -> list[dict[str, str]]:
    """Return {weight: "serious" or "note", text} in the order of weight."""
    serious = [*_stuck(books, kpis), *_plan(books)]
    serious += _gaining_rates(books)
    notes = [*_unheard(books), *_long_waits(kpis), *_turned_back(books, kpis), *_unfinished(books)]
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
        texts.append(f"{whole(away)} parties reached an entrance while the mall was closed.")
    return texts


def _unfinished(books: Books) -> list[str]:
    inside: Any = books.sums.inside.now
    if inside:
        return [f"{whole(inside)} people were still inside when the run ended; their visits have no length and no walk."]
    return []

"""What is on the shelves: planned from a forecast with error, sold, ordered anew overnight, ordered in for whoever asked in vain."""

from __future__ import annotations

import datetime
from typing import Any, NamedTuple, Protocol

import numpy as np

from sim.calendar import day_of
from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.goods.catalogue import Catalogue, catalogue_of, misfit_share, out_of_stock_share, size_shares, wanted_share
from sim.crowd.goods.online import online_forecast
from sim.crowd.goods.records import ITEM
from sim.crowd.state import records
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms

# What a tenant knows of its custom before its first day: parties that come for a need of its trade, and those who browse or pass by,
# per visit to the mall; fitted to the entries by trade of an ordinary Saturday in the demonstration mall (within a sixth for most trades).
NEEDS_MET = 0.71
STORES_BESIDES = 2.13
NEVER_OUT_SHARE = 1e-6  # of wishes that a trade loses to stock which plans to lose none
STOCK_MAX = 100_000


class Morning(NamedTuple):
    """What is on the shelves when the mall opens."""

    catalogue: Catalogue
    pieces: np.ndarray  # int32 of each item
    recalled: np.ndarray | None = None  # int64 pieces of each item that were called back last night


def place_items(venues: Any, compiled: CompiledPlan, config: RunConfig, morning: Morning | None = None) -> Any:
    """Return the ITEM records of a morning, and write into `venues` what each unit sells; without a morning it is a first day's."""
    if morning is None:
        catalogue = catalogue_of(compiled, config)
        morning = Morning(catalogue, morning_stock(catalogue, compiled, config))
    found = morning.catalogue
    articles = found.price_log.shape[1]
    per_unit = found.sizes * articles
    start = np.cumsum(per_unit) - per_unit
    items = records(int(per_unit.sum()), ITEM)
    shelf, article, _ = _addresses(found)
    items["unit"] = found.units[shelf]
    items["price_log"], items["quality"], items["review"] = (
        values[shelf, article] for values in (found.price_log, found.quality, found.review)
    )
    for dimension in range(found.tags.shape[2]):
        items[f"tag_{dimension}"] = found.tags[shelf, article, dimension]
    trades = [CATEGORIES[compiled.arrays.unit_category[unit]] for unit in found.units]
    for at, (unit, trade) in enumerate(zip(found.units.tolist(), trades, strict=True)):
        venue = venues[unit]
        venue.item_start, venue.articles, venue.sizes = start[at], articles, found.sizes[at]
        venue.buy_constant, venue.price_log_norm, venue.own_sigma = (
            found.constant[at],
            found.price_log_norm[at],
            found.own_sigma[at],
        )
        venue.misfit_share = misfit_share(config, trade)
    items["stocked"] = items["stock"] = morning.pieces
    return items


def _addresses(found: Catalogue) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shelf, article and size of each item, in their order."""
    articles = found.price_log.shape[1]
    shelf = np.repeat(np.arange(found.units.size), found.sizes * articles)
    within = np.arange(shelf.size) - np.repeat(
        np.cumsum(found.sizes * articles) - found.sizes * articles, found.sizes * articles
    )
    return shelf, within // found.sizes[shelf], within % found.sizes[shelf]


def usual_demand(found: Catalogue, compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return the wishes for each item that its tenant expects on the run's day, as one who does not know how this mall is walked."""
    arrays, population = compiled.arrays, config.population
    visits = population.visits_per_day * day_of(config).factor
    trades = [CATEGORIES[trade] for trade in arrays.unit_category]
    appeal = (
        np.array([config.categories[trade].appeal for trade in trades])
        * (arrays.unit_area_m2 / 100) ** config.choice.area_exponent
    )
    of_trade = np.bincount(arrays.unit_category, appeal, len(CATEGORIES))[arrays.unit_category]
    need = np.array([config.categories[name].need_share if name in trades else 0.0 for name in CATEGORIES])
    needs = population.needs_mean * need[arrays.unit_category] / max(need.sum(), 1e-9)
    entries = visits * (
        NEEDS_MET * needs * appeal / np.maximum(of_trade, 1e-9) + STORES_BESIDES * appeal / max(appeal.sum(), 1e-9)
    )
    wanted = np.array([wanted_share(config, trade) for trade in trades])
    shelf, article, size = _addresses(found)
    shares = {sizes: size_shares(sizes) for sizes in set(found.sizes.tolist())}
    of_size = np.array([shares[sizes][at] for sizes, at in zip(found.sizes[shelf].tolist(), size.tolist(), strict=True)])
    return np.asarray((entries * wanted)[found.units[shelf]] * found.share[shelf, article] * of_size)


def morning_stock(found: Catalogue, compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return the pieces of each item on the first morning: as many as should lose to stock the share that its trade plans to lose."""
    return pieces_for(usual_demand(found, compiled, config), lost_shares(found, compiled, config), found, config)


def lost_shares(found: Catalogue, compiled: CompiledPlan, config: RunConfig) -> np.ndarray:
    """Return for each item the share of wishes that its trade plans to lose to stock."""
    shelf = _addresses(found)[0]
    planned = [out_of_stock_share(config, CATEGORIES[compiled.arrays.unit_category[unit]]) for unit in found.units]
    return np.maximum(np.array(planned), NEVER_OUT_SHARE)[shelf]


def pieces_for(demand: np.ndarray, lost_share: np.ndarray, found: Catalogue, config: RunConfig, day: int = 0) -> np.ndarray:
    """Return whole pieces whose expected loss is the planned one: the real level, rounded up or down by an addressed draw."""
    level = stock_levels(demand, lost_share, config.goods.stocking.forecast_cv)
    shelf, article, size = _addresses(found)
    draw = uniforms(stream_key(config.seed, "pieces"), found.key[shelf, article] + size, day)
    return np.asarray(np.minimum(np.floor(level + draw), STOCK_MAX).astype(np.int32))


def stock_levels(demand: np.ndarray, lost_share: np.ndarray, forecast_cv: float) -> np.ndarray:
    """Return the stock at which a day loses the wanted share of its wishes.

    A day's wishes are Poisson about a mean that is off the forecast by a gamma factor of the given cv: negative binomial. The loss
    E(D - s)+ falls by P(D > s) with each piece more, and is linear between whole pieces when the stock is rounded at random.
    """
    variance = max(forecast_cv**2, 1e-9)
    found = np.zeros(demand.size)
    item = np.flatnonzero(demand > 0)
    loss, wanted = demand[item].astype(float), (lost_share * demand)[item]
    mass = np.exp(-np.log1p(variance * loss) / variance)  # of no wish at all, then of one more at every step
    ratio, above = variance * loss / (1 + variance * loss), 1 - mass
    pieces = 0
    while item.size and pieces < STOCK_MAX:
        with np.errstate(divide="ignore", invalid="ignore"):
            found[item] = pieces + np.where(above > 0, np.clip((loss - wanted) / above, 0.0, 1.0), 0.0)
        loss = loss - above
        pieces += 1
        mass = mass * ratio * (pieces - 1 + 1 / variance) / pieces
        above = np.maximum(above - mass, 0.0)
        is_open = (loss > wanted) & (above > 0)
        if not is_open.all():
            item, loss, wanted, mass, ratio, above = (values[is_open] for values in (item, loss, wanted, mass, ratio, above))
    return found


class Merchants(Protocol):
    """Who foretells what is wanted in each store that has shelves (S), as a whole; sim/forecasting/merchants.py."""

    def expected(self, date: datetime.date) -> np.ndarray:
        """Return the wishes (S) of a day; NaN where nothing is known."""
        ...

    def learn(self, date: datetime.date, wishes: np.ndarray) -> None:
        """Take the wishes (S) of a day that is over."""
        ...


class Shelves:
    """What tenants carry from day to day: the pieces left, a forecast that learns, and requests for what was not there."""

    def __init__(self, config: RunConfig, compiled: CompiledPlan, merchants: Merchants | None = None) -> None:
        """Begin with what tenants suppose; with `merchants`, a store's wishes are foretold as a whole and spread over its articles."""
        self._config, self._merchants = config, merchants
        self._catalogue = catalogue_of(compiled, config)
        self._lost_share = lost_shares(self._catalogue, compiled, config)
        self.demand = usual_demand(self._catalogue, compiled, config) / max(
            day_of(config).factor, 1e-9
        )  # wishes for each item on an average day
        self._supposed = self._shares(self.demand)  # of its store's wishes, for each item
        self.left = np.zeros(self.demand.size, np.int64)
        self._requests: list[np.ndarray] = []  # of the last days, for each item
        self._wished, self._days = np.zeros(self.demand.size), 0  # wishes for each item on all days so far, by their number
        self.requests = self.ordered_in = 0  # for what was not there, and those of them that were pooled and ordered in

    def morning(self, date: datetime.date) -> Morning:
        """Return the shelves on the morning of a day: what is left, filled up to what the forecast calls for."""
        forecast = self._forecast(date)
        wanted = pieces_for(forecast, self._lost_share, self._catalogue, self._config, date.toordinal())
        ordered_in = self._pooled_requests()
        stocking = self._config.goods.stocking
        recalled = np.zeros(self.left.size, np.int64)
        if self._days % int(stocking.review_days):
            wanted = np.minimum(wanted, self.left).astype(np.int32)
        elif stocking.recall_cover > 0:
            recalled = np.maximum(self.left - np.ceil(stocking.recall_cover * wanted).astype(np.int64), 0)
        found = np.maximum(wanted, self.left - recalled) + ordered_in
        self.ordered_in += int(ordered_in.sum())
        return Morning(self._catalogue, np.minimum(found, STOCK_MAX).astype(np.int32), recalled)

    def _forecast(self, date: datetime.date) -> np.ndarray:
        """Return the wishes for each item that its tenant expects on a day."""
        own = self.demand * day_of(self._config, date).factor
        if self._merchants is None:
            return own
        shelf = _addresses(self._catalogue)[0]
        of_store = self._merchants.expected(date)[shelf]
        told = self._config.goods.stocking.mix_wishes * self._supposed + self._wished
        return np.asarray(np.where(np.isfinite(of_store), of_store * self._shares(told), own))

    def _shares(self, wishes: np.ndarray) -> np.ndarray:
        """Return what part of its store's wishes each item has."""
        return np.asarray(wishes / np.maximum(self._by_store(wishes), 1e-12)[_addresses(self._catalogue)[0]])

    def _by_store(self, wishes: np.ndarray) -> np.ndarray:
        return np.bincount(_addresses(self._catalogue)[0], wishes, self._catalogue.units.size)

    def learn(self, items: Any, date: datetime.date) -> None:
        """Take in what a day has left of its ITEM records; what will be brought back is on the shelf again the next day."""
        stocking = self._config.goods.stocking
        wishes = (items["sold"] + items["asked"]) / max(day_of(self._config, date).factor, 1e-9)
        self.demand += stocking.learning_share * (wishes - self.demand)
        self._wished, self._days = self._wished + wishes, self._days + 1
        if self._merchants is not None:
            self._merchants.learn(date, self._by_store(items["sold"] + items["asked"]))
        if stocking.online_weight > 0:
            shelf, article, size = _addresses(self._catalogue)
            keys = self._catalogue.key[shelf, article] + size
            online = online_forecast(self._wished / self._days, keys, stocking, self._config.seed, date.toordinal())
            self.demand += stocking.online_weight * (online - self.demand)
        self.left = (items["stock"] + items["returning"]).astype(np.int64)
        self.requests += int(items["asked"].sum())
        self._requests = [*self._requests, items["asked"].astype(np.int64)][-int(stocking.pool_window_days) :]

    def _pooled_requests(self) -> np.ndarray:
        """Return the pieces of each item to order in: requests of articles that reached the threshold within the window; they are then met."""
        if not self._requests:
            return np.zeros(self.demand.size, np.int64)
        shelf, article, _ = _addresses(self._catalogue)
        which = shelf * self._catalogue.price_log.shape[1] + article
        asked = np.sum(self._requests, axis=0)
        reaches = np.bincount(which, asked, int(which.max(initial=-1)) + 1)[which] >= self._config.goods.stocking.pool_threshold
        for requests in self._requests:
            requests[reaches] = 0
        return np.asarray(np.where(reaches, asked, 0))

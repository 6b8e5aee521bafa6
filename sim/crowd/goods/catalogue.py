"""Catalogues: the articles of each tenant with shelves, and the constants that make its customers buy as often as those of its trade do."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from scipy.special import ndtri

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.crowd.goods.matching import MATCH_SCALE
from sim.crowd.goods.records import Recognition
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.visitors import TASTES

# Trades in which a party buys one article that it has looked at. A supermarket's basket is of dozens; what is served is made to order.
SHELVES = ("fashion", "footwear", "beauty", "accessories", "electronics", "home", "books", "kids", "sport", "department")
SIZED = ("fashion", "footwear", "kids", "sport")
USUAL_TRY_ON_SHARE = (
    0.8  # by which a trade's losses to fit become a risk of each article: that does not depend on who tries on today
)
SAMPLES = 1000  # parties of the taste law over which constants are solved
SENSITIVITY_SIGMA = 0.4  # log-sd of price sensitivity over people, mean 1
UTILITY_MAX = 30.0  # constant at which everybody buys


class Catalogue(NamedTuple):
    """What each unit sells; arrays by unit (S of them have shelves) and article (A each)."""

    units: np.ndarray  # (S) int64
    sizes: np.ndarray  # (S) int64
    key: np.ndarray  # (S, A) int64
    tags: np.ndarray  # (S, A, TASTES) place in the space of tastes, from the brand's
    price_log: np.ndarray  # (S, A) relative to the trade's basket
    quality: np.ndarray  # (S, A) stars above the brand's
    review: np.ndarray  # (S, A)
    constant: np.ndarray  # (S)
    price_log_norm: np.ndarray  # (S)
    own_sigma: np.ndarray  # (S)
    share: np.ndarray  # (S, A) of the purchases that customers of the taste law would make


def catalogue_of(compiled: CompiledPlan, config: RunConfig) -> Catalogue:
    """Return the catalogues: drawn by unit and ordinal, so that no other unit and no other article matters."""
    goods = config.goods
    articles = int(goods.items_per_store)
    trades = [CATEGORIES[trade] for trade in compiled.arrays.unit_category]
    has = [articles > 0 and trade in SHELVES and not config.categories[trade].tables for trade in trades]
    units = np.flatnonzero(np.array(has, bool))
    entity = compiled.arrays.unit_key[units][:, None].astype(np.int64)
    ordinal = np.arange(articles)[None, :]

    def normals(purpose: str, step: int = 1, offset: int = 0) -> np.ndarray:
        return np.asarray(ndtri(uniforms(stream_key(config.seed, f"article {purpose}"), entity, step * ordinal + offset)))

    spread = goods.catalogue.tag_spread
    own = np.stack([normals("tag", TASTES, dimension) for dimension in range(TASTES)], axis=2)
    tags = (spread * own).astype(np.float32)
    sigma = np.array([config.categories[trades[unit]].basket_sigma for unit in units])
    price_sigma = sigma * np.sqrt(goods.catalogue.price_spread_share)
    price_log = (price_sigma[:, None] * normals("price")).astype(np.float32)
    quality = goods.catalogue.quality_sd_stars * normals("quality")
    wanted = np.array([wanted_share(config, trades[unit]) for unit in units])
    constant, norm, share = _solved(tags.astype(float), price_log.astype(float), wanted, config)
    return Catalogue(
        units=units, sizes=np.array([goods.catalogue.size_count if trades[unit] in SIZED else 1 for unit in units], np.int64),
        key=(uniforms(stream_key(config.seed, "article key"), entity, ordinal) * 2.0**62).astype(np.int64), tags=tags, price_log=price_log,
        quality=quality, review=quality + goods.reviews.noise_sd_stars * normals("review"), constant=constant, price_log_norm=norm,
        own_sigma=np.sqrt(sigma**2 - price_sigma**2), share=share,
    )  # fmt: skip


def wanted_share(config: RunConfig, trade: str) -> float:
    """Return the share of entering parties that want to buy: those of `conversion_share` and those whom stock and fit lose."""
    category = config.categories[trade]
    return min(1.0, category.conversion_share / (1 - category.lost_to_stock_share))


def out_of_stock_share(config: RunConfig, trade: str) -> float:
    """Return the share of wishes that a trade plans to lose to stock."""
    return float((1 - config.goods.fit.fit_part) * config.categories[trade].lost_to_stock_share)


def misfit_share(config: RunConfig, trade: str) -> float:
    """Return the chance that an article does not fit, such that stock and fit together lose what the trade says."""
    lost = config.goods.fit.fit_part * config.categories[trade].lost_to_stock_share
    return float(min(1.0, lost / (USUAL_TRY_ON_SHARE * (1 - out_of_stock_share(config, trade)))))


def _solved(
    tags: np.ndarray, price_log: np.ndarray, wanted: np.ndarray, config: RunConfig
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return for each unit the constant at which the wanted share of the taste law buys, the mean of prices paid, and what sells.

    One sample of the law serves every unit; half of it is the other half mirrored, so that tastes are 0 on average exactly.
    """
    shelves, articles = price_log.shape
    if shelves == 0:
        return np.zeros(0), np.zeros(0), np.zeros((0, articles))
    goods = config.goods.catalogue
    taste, sensitivity, looked = _law(goods.looked_at, articles)
    match = MATCH_SCALE * np.einsum("sd,uad->usa", taste, tags)
    utility = goods.taste_weight * match - goods.price_weight * sensitivity[None, :, None] * price_log[:, None, :]
    odds = np.exp(np.take_along_axis(utility, np.broadcast_to(looked, (shelves, *looked.shape)), axis=2))
    total = odds.sum(axis=2)
    low, high = np.full(shelves, -UTILITY_MAX), np.full(shelves, UTILITY_MAX)
    for _ in range(40):
        middle = (low + high) / 2
        weight = np.exp(middle)[:, None] * total
        is_low = (weight / (1 + weight)).mean(axis=1) < wanted
        low, high = np.where(is_low, middle, low), np.where(is_low, high, middle)
    constant = (low + high) / 2
    weight = np.exp(constant)[:, None] * total
    bought = (weight / (1 + weight))[:, :, None] * odds / total[:, :, None]
    share = np.zeros((shelves, articles))
    np.add.at(share, (np.arange(shelves)[:, None, None], np.broadcast_to(looked, bought.shape)), bought)
    share /= share.sum(axis=1, keepdims=True)
    return constant, np.log((share * np.exp(price_log)).sum(axis=1)), share


def _law(looked_at: int, articles: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return a sample of tastes, price sensitivities and articles looked at: fixed, a matter of computing only.

    Points of an additive recurrence, which fill space evenly (Roberts 2018), so that a thousand do as well as many thousands of draws.
    """
    dimensions = TASTES + 1 + looked_at
    root = 2.0
    for _ in range(60):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    even = (0.5 + np.arange(1, SAMPLES // 2 + 1)[:, None] * steps) % 1.0
    both = np.concatenate([even, 1 - even])
    sensitivity = np.exp(SENSITIVITY_SIGMA * ndtri(both[:, TASTES]) - SENSITIVITY_SIGMA**2 / 2)
    return np.asarray(ndtri(both[:, :TASTES])), sensitivity, (both[:, TASTES + 1 :] * articles).astype(np.int64)


def size_shares(sizes: int) -> np.ndarray:
    """Return the share of parties that want each size: that of the mean of two even draws, as `size_of` draws it."""
    edges = np.arange(sizes + 1) / sizes
    below = np.where(edges < 0.5, 2 * edges**2, 1 - 2 * (1 - edges) ** 2)
    return np.asarray(np.diff(below))


def describe_goods(params: Any, config: RunConfig) -> None:
    """Write the parameters of goods into the one record of PARAMS."""
    goods = config.goods
    params.looked_at, params.taste_weight, params.price_weight = (
        goods.catalogue.looked_at, goods.catalogue.taste_weight, goods.catalogue.price_weight
    )  # fmt: skip
    params.try_on_share, params.return_share = goods.fit.try_on_share, goods.fit.return_share
    params.misfit_return_share, params.regret_weight = goods.fit.misfit_return_share, goods.fit.regret_weight
    params.recognition = int(Recognition[goods.guide.recognition.upper()])
    params.recognised_share, params.profile_reliability = goods.guide.recognised_share, goods.guide.profile_reliability
    params.guide_trust, params.guide_intrusion = goods.guide.trust, goods.guide.intrusion
    params.guide_basket_weight = goods.guide.basket_weight
    params.show_reviews, params.review_trust = int(goods.reviews.show), goods.reviews.trust
    params.star_weight = goods.reviews.star_weight

"""Tastes estimated from what people chose: error and regret against the length of their history and the depth of the tags."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.crowd.goods.matching import MATCH_SCALE
from sim.random_streams import stream_key, uniforms
from sim.sensing.insight.tastes import Choices, coarsened, estimate
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.profiles import _picked
from sim.verification.records import INFO, Record, at_least, at_most, equal, estimated, near, record
from sim.visitors import TASTES

MEANING = "error of the taste that a platform infers from purchases tagged by group, trade, store or article; what recommending by it costs"
PARAMETERS: dict[str, Parameter] = {
    "people": whole(2000, "people whose tastes are known", 100, 5000),
    "trades": whole(6, "trades, two in each group", 2, 20),
    "stores_per_trade": whole(5, "stores of each trade", 2, 20),
    "articles_per_store": whole(8, "articles of each store", 2, 30),
    "tag_spread": number(0.7, "how far articles lie from their brand, against how far brands lie from each other", 0.01, 10.0),
    "pull": number(1.0, "log-odds of an article that lies one standard deviation further along a taste", 0.05, 3.0),
    "trade_sd": number(0.8, "sd of a person's log-odds from trade to trade, which have nothing to do with taste", 0.0, 3.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({},)
DEPTHS = ("group", "category", "store", "article")
HISTORY = (1, 10, 100, 1000)  # purchases
SHOWN = (10, 100, 1000)
LONG = 1000
SLOPE_TOLERANCE = 0.06


def run(values: dict[str, Any]) -> list[Record]:
    """Return error and regret at several lengths of history."""
    market = _Market(values)
    taste, shares = market.people()
    found: list[Record] = []
    square: dict[tuple[str, int], float] = {}
    regret = {(depth, 0): market.regret(taste, np.zeros_like(taste)) for depth in DEPTHS}
    counts = np.zeros(shares.shape)
    before = 0
    for purchases in HISTORY:
        key = stream_key(values["seed"], "purchases of people whose taste is known")
        draws = uniforms(key, np.arange(taste.shape[0])[:, None], np.arange(before, purchases)[None, :])
        people = np.repeat(np.arange(taste.shape[0]), purchases - before)
        np.add.at(counts, (people, _picked(shares, draws)), 1.0)
        for depth in DEPTHS:
            choices, class_of = market.choices(depth, shares)
            of_class = np.stack([np.bincount(class_of, row, choices.set_of.size) for row in counts])
            believed = estimate(of_class, choices, values["pull"])
            error = ((believed.taste - taste) ** 2).sum(axis=1)
            square[depth, purchases] = float(error.mean())
            regret[depth, purchases] = market.regret(taste, believed.taste)
            if depth == "article" and purchases in SHOWN:
                # Of each person its own variance is taken off and the mean put back, so that the interval is not of how people differ.
                expected = float(believed.variance.mean())
                case = f"squared error of a taste from {purchases} tagged articles, against the posterior's variance"
                found.append(estimated(case, "", expected, error - believed.variance + expected))
        before = purchases
    return [*found, *_granularity(square, regret)]


class _Market:
    """Articles, stores and trades in the space of tastes."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        trades, stores, articles = values["trades"], values["stores_per_trade"], values["articles_per_store"]
        self.article_store = np.repeat(np.arange(trades * stores), articles)
        self.store_trade = np.repeat(np.arange(trades), stores)
        self.article_trade = self.store_trade[self.article_store]
        brands = self._normals("brand", np.arange(trades * stores))
        own = self._normals("article", np.arange(self.article_store.size))
        spread = values["tag_spread"]
        self.points = MATCH_SCALE * (brands[self.article_store] + spread * own) / np.sqrt(1 + spread**2)

    def _normals(self, purpose: str, entities: np.ndarray) -> np.ndarray:
        key = stream_key(self._values["seed"], f"tastes: {purpose}")
        return np.asarray(ndtri(uniforms(key, entities[:, None], np.arange(TASTES)[None, :])))

    def people(self) -> tuple[np.ndarray, np.ndarray]:
        """Return tastes, and the share of each article in what each person buys: its own trades, and within a trade by taste."""
        values = self._values
        person = np.arange(values["people"])
        taste = self._normals("person", person)
        key = stream_key(values["seed"], "tastes: favourite trades")
        trade = np.exp(values["trade_sd"] * ndtri(uniforms(key, person[:, None], np.arange(values["trades"])[None, :])))
        weight = np.exp(values["pull"] * taste @ self.points.T)
        of_trade = np.stack([np.bincount(self.article_trade, row) for row in weight])
        shares = trade[:, self.article_trade] * weight / of_trade[:, self.article_trade]
        return taste, shares / shares.sum(axis=1, keepdims=True)

    def choices(self, depth: str, shares: np.ndarray) -> tuple[Choices, np.ndarray]:
        """Return the alternatives that tags of a depth tell apart, and which of them each article is."""
        everybody = shares.mean(axis=0)
        if depth == "article":
            return Choices(self.points, self.article_trade, np.zeros(self.article_trade.size)), np.arange(
                self.article_trade.size
            )
        class_of = {"store": self.article_store, "category": self.article_trade, "group": self.article_trade // 2}[depth]
        points = coarsened(self.points, class_of, np.ones(class_of.size))
        set_of = self.store_trade if depth == "store" else np.zeros(points.shape[0], np.int64)
        appeal = np.zeros(points.shape[0]) if depth == "store" else np.log(np.bincount(class_of, everybody))
        return Choices(points, set_of, appeal), class_of

    def regret(self, taste: np.ndarray, believed: np.ndarray) -> float:
        """Return what is lost, in standard deviations of match, by recommending the article that suits what is believed."""
        match = taste @ self.points.T
        best = (believed @ self.points.T).argmax(axis=1)
        return float((match.max(axis=1) - match[np.arange(taste.shape[0]), best]).mean())


def _granularity(square: dict[tuple[str, int], float], regret: dict[tuple[str, int], float]) -> list[Record]:
    """Return the curves, and what must hold of them: fine tags guide the better the longer one looks, coarse ones never do."""
    found = [
        record(f"root mean squared error per dimension by {depth} after {purchases} purchases", "sd of taste", None, (value / TASTES) ** 0.5, INFO, "a curve to look at")
        for (depth, purchases), value in square.items()
    ]  # fmt: skip
    found += [
        record(
            f"regret of recommending by {depth} after {purchases} purchases",
            "sd of match",
            None,
            value,
            INFO,
            "a curve to look at",
        )
        for (depth, purchases), value in regret.items()
    ]
    slope = float(np.log10(square["article", LONG] / square["article", LONG // 10]) / 2)
    case = "fall of the error by article, per tenfold history, from 100 purchases to 1000"
    found.append(near(case, "powers of ten", -0.5, slope, SLOPE_TOLERANCE))
    nothing = regret["article", 0]
    for depth in DEPTHS[:3]:
        found.append(equal(f"regret by {depth} without history, as by article", "sd of match", nothing, regret[depth, 0]))
    for depth in DEPTHS[:2]:
        case = f"too coarse does not guide: squared error by {depth} after {LONG} purchases, against half of knowing nothing"
        found.append(at_least(case, "", TASTES / 2, square[depth, LONG]))
    for purchases in HISTORY[1:]:
        case = f"squared error by article after {purchases} purchases, against that by store"
        found.append(at_most(case, "", square["store", purchases], square["article", purchases]))
    found.append(
        at_most(
            f"regret by article after {LONG} purchases, against a tenth of that without history",
            "sd of match",
            0.1 * nothing,
            regret["article", LONG],
        )
    )
    return found

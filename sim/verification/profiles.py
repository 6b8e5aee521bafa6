"""Profiles of people whose tastes are known: error and regret against the length of their history and the depth of the profile."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy.special import ndtri

from sim.categories import CATEGORIES, GROUP_OF, GROUPS
from sim.config_sensing import ProfilesConfig
from sim.random_streams import stream_key, uniforms
from sim.sensing.insight.profiles import Profiles
from sim.sensing.insight.stays import StayRows
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import INFO, Record, at_least, at_most, equal, estimated, near, record

MEANING = (
    "error of profiles against the posterior's exact mean square, its fall with history, and what recommending by depth costs"
)
PARAMETERS: dict[str, Parameter] = {
    "people": whole(2000, "people whose tastes are known", 100, 20_000),
    "stores_per_trade": whole(4, "stores of each trade", 1, 20),
    "prior_weight": number(3.0, "stays that everybody's taste is worth", 0.01, 1000.0),
    "group_sd": number(0.6, "sd of a person's log-odds from group to group of trades", 0.0, 3.0),
    "category_sd": number(0.6, "the same from trade to trade of a group", 0.0, 3.0),
    "store_sd": number(0.8, "the same from store to store of a trade", 0.0, 3.0),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"store_sd": 0.0})
HISTORY = (1, 3, 10, 30, 100, 300, 1000)  # stays
SHOWN = (1, 10, 100, 1000)
DEPTHS = ("group", "category", "store")
STRANGERS = 200_000  # stays of people not known, from which everybody's taste is learnt beforehand
LONG = 1000
CLEAR_SD = (
    0.5  # people whose tastes differ by so much from store to store are served badly by a profile that does not see stores
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return error and regret at several lengths of history."""
    trades = [trade for trade in CATEGORIES for _ in range(values["stores_per_trade"])]
    taste = _tastes(trades, values)
    stores = {depth: _store(trades, depth, values["prior_weight"]) for depth in DEPTHS}
    for profiles in stores.values():
        _observe(profiles, np.full(STRANGERS, -1), _strangers(taste, values["seed"]))
    found: list[Record] = []
    square: dict[int, float] = {}
    regret = {(depth, 0): _regret(stores[depth], taste) for depth in DEPTHS}
    everybody = np.arange(taste.shape[0])
    before = 0
    for stays in HISTORY:
        chosen = _chosen(taste, before, stays, values["seed"])
        for depth, profiles in stores.items():
            _observe(profiles, np.repeat(everybody, stays - before), chosen)
            regret[depth, stays] = _regret(profiles, taste)
            if stays in SHOWN:
                found.append(_error(profiles, depth, taste, stays, values["prior_weight"], square))
        before = stays
    slope = float(np.log10(square[LONG] / square[LONG // 10]) / 2)
    return [
        *found,
        _fall(slope, values["prior_weight"]),
        at_most(
            "somebody not known has everybody's taste: largest difference", "share", 1e-12, _stranger_error(stores["category"])
        ),
        *_regrets(regret, values["store_sd"]),
    ]


def _tastes(trades: list[str], values: dict[str, Any]) -> np.ndarray:
    """Return the share of each store in what each person wants: a softmax of normal effects of group, trade and store."""
    class_of = {
        "group": np.array([list(GROUPS).index(GROUP_OF[trade]) for trade in trades]),
        "category": np.array([CATEGORIES.index(trade) for trade in trades]),
        "store": np.arange(len(trades)),
    }
    people = np.arange(values["people"])[:, None]
    utility = np.zeros((people.size, len(trades)))
    for depth, index in class_of.items():
        key = stream_key(values["seed"], f"taste by {depth}")
        utility += values[f"{depth}_sd"] * ndtri(uniforms(key, people, index[None, :]))
    weight = np.exp(utility)
    return weight / weight.sum(axis=1, keepdims=True)


def _store(trades: list[str], depth: str, prior_weight: float) -> Profiles:
    config = ProfilesConfig(depth=depth, prior_weight=prior_weight)
    return Profiles([f"unit {index}" for index in range(len(trades))], trades, config)


def _picked(taste: np.ndarray, draws: np.ndarray) -> np.ndarray:
    """Return the store that each draw picks by each person's shares; `draws` has a row for each person."""
    upto = np.cumsum(taste, axis=1)
    upto /= upto[:, -1:]
    steps = np.arange(taste.shape[0])[:, None]
    flat = np.searchsorted((upto + steps).ravel(), (draws + steps).ravel(), side="right")
    return np.minimum(flat - np.repeat(steps.ravel() * taste.shape[1], draws.shape[1]), taste.shape[1] - 1)


def _chosen(taste: np.ndarray, first: int, end: int, seed: int) -> np.ndarray:
    """Return the stores of each person's stays [first, end), person by person."""
    key = stream_key(seed, "stays of people whose taste is known")
    return _picked(taste, uniforms(key, np.arange(taste.shape[0])[:, None], np.arange(first, end)[None, :]))


def _strangers(taste: np.ndarray, seed: int) -> np.ndarray:
    mean = taste.mean(axis=0, keepdims=True)
    return _picked(mean, uniforms(stream_key(seed, "stays of strangers"), np.arange(STRANGERS), 0)[None, :])


def _observe(profiles: Profiles, people: np.ndarray, units: np.ndarray) -> None:
    nothing, zero = np.zeros(units.size), np.zeros(units.size, np.int64)
    profiles.take_stays(people, StayRows(zero, zero, zero, nothing, nothing, zero, units, zero))


def _error(
    profiles: Profiles, depth: str, taste: np.ndarray, stays: int, prior_weight: float, square: dict[int, float]
) -> Record:  # fmt: skip
    """Return the mean squared error over people against that of the posterior mean: bias and multinomial variance, exactly.

    Of each person the exact value is taken off and its mean put back, so that the interval is not of how people differ.
    """
    classes = len(profiles.classes)
    member = np.eye(classes)[profiles.class_of_unit]
    share = taste @ member
    shares = profiles.store_shares()
    prior, weight = shares @ member, prior_weight + stays
    error = ((profiles.affinity(np.arange(taste.shape[0]), 0) - share) ** 2).sum(axis=1)
    bias = prior_weight * (prior - share) / weight
    exact = (bias**2 + stays * share * (1 - share) / weight**2).sum(axis=1)
    if depth == "category":
        square[stays] = float(error.mean())
    samples = error - exact + exact.mean()
    return estimated(f"squared error of a profile by {depth} after {stays} stays", "", float(exact.mean()), samples)


def _fall(slope: float, prior_weight: float) -> Record:
    """Hold the error's fall against n^(-1/2), which is the law once history outweighs the prior by far."""
    found = near(
        "fall of the error by category, per tenfold history, from 100 stays to 1000", "powers of ten", -0.5, slope, 0.03
    )
    return found if prior_weight <= 5.0 else {**found, "verdict": INFO, "note": "the prior still weighs too much at 100 stays"}


def _regret(profiles: Profiles, taste: np.ndarray) -> float:
    """Return what is lost, on average over people, by recommending the store that a profile holds for likeliest."""
    people = np.arange(taste.shape[0])
    best = profiles.store_affinity(people, 0).argmax(axis=1)
    return float((taste.max(axis=1) - taste[people, best]).mean())


def _stranger_error(profiles: Profiles) -> float:
    everybody = np.bincount(profiles.class_of_unit, profiles.store_shares(), len(profiles.classes))
    return float(np.abs(profiles.affinity(np.array([-1, 2**60]), 0) - everybody).max())


def _regrets(regret: dict[tuple[str, int], float], store_sd: float) -> list[Record]:
    """Return the curves, and what must hold of them.

    Without history no depth knows more than another. Where stores of a trade are alike to everybody, what stays say beyond their
    trades is noise, so that the coarser profile is the better one (Rao and Blackwell). Where they are not, the finest wins at last.
    """
    unit, nothing = "share of wishes", regret["store", 0]
    found = [
        record(f"regret of recommending by {depth} after {stays} stays", unit, None, value, INFO, "a curve to look at")
        for (depth, stays), value in regret.items()
    ]
    for depth in DEPTHS[:2]:
        found.append(equal(f"regret by {depth} without history, as by store", unit, nothing, regret[depth, 0]))
    if store_sd == 0.0:
        for stays in HISTORY[1:5]:
            case = f"too fine is noisy: regret by category after {stays} stays, against that by store"
            found.append(at_most(case, unit, regret["store", stays], regret["category", stays]))
    elif store_sd >= CLEAR_SD:
        for depth in DEPTHS[:2]:
            case = f"too coarse does not guide: regret by {depth} after {LONG} stays, against twice that by store"
            found.append(at_least(case, unit, 2 * regret["store", LONG], regret[depth, LONG]))
    case = f"regret by store after {LONG} stays, against a tenth of that without history"
    return [*found, at_most(case, unit, 0.1 * nothing, regret["store", LONG])]

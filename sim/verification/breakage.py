"""Estimates of breakage against members who live on to the end, so that it is known which points were never spent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import beta, gamma

from sim.ledger.finance_breakage import Hazard, by_chain_ladder, by_ratio
from sim.ledger.finance_members import alive_share, by_members, fitted
from sim.random_streams import stream_key, uniforms
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import INFO, Record, at_least, near, record

MEANING = "how many points will never be spent: estimates after some years against what comes of every point in the end"
PARAMETERS: dict[str, Parameter] = {
    "members": whole(4000, "members, who join evenly over the years", 100, 200_000),
    "years": number(3.0, "years after which it is estimated", 0.5, 20),
    "rate_shape": number(1.5, "shape of the Gamma law of visits a year", 0.05, 1e4),
    "rate_per_year": number(12.0, "mean visits a year of a member who has not gone", 0.1, 365),
    "gone_a": number(1.0, "first parameter of the Beta law of going for good after a visit", 0.01, 1e6),
    "gone_b": number(15.0, "second parameter of it", 0.01, 1e6),
    "burn_share": number(0.1, "share of visits at which a member spends all it has", 0.001, 1),
    "seed": SEED,
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"rate_shape": 1e4, "gone_a": 1000.0, "gone_b": 49_000.0, "years": 5.0})
VISITS_MOST = 4000
QUARTERS_PER_YEAR = 4
PERIODS_PER_YEAR = 52
TOLERANCE = 0.04  # four standard errors of the share at 4,000 members, of whom some 1,000 hold most of the points; engineering judgement


@dataclass
class Lives:
    """What was seen of the members until the estimate, and what came of their points."""

    visits: np.ndarray  # after the first
    last: np.ndarray  # years from the first visit to the last that was seen
    age: np.ndarray  # years from the first visit to the estimate
    held: np.ndarray  # points
    is_alive: np.ndarray
    issued: np.ndarray  # by quarter
    spent: np.ndarray  # by quarter of issue and age in quarters, cumulated, NaN where it lies ahead
    out: np.ndarray  # points out at the middle of each fifty-second of a year
    never: float  # of the points held
    burned: float


def run(values: dict[str, Any]) -> list[Record]:
    """Return each estimate of the share of points that will never be spent, and the truth."""
    lives = lived(values)
    held, issued = float(lives.held.sum()), float(lives.issued.sum())
    truth, truth_held = lives.never / issued, lives.never / held
    of = fitted(lives.visits, lives.last, lives.age)
    members = by_members(of, lives.visits, lives.last, lives.age, lives.held, values["burn_share"]) or 0.0
    hazard = Hazard(values["rate_per_year"] * values["gone_a"] / (values["gone_a"] + values["gone_b"]), 1.0, 0.0)
    for out in lives.out:
        hazard.see(float(out), 1 / PERIODS_PER_YEAR)
    ladder = by_chain_ladder(lives.issued, lives.spent)
    alive = float(alive_share(of, lives.visits, lives.last, lives.age).mean())
    ratio = by_ratio(issued, lives.burned)
    is_alike = values["rate_shape"] >= 1000 and values["gone_a"] >= 100
    found = [
        near("members who have not gone, by BG/NBD", "share", float(lives.is_alive.mean()), alive, TOLERANCE),
        near("points held that are never spent, by members (BG/NBD)", "share", truth_held, members, TOLERANCE),
        at_least("points issued that are never spent, by what is not spent yet: never too low", "share", truth, ratio or 0.0),
    ]
    by_rates = hazard.never(held, lives.burned) / held
    name = "points held that are never spent, by rates of spending and of going"
    note = "exact for members who are all alike; those who come seldom hold their points longest and go latest"
    if is_alike:
        found.append(near(name, "share", truth_held, by_rates, TOLERANCE))
    else:
        found.append(record(name, "share", truth_held, by_rates, INFO, "shown", note=note))
    found.append(record("points issued that are never spent, by cohorts of lots", "share", truth, ladder, INFO, "shown"))
    return found


def lived(values: dict[str, Any]) -> Lives:
    """Live the members' visits until all have gone or have spent what they held at the estimate."""
    members, years, key = values["members"], values["years"], stream_key(values["seed"], "breakage")
    who = np.arange(members)
    rate = gamma.ppf(uniforms(key, who, 0), values["rate_shape"]) * values["rate_per_year"] / values["rate_shape"]
    going = beta.ppf(uniforms(key, who, 1), values["gone_a"], values["gone_b"])
    first = uniforms(key, who, 2) * years
    quarters = int(np.ceil(years * QUARTERS_PER_YEAR))
    lots = np.zeros((members, quarters))
    issued, spent = np.zeros(quarters), np.zeros((quarters, quarters))
    now, last, visits = first.copy(), first.copy(), np.zeros(members, np.int64)
    is_alive, is_alive_then, is_open = np.ones(members, bool), np.ones(members, bool), np.ones(members, bool)
    is_spent, burned = np.zeros(members, bool), 0.0
    change = np.zeros(int(np.ceil(years * PERIODS_PER_YEAR)))
    for visit in range(VISITS_MOST):
        row = np.flatnonzero(is_open)
        if row.size == 0:
            break
        count = 3 + 3 * visit
        if visit:
            now[row] -= np.log(uniforms(key, row, count)) / np.maximum(rate[row], 1e-9)
        spends = uniforms(key, row, count + 1) < values["burn_share"]
        is_seen = now[row] < years
        seen, seen_spends = row[is_seen], spends[is_seen]
        quarter = (now[seen] * QUARTERS_PER_YEAR).astype(np.int64)
        payer, paid_in = seen[seen_spends], quarter[seen_spends]
        for issue in range(quarters):
            later = paid_in >= issue
            np.add.at(spent[issue], paid_in[later] - issue, lots[payer[later], issue])
        burned += float(lots[payer].sum())
        np.subtract.at(change, (now[payer] * PERIODS_PER_YEAR).astype(np.int64), lots[payer].sum(axis=1))
        np.add.at(change, (now[seen] * PERIODS_PER_YEAR).astype(np.int64), 1.0)
        lots[payer] = 0.0
        lots[seen, quarter] += 1.0
        np.add.at(issued, quarter, 1.0)
        visits[seen], last[seen] = visit, now[seen]
        goes = (uniforms(key, row, count + 2) < going[row]) & (visit > 0)
        is_alive_then[row[goes & is_seen]] = False
        is_spent[row[~is_seen & spends]] = True
        is_alive[row[goes]] = False
        is_open[row] = is_alive[row] & ~is_spent[row]
    held = lots.sum(axis=1)
    cumulated = np.cumsum(spent, axis=1)
    ahead = np.add.outer(np.arange(quarters), np.arange(quarters)) >= quarters
    cumulated[ahead] = np.nan
    never = float(held[~is_spent].sum())
    return Lives(
        visits,
        last - first,
        years - first,
        held,
        is_alive_then,
        issued,
        cumulated,
        np.cumsum(change) - change / 2,
        never,
        burned,
    )
